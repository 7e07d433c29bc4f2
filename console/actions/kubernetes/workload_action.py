"""What all actions of the Kubernetes provider have in common: they are meant for a Deployment or a StatefulSet.

An action says in `_propose` what would be sent and what it means; planning, refusals on behalf of an owner, and how the
rollout that follows is watched are here.
"""

from abc import abstractmethod
from collections.abc import Mapping

import msgspec

from console.actions.argument_values import refuse_unknown, text_or_none, whole_number
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.patching_action import Description, PatchingAction
from console.actions.kubernetes.rollout import rollout_progress
from console.actions.kubernetes.situation import read_room, told_sharers
from console.actions.kubernetes.workload_reading import read_workload, scalable_of, workload_address
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.domain.action import Plan
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import Scalable
from console.sources.cluster.writers import LiveObject


class WorkloadAction(PatchingAction):
    """An action whose plan is one guarded patch of a workload, or of an object that governs it."""

    _participle: str
    """What is done, for refusals: `scaled`."""
    _kinds: tuple[str, ...] = ("Deployment", "StatefulSet")
    _undone_by_owners = True
    """Whether the controller that owns a workload takes back what is done."""

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether it can be done at all: by this user, and not taken back by an owner.

        Raises:
            ActionRefused: it cannot be done to this kind of workload, it is in another cluster, or the cluster cannot
                be asked.
        """
        found = await super().prospect(occasion)
        owned = self._why_owned(occasion.workload)
        return found if owned is None else msgspec.structs.replace(found, why_not=owned)

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return what would be done; see `Action.plan`.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        asked = self._arguments(arguments)
        made_at, workload = self._clock(), occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        self._address(target)
        try:
            workload_now = await read_workload(self._transport, target)
            patch, live, description = await self._propose(occasion, workload_now, asked)
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        owned = self._why_owned(workload) or self._why_owned_now(target, workload_now)
        anew = None
        if workload_now.metadata.uid != target.uid and patch.uid != target.uid:
            anew = f"{target.kind} {target.name} was deleted and made anew since it was found: refresh first"
        description = msgspec.structs.replace(
            description,
            refusals=(
                *(reason for reason in (anew, owned) if reason is not None),
                *self._forbidden(asked),
                *description.refusals,
            ),
            notes=(*told_sharers(target, workload.shared_by), *description.notes),
        )
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the rollout is, by the rules of `kubectl rollout status`, and why pods do not come.

        Fields that somebody else set since, and a workload made anew, leave it unknown: what was committed has not
        failed, it is not there to be seen.
        """
        patch = GuardedPatch.of(plan.request)
        try:
            live = await read_workload(self._transport, plan.target)
            if live.metadata.uid != plan.target.uid:
                return RolloutProgress(None, None, f"{plan.target.name} was deleted and made anew")
            patched = live if patch.uid == plan.target.uid else await self._sending.read(patch)
            moved = patch.moved_since(patched)
            if moved is not None:
                return RolloutProgress(None, None, moved)
            return await self._progress(plan, patch, live)
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"the rollout cannot be read: {in_short(error)}")

    @abstractmethod
    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        """Return what would be sent, the object to which it goes as it is now, and what is said of it.

        Raises:
            ActionRefused: there is nothing that could be sent.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    def _forbidden(self, asked: Mapping[str, object]) -> tuple[str, ...]:
        """Return why the settings forbid what is asked; a way back is not asked."""
        return ()

    async def _progress(self, plan: Plan, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        """Return how far the workload of a committed plan is.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        workload = scalable_of(live)
        progress = self._how_far(plan.target.kind, workload)
        if progress.done:
            return progress
        no_room = await read_room(self._transport, plan.target, workload, self._clock())
        return progress if no_room is None else msgspec.structs.replace(progress, text=f"{progress.text}; {no_room}")

    def _how_far(self, kind: str, workload: Scalable) -> RolloutProgress:
        """Return how far a workload is with what this action asks of it: by default, that all pods are replaced."""
        return rollout_progress(kind, workload)

    def _address(self, target: Target) -> Address:
        if target.kind not in self._kinds:
            expected = ", ".join(self._kinds)
            raise ActionRefused(f"a {target.kind} cannot be {self._participle}; expected one of {expected}")
        return workload_address(target, self._participle)

    def _arguments(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Return what was asked, each argument known and of its kind.

        Raises:
            ActionRefused: one is not.
        """
        refuse_unknown(self.specification, arguments)
        for argument in self.specification.arguments:
            if argument.name not in arguments and not argument.required:
                continue
            if argument.kind == "integer":
                whole_number(self.specification, arguments, argument.name)
            elif text_or_none(self.specification, arguments, argument.name) is None and argument.required:
                raise ActionRefused(f"{self.specification.name} needs {argument.name}: {argument.meaning}")
        return arguments

    def _why_owned(self, workload: Workload) -> str | None:
        """Return that the top-most owner of a workload takes back what is done to it, None where nothing owns it."""
        owner = workload.owner
        if owner is None or not self._undone_by_owners:
            return None
        unread = f" ({workload.owners_unread})" if workload.owners_unread is not None else ""
        return _owned_by(f"{owner.kind} {owner.name}", workload.name) + unread

    def _why_owned_now(self, target: Target, live: LiveObject) -> str | None:
        owner = live.metadata.controller
        if owner is None or not self._undone_by_owners:
            return None
        return _owned_by(f"{owner.kind} {owner.name}", target.name)


def _owned_by(owner: str, name: str) -> str:
    return f"{harmless(owner)} owns {name} and would undo this: act on {harmless(owner)}"
