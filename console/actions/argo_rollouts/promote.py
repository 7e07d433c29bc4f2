"""`argo_rollouts.promote`: let a paused update go on, or finish it without its steps."""

from collections.abc import Mapping

from console.actions.argo_rollouts.revisions import read_revisions
from console.actions.argo_rollouts.rollout import Rollout, rollout_address
from console.actions.argo_rollouts.rollout_action import (
    NOT_OBSERVED,
    RolloutAction,
    of_this_update,
    plugin_command,
    status_address,
)
from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.writers import LiveObject

STEP, FULL = "step", "full"
PROMOTE = ActionSpecification(
    name="argo_rollouts.promote",
    title="Let a paused update go on",
    arguments=(
        Argument(
            name="how_far",
            meaning="`step` goes past the step it waits at, `full` skips all steps and analyses that are left",
            required=False,
            choices=(STEP, FULL),
        ),
    ),
    tier=RiskTier.WIDE,
)
_PAUSED = "/spec/paused"
_PAUSE_CONDITIONS = "/status/pauseConditions"
_CONTROLLER_PAUSE = "/status/controllerPause"
_STEP_INDEX = "/status/currentStepIndex"
_PROMOTE_FULL = "/status/promoteFull"


class Promote(RolloutAction):
    """Does what `kubectl argo rollouts promote` does, one request at a time, to the update that was seen only.

    It cannot be taken back: the pods of the new version serve from then on. An abort is a plan of its own.
    """

    specification = PROMOTE

    def _arguments(self, arguments: Mapping[str, object]) -> Mapping[str, object]:
        asked = super()._arguments(arguments)
        how_far = asked.get("how_far", STEP)
        if how_far not in (STEP, FULL):
            raise ActionRefused(f"{PROMOTE.name}: how_far is {harmless(repr(how_far))}; expected one of {STEP}, {FULL}")
        return {"how_far": how_far}

    def _why_not(self, target: Target, rollout: Rollout) -> tuple[str, ...]:
        return why_no_promotion(target, rollout)

    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        guards, live = of_this_update(rollout), rollout.live
        if asked["how_far"] == FULL and rollout.spec.paused:  # spec and status are two requests
            told = f"somebody paused {target.name} by hand (spec.paused), and nothing is promoted before that ends"
            raise ActionRefused(f"{told}: promote it by one step first, then in full")
        if rollout.spec.paused:
            patch = GuardedPatch(rollout_address(target), target.uid, (edit(live, _PAUSED, False),), guards)
        else:
            edits = (edit(live, _PROMOTE_FULL, True),) if asked["how_far"] == FULL else _past_the_step(rollout)
            patch = GuardedPatch(await status_address(self._transport, target), target.uid, edits, guards)
        return patch, live, await self._describe(target, patch, live)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        rollout = Rollout.of(live)
        revisions = await read_revisions(self._transport, target.namespace, target.uid)
        new, is_full = revisions.told(rollout.status.current_pod_hash), patch.edit_of(_PROMOTE_FULL) is not None
        notes = [f"it is {rollout.state}"]
        if patch.edit_of(_PAUSED) is not None and rollout.status.pause_conditions:
            notes.append("somebody paused it by hand, which ends now; it waits at its step too: promote it once more")
        if is_full:
            notes.append("all steps and analyses that are left are skipped")
        if revisions.unknown is not None:
            notes.append(revisions.unknown)
        how_far, watch = ("by one step", "the update goes past the step it waits at")
        if is_full:
            how_far, watch = "skipping all that is left", f"{new} is the stable version"
        elif rollout.is_blue_green:
            how_far, watch = "which gets all of the traffic", f"the active Service selects {new}"
        return Description(
            title=f"Promote {target.name} to {new}, {how_far}",
            confirm=f"promote {target.name}",
            tier=RiskTier.HARD_TO_UNDO if is_full else RiskTier.WIDE,
            undo=None,
            watch=(watch,),
            notes=tuple(notes),
            refusals=why_no_promotion(target, rollout),
            command=plugin_command(target, "promote", *(["--full"] if is_full else [])),
        )

    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        if rollout.is_promoted:
            return RolloutProgress(True, None, f"fully promoted: it is {rollout.state}")
        if rollout.status.phase == "Degraded":
            reason = f"the update failed: it is {rollout.state}"
            return RolloutProgress(False, reason, reason)
        if patch.edit_of(_PROMOTE_FULL) is not None:
            return RolloutProgress(False, None, f"it is {rollout.state}")
        waits = patch.edit_of(_PAUSE_CONDITIONS) is not None and rollout.status.controller_pause
        if waits and not rollout.status.pause_conditions:
            return RolloutProgress(False, None, "the controller has not gone on yet")
        return step_progress(rollout)


def step_progress(rollout: Rollout) -> RolloutProgress:
    """Return how far an update is that waits no more: a blue-green one is done when the active Service selects it."""
    if rollout.is_blue_green and not rollout.serves_the_newest:
        return RolloutProgress(
            False, None, f"the active Service still selects the version before: it is {rollout.state}"
        )
    return RolloutProgress(True, None, f"it went on: it is {rollout.state}")


def _past_the_step(rollout: Rollout) -> tuple[Edit, ...]:
    """Return what ends the wait: the pause of a step, or the step itself where it waits for something else."""
    live, status = rollout.live, rollout.status
    past = edit(live, _STEP_INDEX, (status.current_step_index or 0) + 1)
    cleared = edit(live, _PAUSE_CONDITIONS, None)
    if status.pause_conditions and rollout.is_inconclusive and status.controller_pause:
        return cleared, edit(live, _CONTROLLER_PAUSE, False), past
    if status.pause_conditions:
        return (cleared,)
    return (past,)


def why_no_promotion(target: Target, rollout: Rollout) -> tuple[str, ...]:
    """Return why there is nothing to promote."""
    status = rollout.status
    if not rollout.is_observed:
        return (NOT_OBSERVED,)
    if rollout.is_promoted:
        return (f"{target.name} is fully promoted: nothing waits",)
    if status.abort:
        return (f"the update of {target.name} is aborted: argo_rollouts.retry tries it again",)
    is_canary = rollout.spec.strategy.canary is not None
    if not status.pause_conditions and not rollout.spec.paused and not (is_canary and rollout.steps):
        return (f"{target.name} waits for nobody: it is {rollout.state}",)
    return ()
