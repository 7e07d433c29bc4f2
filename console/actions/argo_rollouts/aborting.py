"""What setting and clearing `status.abort` of a Rollout means: to abort an update, and to try it again."""

from abc import abstractmethod
from collections.abc import Mapping

from console.actions.argo_rollouts.revisions import Revisions, read_revisions
from console.actions.argo_rollouts.rollout import Rollout
from console.actions.argo_rollouts.rollout_action import (
    ABORT,
    NOT_OBSERVED,
    RolloutAction,
    of_this_update,
    plugin_command,
    status_address,
)
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.actions.kubernetes.patching_action import Description
from console.actions.provider import Occasion, RolloutProgress
from console.domain.action import Plan, RiskTier
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.writers import LiveObject


class AbortOrRetry(RolloutAction):
    """Sets `status.abort` of the update that was seen, and of no other."""

    @property
    @abstractmethod
    def _aborts(self) -> bool:
        """Return whether the action aborts, or tries again."""

    def _why_not(self, target: Target, rollout: Rollout) -> tuple[str, ...]:
        if not self._aborts:
            return why_no_retry(target, rollout)
        already = (f"{target.name} is aborted already",) if rollout.status.abort else ()
        return why_no_abort(target, rollout) or already

    async def _propose(
        self, occasion: Occasion, rollout: Rollout, asked: Mapping[str, object]
    ) -> tuple[GuardedPatch, LiveObject, Description]:
        target = occasion.workload.target
        address = await status_address(self._transport, target)
        change = edit(rollout.live, ABORT, self._aborts)
        patch = GuardedPatch(address, target.uid, (change,), of_this_update(rollout))
        return patch, rollout.live, await self._describe(target, patch, rollout.live)

    async def _describe(self, target: Target, patch: GuardedPatch, live: LiveObject) -> Description:
        rollout = Rollout.of(live)
        revisions = await read_revisions(self._transport, target.namespace, target.uid)
        describe = _of_an_abort if _is_abort(patch) else _of_a_retry
        return describe(target, rollout, revisions)

    async def _progress(self, plan: Plan, patch: GuardedPatch, rollout: Rollout) -> RolloutProgress:
        moved = next((told for guard in patch.guards if (told := _moved(guard.pointer, guard.value, rollout))), None)
        if moved is not None:
            return RolloutProgress(None, None, moved)
        return abort_progress(rollout) if _is_abort(patch) else retry_progress(rollout)


def why_no_abort(target: Target, rollout: Rollout) -> tuple[str, ...]:
    """Return why there is nothing to abort."""
    status = rollout.status
    if not rollout.is_observed:
        return (NOT_OBSERVED,)
    if not status.stable_hash:
        return (f"{target.name} has no stable version yet: an abort would leave nothing to serve",)
    if rollout.is_promoted:
        told = f"{target.name} is fully promoted: no update is under way that could be aborted"
        return (f"{told}; argo_rollouts.undo goes back to another version",)
    return ()


def why_no_retry(target: Target, rollout: Rollout) -> tuple[str, ...]:
    """Return why there is nothing to try again."""
    return () if rollout.status.abort else (f"{target.name} is not aborted: it is {rollout.state}",)


def abort_progress(rollout: Rollout) -> RolloutProgress:
    """Return how far the controller is with an abort: done when the new version serves nothing and the stable all."""
    status, wanted = rollout.status, rollout.spec.replicas
    if not status.abort:
        return RolloutProgress(None, None, f"it is not aborted any more: it is {rollout.state}")
    if status.phase != "Degraded":
        return RolloutProgress(False, None, f"the controller has not aborted it yet: it is {rollout.state}")
    left = _served_by_the_new(rollout)
    if left is not None:
        return RolloutProgress(False, None, left)
    if status.available_replicas < wanted:
        return RolloutProgress(False, None, f"{status.available_replicas} of {wanted} stable pods available")
    return RolloutProgress(True, None, f"aborted: the stable version serves alone, {wanted} of {wanted} available")


def retry_progress(rollout: Rollout) -> RolloutProgress:
    """Return how far the controller is with a retry: done when the update is under way again."""
    if rollout.status.abort:
        return RolloutProgress(None, None, f"it is aborted: it is {rollout.state}")
    if rollout.status.phase == "Degraded":
        return RolloutProgress(False, None, f"the controller has not begun again yet: it is {rollout.state}")
    return RolloutProgress(True, None, f"the update is under way again: it is {rollout.state}")


def _served_by_the_new(rollout: Rollout) -> str | None:
    """Return what the new version still serves with after an abort, None where it serves nothing."""
    status, strategy = rollout.status, rollout.spec.strategy
    if strategy.blue_green is not None:
        active = status.blue_green.active_selector if status.blue_green is not None else ""
        return None if active == status.stable_hash else "the active Service still selects the new version"
    if strategy.canary is not None and strategy.canary.traffic_routing is not None:
        weights = status.canary.weights if status.canary is not None else None
        share = weights.canary.weight if weights is not None else 0
        return f"the new version still gets {share} % of the traffic" if share else None
    left = status.updated_replicas
    if left == 0:
        return None
    return how_many(left, "pod of the new version is left", "pods of the new version are left")


def _of_an_abort(target: Target, rollout: Rollout, revisions: Revisions) -> Description:
    new, stable = revisions.told(rollout.status.current_pod_hash), revisions.told(rollout.status.stable_hash)
    return Description(
        title=f"Abort the update of {target.name} to {new}",
        confirm=f"abort {target.name}",
        tier=RiskTier.WIDE,
        undo=f"Try the update of {target.name} to {new} again",
        watch=(f"phase Degraded (RolloutAborted), and {stable} serves alone",),
        notes=(
            f"{stable} serves everything again; it is {rollout.state}",
            "its spec keeps the new version: a retry, or a change of its template or steps, goes forward again",
            *([revisions.unknown] if revisions.unknown else []),
        ),
        refusals=why_no_abort(target, rollout),
        command=plugin_command(target, "abort"),
    )


def _of_a_retry(target: Target, rollout: Rollout, revisions: Revisions) -> Description:
    new = revisions.told(rollout.status.current_pod_hash)
    return Description(
        title=f"Try the update of {target.name} to {new} again",
        confirm=f"retry {target.name}",
        tier=RiskTier.WIDE,
        undo=f"Abort the update of {target.name} to {new}",
        watch=("the update is under way again",),
        notes=(
            f"{new} gets traffic again, from its first step on",
            *([revisions.unknown] if revisions.unknown else []),
        ),
        refusals=why_no_retry(target, rollout),
        command=plugin_command(target, "retry rollout"),
    )


def _is_abort(patch: GuardedPatch) -> bool:
    (change,) = patch.edits
    return change.after is True


def _moved(pointer: str, expected: object, rollout: Rollout) -> str | None:
    """Return that a Rollout is at another update than the one that was planned for."""
    if pointer == "/metadata/generation" or rollout.live.at(pointer) == expected:
        return None
    return f"another update has begun, or this one is done: it is {rollout.state}"
