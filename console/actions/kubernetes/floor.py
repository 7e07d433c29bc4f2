"""What it means to change what sets the replicas instead of their count, whatever runs the pods."""

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.autoscaling import (
    Governor,
    default_bounds,
    governor_address,
    governor_of,
    leaves_alone,
    read_governor,
    told_stuck,
)
from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.held import held_description
from console.actions.kubernetes.keda_pause import Pauses, hold, holds, is_of_what_is_held, scaled_address
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.situation import Situation, notes, read_autoscaler, tool_notes
from console.domain.action import RiskTier
from console.domain.label import harmless
from console.domain.model import Target, Workload
from console.domain.quantity import how_many
from console.sources.cluster.scaled_objects import SCALED_OBJECT, held_count
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport


async def governing_address(
    transport: KubernetesTransport, pauses: Pauses, workload: Workload, group: str
) -> Address | None:
    """Return what would be patched instead of the count of a workload of an API group; None where the count would be.

    Raises:
        ActionRefused: several autoscalers set its replicas.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    if workload.autoscaler is not None:
        autoscaler, _ = await read_autoscaler(transport, workload.target, group)
        if autoscaler is not None:
            return governor_address(autoscaler)
    pause, _ = await pauses.of(workload.target)
    return scaled_address(pause.live.metadata) if pause is not None and pause.scaled.held is not None else None


async def governing_patch(
    transport: KubernetesTransport, situation: Situation, wanted: int
) -> tuple[GuardedPatch, LiveObject] | None:
    """Return the patch of what sets the replicas and the object that it patches; None where the count can be set.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    autoscaler, pause = situation.autoscaler, situation.pause
    if autoscaler is not None and not leaves_alone(autoscaler, situation.live.spec.replicas, wanted):
        governor = await read_governor(transport, governor_address(autoscaler))
        is_held = governor.kind == SCALED_OBJECT and held_count(governor.live.metadata) is not None
        return hold(governor.live, wanted) if is_held else governor.floor(wanted), governor.live
    if pause is not None and pause.scaled.held is not None:
        return hold(pause.live, wanted), pause.live
    return None


def governed_description(target: Target, patch: GuardedPatch, live: LiveObject, situation: Situation) -> Description:
    """Return what it means for a workload to patch what sets its replicas; `live` is that object."""
    if is_of_what_is_held(patch):
        return held_description(target, patch, live, situation)
    return floor_description(target, patch, governor_of(live, patch.address), situation)


def governed_count(patch: GuardedPatch) -> int:
    """Return how many replicas run after a patch of what sets them: so many, or at least so many."""
    return holds(patch)[1] if is_of_what_is_held(patch) else floor_of(patch)


def told_not_yet(patch: GuardedPatch, asked: int) -> str | None:
    """Return that what sets the replicas has not set them yet since a patch of it, None where it has.

    `asked` is the count that the workload is asked for now.
    """
    count = how_many(asked, "replica")
    if is_of_what_is_held(patch):
        held = holds(patch)[1]
        return None if asked == held else f"KEDA has not set {held} yet: {count} asked for"
    least = floor_of(patch)
    return None if asked >= least else f"its autoscaler asks for {count} yet, not {least}"


def done_governed(title: str, patch: GuardedPatch) -> str:
    """Return what to say once the cluster took a patch of what sets the replicas."""
    return f"{title}: it is asked to" if is_of_what_is_held(patch) else f"{title}: the bounds are set"


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
