"""`kubernetes.scale`: set the replicas of a Deployment or a StatefulSet through its `/scale`."""

from collections.abc import Mapping

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description, PatchingAction
from console.actions.kubernetes.rollout import rollout_progress
from console.actions.kubernetes.scale_risk import scale_command, scale_tier
from console.actions.kubernetes.situation import notes, read_room, read_situation, refusals, told_sharers
from console.actions.kubernetes.workload_reading import read_workload, scalable_of, workload_address
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Plan, RiskTier
from console.domain.model import Target, Workload
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.writers import LiveObject

SCALE = ActionSpecification(
    name="kubernetes.scale",
    title="Set the number of replicas",
    arguments=(Argument(name="replicas", meaning="how many replicas to run", kind="integer", least=1),),
    undo="the number of before is set again",
    tier=RiskTier.BOUNDED,
)
_REPLICAS = "/spec/replicas"


class Scale(PatchingAction):
    """Plans, sends, watches and takes back changes of a replica count."""

    specification = SCALE

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to set the replicas to `arguments["replicas"]` (a whole number).

        Raises:
            ActionRefused: the argument is no count, the kind cannot be scaled, or the cluster cannot be read.
        """
        wanted = _wanted_replicas(arguments)
        made_at = self._clock()
        workload = occasion.workload
        target = workload.target
        self._refuse_elsewhere(target)
        address = self._address(target)
        try:
            live = await read_workload(self._transport, target)
            patch = GuardedPatch(address, target.uid, (edit(live, _REPLICAS, wanted),))
            description = await self._describe(target, patch, live)
        except UNREADABLE as error:
            raise self._unreadable(target, error) from error
        description = msgspec.structs.replace(
            description,
            refusals=(*self._limit_refusals(wanted), *description.refusals),
            notes=(*told_sharers(target, workload.shared_by), *description.notes),
        )
        return await self._finish(
            occasion.model_id, target, patch, live, description, made_at=made_at, may_dry_run=may_dry_run
        )

    def _address(self, target: Target) -> Address:
        return msgspec.structs.replace(workload_address(target, "scaled"), subresource="scale")

    def _present(self, workload: Workload) -> Mapping[str, str]:
        return {"replicas": str(workload.replicas)}

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the rollout is, by the rules of `kubectl rollout status`, and why pods do not come.

        Replicas that somebody else set since, and a workload made anew, leave it unknown: what was committed has not
        failed, it is not there to be seen.
        """
        patch = GuardedPatch.of(plan.request)
        try:
            live = await read_workload(self._transport, plan.target)
            if live.metadata.uid != plan.target.uid:
                return RolloutProgress(None, None, f"{plan.target.name} was deleted and made anew")
            moved = patch.moved_since(live)
            if moved is not None:
                return RolloutProgress(None, None, moved)
            workload = scalable_of(live)
            progress = rollout_progress(plan.target.kind, workload)
            if progress.done:
                return progress
            no_room = await read_room(self._transport, plan.target, workload, self._clock())
        except UNREADABLE as error:
            return RolloutProgress(None, None, f"the rollout cannot be read: {in_short(error)}")
        if no_room is None:
            return progress
        return msgspec.structs.replace(progress, text=f"{progress.text}; {no_room}")

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        seen, wanted = _counts(patch)
        situation = await read_situation(self._transport, target, scalable_of(live), self._clock())
        return Description(
            title=f"Scale {target.name} from {seen} to {wanted} replicas",
            confirm=f"scale to {wanted}",
            tier=scale_tier(seen, wanted),
            undo=f"Scale {target.name} back to {seen} replicas",
            watch=(f"{wanted} of {wanted} replicas available",),
            notes=notes(situation),
            refusals=refusals(situation, target, wanted),
            command=scale_command(target, seen, wanted, self._settings.kubeconfig),
        )

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        return f"{plan.target.name} is asked to run {_counts(patch)[1]} replicas"

    def _limit_refusals(self, wanted: int) -> tuple[str, ...]:
        if wanted > self._settings.max_replicas:
            return (f"{wanted} replicas are over the limit of {self._settings.max_replicas} (kubernetes.max_replicas)",)
        return ()


def _counts(patch: GuardedPatch) -> tuple[int, int]:
    """Return the count that a patch expects and the one that it sets; the server means 1 where there is none."""
    (counted,) = (each for each in patch.edits if each.pointer == _REPLICAS)
    return 1 if counted.before is None else int(counted.before), 1 if counted.after is None else int(counted.after)


def _wanted_replicas(arguments: Mapping[str, object]) -> int:
    unknown = sorted(set(arguments) - {"replicas"})
    if unknown:
        raise ActionRefused(f"kubernetes.scale has no argument {unknown[0]!r}; expected replicas")
    match arguments.get("replicas"):
        case bool() as given:
            raise ActionRefused(f"kubernetes.scale: replicas is {given!r}; expected a whole number")
        case int(wanted) if wanted >= 0:
            return wanted
        case given:
            raise ActionRefused(f"kubernetes.scale: replicas is {given!r}; expected a whole number from 0")
