"""What all actions on a Rollout have in common: how it is read, and where its status is written."""

import shlex
from abc import abstractmethod
from collections.abc import Mapping

import msgspec

from console.actions.argo_rollouts.rollout import GROUP_VERSION, KIND, PLURAL, Rollout, rollout_address
from console.actions.argument_values import refuse_unknown
from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import Guard, GuardedPatch
from console.actions.kubernetes.patching_action import Description, PatchingAction
from console.actions.kubernetes.situation import told_sharers
from console.actions.provider import Occasion, Prospect, RolloutProgress, ServedOtherwise
from console.domain.action import Plan
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import decode_object
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound

CURRENT_HASH, STABLE_HASH = "/status/currentPodHash", "/status/stableRS"
ABORT = "/status/abort"
TEMPLATE, STRATEGY = "/spec/template", "/spec/strategy"
NOT_OBSERVED = "its controller has not looked at the newest spec yet: wait a moment and plan again"


class _Resource(msgspec.Struct, frozen=True):
    name: str = ""


class _ResourceList(msgspec.Struct, frozen=True):
    resources: tuple[_Resource, ...] = ()


async def status_address(transport: KubernetesTransport, target: Target) -> Address:
    """Return where the status of a Rollout is written: its subresource, or, before version 0.10, the object itself.

    Discovery says which; where it may not be read, the subresource is meant, which every version since has.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    group, _, version = GROUP_VERSION.partition("/")
    try:
        answer = await transport.get(f"/apis/{group}/{version}")
    except (NotFound, Forbidden):
        return rollout_address(target, "status")
    served = {resource.name for resource in decode_object(answer, _ResourceList).resources}
    return rollout_address(target, "status" if f"{PLURAL}/status" in served or not served else "")


class RolloutAction(PatchingAction):
    """An action whose plan is one guarded patch of a Rollout, or of the object from which it takes its template."""

    _subresource = "status"
    """What is patched, as rules of access name it; empty for the Rollout itself."""

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return whether this user may do it, whether there is anything to do, and what its arguments would replace.

        Raises:
            ActionRefused: it is no Rollout, it is in another cluster, or the cluster cannot be asked.
        """
        workload = occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        self._address(target)
        try:
            rollout = await self._read(target)
            not_permitted = await self._sending.why_not_permitted(await self._place(workload, rollout))
            why_not = not_permitted or next(iter(self._why_not(target, rollout)), None)
            choices = await self._choices(rollout)
            values = {name: tuple(meanings) for name, meanings in choices.items()}
            return Prospect(why_not, self._present(workload), values, choices)
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error

    async def _place(self, workload: Workload, rollout: Rollout) -> Address:
        """Return what would be patched, as far as it is known before anything is asked for.

        Raises:
            ActionRefused: there is nothing that could be patched.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        return self._address(workload.target)

    def _why_not(self, target: Target, rollout: Rollout) -> tuple[str, ...]:
        """Return why there is nothing to do at a Rollout, whatever the arguments, the weightiest reason first."""
        return ()

    async def _choices(self, rollout: Rollout) -> Mapping[str, Mapping[str, str]]:
        """Return all that an argument takes at a Rollout and what it means, by its name.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        return {}

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return what would be done.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        asked = self._arguments(arguments)
        made_at, workload = self._clock(), occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        self._address(target)
        try:
            rollout = await self._read(target)
            patch, live, description = await self._propose(occasion, rollout, asked)
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        refusals = (*_why_not_this_one(target, rollout, patch), *self._forbidden(asked), *description.refusals)
        description = msgspec.structs.replace(
            description,
            refusals=refusals,
            notes=(*told_sharers(target, workload.shared_by), *description.notes),
        )
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the Rollout is; one that is another by now, or that somebody changed since, is unknown."""
        patch = GuardedPatch.of(plan.request)
        try:
            rollout = await self._read(plan.target)
            if rollout.live.metadata.uid != plan.target.uid:
                return RolloutProgress(None, None, f"{plan.target.name} was deleted and made anew")
            return await self._progress(plan, patch, rollout)
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"the Rollout cannot be read: {in_short(error)}")

    @abstractmethod
    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        """Return what would be sent, the object to which it is sent as it is now, and what is said of it.

        Raises:
            ActionRefused: there is nothing that could be sent.
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    def _forbidden(self, asked: Mapping[str, object]) -> tuple[str, ...]:
        """Return why the settings forbid what is asked; a way back is not asked."""
        return ()

    @abstractmethod
    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        """Return how far the Rollout of a committed plan is.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """

    def _arguments(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        """Return what was asked, checked.

        Raises:
            ActionRefused: an argument is unknown or wrong.
        """
        refuse_unknown(self.specification, arguments)
        return arguments

    def _address(self, target: Target) -> Address:
        if target.kind != KIND:
            raise ServedOtherwise(f"{target.name} is a {harmless(target.kind)}, not a Rollout of Argo Rollouts")
        return rollout_address(target, self._subresource)

    async def _read(self, target: Target) -> Rollout:
        return Rollout.of(LiveObject.of(await self._transport.get(rollout_address(target).path)))

    async def _of(self, target: Target, live: LiveObject) -> Rollout:
        """Return the Rollout of a target; `live` is the object that is patched, which may be the Rollout itself."""
        if live.metadata.uid == target.uid:
            return Rollout.of(live)
        return await self._read(target)


def _why_not_this_one(target: Target, rollout: Rollout, patch: GuardedPatch) -> tuple[str, ...]:
    """Return why nothing may be changed for a Rollout that is another by now, or that somebody else keeps."""
    metadata, found = rollout.live.metadata, []
    if metadata.uid != target.uid and patch.uid != target.uid:  # else the patch itself says so
        found.append(f"{target.name} was deleted and made anew since it was found: refresh first")
    if metadata.controller is not None:
        owner = harmless(f"{metadata.controller.kind} {metadata.controller.name}")
        found.append(f"{owner} owns {target.name} and would undo this: act on {owner}")
    return tuple(found)


def of_this_update(rollout: Rollout) -> tuple[Guard, ...]:
    """Return that a change rests on the update that was seen: what it rolls out and how, and from where to where.

    The generation is none of it: an autoscaler that sets the replicas moves it every few seconds.
    """
    status, live = rollout.status, rollout.live
    return (
        *(Guard(pointer, live.at(pointer)) for pointer in (TEMPLATE, STRATEGY)),
        Guard(CURRENT_HASH, status.current_pod_hash or None),
        Guard(STABLE_HASH, status.stable_hash or None),
    )


def plugin_command(target: Target, verb: str, *arguments: str) -> str:
    """Return the command line for the plugin of kubectl, quoted for a shell; it knows no preconditions."""
    where = ["--context", target.context, "-n", target.namespace]
    return shlex.join(["kubectl", "argo", "rollouts", *verb.split(), target.name, *arguments, *where])
