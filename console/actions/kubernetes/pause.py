"""`kubernetes.pause` and `kubernetes.resume`: hold the rollouts of a Deployment, and let them go on."""

from collections.abc import Mapping

from console.actions.kubernetes.guarded_patch import Guard, GuardedPatch, edit
from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import tool_notes
from console.actions.kubernetes.workload_action import WorkloadAction
from console.actions.kubernetes.workload_reading import scalable_of
from console.actions.provider import Occasion, RolloutProgress
from console.actions.specification import ActionSpecification
from console.domain.action import Plan, RiskTier
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.writers import LiveObject

PAUSE = ActionSpecification(
    name="kubernetes.pause",
    title="Pause rollouts",
    undo="rollouts go on",
    tier=RiskTier.BOUNDED,
    proof="system",
)
RESUME = ActionSpecification(
    name="kubernetes.resume",
    title="Let rollouts go on",
    undo="rollouts are paused again",
    tier=RiskTier.WIDE,
    proof="system",
)
_PAUSED, _TEMPLATE = "/spec/paused", "/spec/template"


class _Pausing(WorkloadAction):
    """Sets or takes away `spec.paused`; either is the inverse of the other, so a plan is described by what it sets."""

    _kinds = ("Deployment",)
    _wanted: bool | None

    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        # What is rolled out when they go on is the template that was seen.
        guards = () if self._wanted else (Guard(_TEMPLATE, live.at(_TEMPLATE)),)
        patch = GuardedPatch(self._address(target), target.uid, (edit(live, _PAUSED, self._wanted),), guards)
        return patch, live, await self._describe(target, patch, live)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        (change,) = patch.edits
        pauses, workload = change.after is True, scalable_of(live)
        updated, replicas = workload.status.updated_replicas, workload.status.replicas
        under_way = updated < replicas
        notes = [f"a rollout is under way: {updated} of {how_many(replicas, 'pod')} updated"] if under_way else []
        notes.append(
            "the pods that run now stay as they are; it cannot be rolled back or restarted until it is resumed"
            if pauses
            else "a change of its pod template that was made meanwhile is rolled out now"
        )
        verb = "pause" if pauses else "resume"
        inverse = f"Let the rollouts of {target.name} go on" if pauses else f"Pause the rollouts of {target.name} again"
        return Description(
            title=f"Pause the rollouts of {target.name}" if pauses else f"Let the rollouts of {target.name} go on",
            confirm=verb,
            tier=RiskTier.BOUNDED if pauses else RiskTier.WIDE,
            undo=inverse,
            watch=("its rollouts are paused",) if pauses else ("every replica is up to date and available",),
            notes=(*notes, *tool_notes(live.metadata)),
            command=kubectl_command(target, self._settings.kubeconfig, "rollout", verb, f"deployment/{target.name}"),
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, live: LiveObject) -> RolloutProgress:
        (change,) = patch.edits
        if change.after is True:
            return RolloutProgress(True, None, "its rollouts are paused")
        return await super()._progress(plan, patch, live)


class Pause(_Pausing):
    """Holds the rollouts of a Deployment."""

    specification = PAUSE
    _participle = "paused"
    _wanted = True


class Resume(_Pausing):
    """Lets the rollouts of a Deployment go on."""

    specification = RESUME
    _participle = "resumed"
    _wanted = None
