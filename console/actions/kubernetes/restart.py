"""`kubernetes.restart`: replace all pods by new ones of the same version, as the strategy of the workload does it."""

from collections.abc import Mapping

from console.actions.kubernetes.guarded_patch import Guard, GuardedPatch, edit
from console.actions.kubernetes.interruption import interruption, kept_back
from console.actions.kubernetes.kubectl import kubectl_command
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import tool_notes
from console.actions.kubernetes.workload_action import WorkloadAction
from console.actions.kubernetes.workload_reading import scalable_of
from console.actions.provider import ActionRefused, Occasion
from console.actions.specification import ActionSpecification
from console.domain.action import Plan, RiskTier
from console.domain.model import Target
from console.domain.moments import rfc3339
from console.sources.cluster.fields import pointer_of
from console.sources.cluster.writers import LiveObject

RESTART = ActionSpecification(name="kubernetes.restart", title="Restart all pods", tier=RiskTier.WIDE)
_PAUSED = "/spec/paused"
_RESTARTED_AT = pointer_of("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")
_GRAIN_SECONDS = 60.0
"""The time is written to the minute: a plan that is made anew before the key is the same plan."""


class Restart(WorkloadAction):
    """Sets the annotation by which `kubectl rollout restart` makes a new revision of the same version."""

    specification = RESTART
    _participle = "restarted"

    async def _propose(
        self, occasion: Occasion, live: LiveObject, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        if live.at(_PAUSED):
            raise ActionRefused(f"the rollouts of {target.name} are paused: resume them first")
        moment = rfc3339(self._clock() // _GRAIN_SECONDS * _GRAIN_SECONDS)
        guards = (Guard(_PAUSED, live.at(_PAUSED)),)
        patch = GuardedPatch(self._address(target), target.uid, (edit(live, _RESTARTED_AT, moment),), guards)
        return patch, live, await self._describe(target, patch, live)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        workload = scalable_of(live)
        notes = ["a restart cannot be undone; it makes a revision of the same version", *kept_back(live)]
        interrupted = interruption(target.kind, live)
        if interrupted is not None:
            notes.insert(0, interrupted)
        resource = f"{target.kind.lower()}/{target.name}"
        return Description(
            title=f"Restart all pods of {target.name} ({workload.spec.replicas})",
            confirm="restart",
            tier=RiskTier.WIDE if interrupted is None else RiskTier.HARD_TO_UNDO,
            undo=None,
            watch=("every replica is replaced and available",),
            notes=(*notes, *tool_notes(live.metadata)),
            command=kubectl_command(target, self._settings.kubeconfig, "rollout", "restart", resource),
        )

    def _done(self, plan: Plan, patch: GuardedPatch) -> str:
        return f"{plan.target.name} restarts its pods"
