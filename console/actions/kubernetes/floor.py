"""What it means to change the bounds of an autoscaler instead of a count of replicas, whatever runs the pods."""

from console.actions.kubernetes.autoscaling import SCALED_OBJECT, Governor, default_bounds, told_stuck
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import Situation, notes, tool_notes
from console.domain.action import RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many


def floor_of(patch: GuardedPatch) -> int:
    """Return the lower bound that a patch sets; where it takes it away, that which the object's controller takes."""
    lower = patch.edit_of("/spec/minReplicas") or patch.edit_of("/spec/minReplicaCount")
    if lower is None or lower.after is None:
        return default_bounds(patch.address)[0]
    return int(lower.after)


def floor_description(target: Target, patch: GuardedPatch, governor: Governor, situation: Situation) -> Description:
    """Return what a patch of the bounds of an autoscaler means for a workload."""
    least, most = governor.bounds
    wanted, running = floor_of(patch), situation.live.spec.replicas
    why = f"{governor.told} sets the replicas of {target.name} between {least} and {most}: its bounds are changed"
    stuck = None if situation.autoscaler is None else told_stuck(situation.autoscaler)
    told = [f"{why}, because it would take back a change of the count"]
    if stuck is not None:
        told = [stuck, f"{why}, because it would take back a change of the count when it scales again"]
    if running >= most and wanted > least:
        told.append(f"it is at its most, {most}: raising the least alone would change nothing")
    if wanted <= running:
        run = how_many(running, "replica runs", "replicas run")
        told.append(f"{run} now: it may go down to {wanted}, when its metrics let it")
    told += notes(situation, grows=wanted > running)
    told += [note for note in tool_notes(governor.live.metadata) if note not in told]
    if wanted == 0 and governor.kind == SCALED_OBJECT:
        told.insert(0, "KEDA runs none only while no trigger is active; its annotation paused-replicas holds it there")
    owner = governor.live.metadata.controller
    refusals = []
    if wanted == least and not patch.is_made(governor.live):
        refusals.append(f"{governor.told} lets {target.name} run {least} already: its lower bound is not set")
    if owner is not None and owner.uid != target.uid:
        above = harmless(f"{owner.kind} {owner.name}")
        refusals.append(f"{above} owns {governor.told} and would undo this: change the bounds there")
    return Description(
        title=f"Let {governor.told} run at least {how_many(wanted, 'replica')} of {target.name}, not {least}",
        confirm=f"at least {wanted}",
        tier=RiskTier.HARD_TO_UNDO if wanted == 0 else RiskTier.WIDE,
        undo=f"Let {governor.told} run at least {how_many(least, 'replica')} of {target.name} again",
        watch=(f"at least {how_many(wanted, 'replica')} available",),
        notes=tuple(told),
        refusals=tuple(refusals),
    )
