"""`argo_rollouts.restart`: replace all pods of a Rollout, a few at a time."""

from collections.abc import Mapping

from console.actions.argo_rollouts.rollout import GROUP, KIND, Rollout, rollout_address
from console.actions.argo_rollouts.rollout_action import RolloutAction, plugin_command
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.interruption import all_at_once, pods_of
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import tool_notes
from console.actions.provider import Occasion, RolloutProgress
from console.actions.specification import ActionSpecification, StandsFor
from console.domain.action import Plan, RiskTier
from console.domain.model import Target
from console.domain.moments import clock_time, rfc3339
from console.domain.quantity import how_many
from console.sources.cluster.objects import instant
from console.sources.cluster.writers import LiveObject

RESTART = ActionSpecification(
    name="argo_rollouts.restart",
    title="Replace all pods, a few at a time",
    tier=RiskTier.WIDE,
    stands_for=StandsFor("kubernetes.restart", GROUP, KIND),
)
_RESTART_AT, _MAX_UNAVAILABLE = "/spec/restartAt", "/spec/strategy/canary/maxUnavailable"
_GRAIN_SECONDS = 60.0
"""The time is written to the minute: a plan that is made anew before the key is the same plan."""


class Restart(RolloutAction):
    """Sets `spec.restartAt`: the controller ends the pods that are older, without a new revision."""

    specification = RESTART
    _subresource = ""

    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        moment = rfc3339(self._clock() // _GRAIN_SECONDS * _GRAIN_SECONDS)
        change = edit(rollout.live, _RESTART_AT, moment)
        patch = GuardedPatch(rollout_address(target), target.uid, (change,))
        return patch, rollout.live, await self._describe(target, patch, rollout.live)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        rollout = Rollout.of(live)
        replicas = rollout.spec.replicas
        since = clock_time(instant(patch.edits[0].after) or self._clock())
        interrupted = _interruption(rollout)
        notes = [f"it is {rollout.state}", f"pods that started since {since} UTC stay"]
        if interrupted is not None:
            notes.insert(0, interrupted)
        return Description(
            title=f"Restart all pods of {target.name} ({replicas})",
            confirm=f"restart {target.name}",
            tier=RiskTier.WIDE if interrupted is None else RiskTier.HARD_TO_UNDO,
            undo=None,
            watch=(f"{replicas} of {how_many(replicas, 'pod')} new and available",),
            notes=(*notes, *tool_notes(live.metadata)),
            command=plugin_command(target, "restart"),
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        moved = patch.moved_since(rollout.live)
        if moved is not None:
            return RolloutProgress(None, None, moved)
        status, wanted = rollout.status, rollout.spec.replicas
        if instant(status.restarted_at) != instant(rollout.spec.restart_at):
            return RolloutProgress(False, None, f"old pods are left, {status.available_replicas} of {wanted} available")
        if status.available_replicas < wanted:
            return RolloutProgress(False, None, f"{status.available_replicas} of {wanted} available")
        return RolloutProgress(True, None, f"restarted: {status.available_replicas} of {wanted} available")


def _interruption(rollout: Rollout) -> str | None:
    """Return that nothing serves while pods are replaced: none is added first, and one at least ends at a time."""
    replicas = rollout.spec.replicas
    if replicas == 1:
        return "it runs one pod: nothing serves between its end and the start of the new one"
    is_canary = rollout.spec.strategy.canary is not None
    at_once = pods_of(rollout.live.at(_MAX_UNAVAILABLE), replicas) if is_canary else 1
    return all_at_once(replicas) if 1 < replicas <= at_once else None
