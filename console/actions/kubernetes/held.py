"""What it means to change the number of replicas at which KEDA holds a workload, instead of the count itself."""

from console.actions.kubernetes.guarded_patch import GuardedPatch
from console.actions.kubernetes.keda_pause import holds, told_scaled
from console.actions.kubernetes.patching_action import Description
from console.actions.kubernetes.replica_count import scale_tier
from console.actions.kubernetes.situation import Situation, notes, tool_notes
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.writers import LiveObject


def held_description(target: Target, patch: GuardedPatch, live: LiveObject, situation: Situation) -> Description:
    """Return what a patch of the number at which KEDA holds a workload means; `live` is the ScaledObject."""
    seen, wanted = holds(patch)
    scaled, running = told_scaled(live.metadata), situation.live.spec.replicas
    why = f"{scaled} is paused and holds {target.name} at {seen}: what it holds is changed"
    told = [f"{why}, because it would take back a change of the count", *notes(situation, grows=wanted > running)]
    told += [note for note in tool_notes(live.metadata) if note not in told]
    owner = live.metadata.controller
    refusals = []
    if owner is not None:
        above = harmless(f"{owner.kind} {owner.name}")
        refusals.append(f"{above} owns {scaled} and would undo this: change it there")
    return Description(
        title=f"Let {scaled} hold {target.name} at {how_many(wanted, 'replica')}, not {seen}",
        confirm=f"hold at {wanted}",
        tier=scale_tier(running, wanted),
        undo=f"Let {scaled} hold {target.name} at {how_many(seen, 'replica')} again",
        watch=(f"{wanted} of {how_many(wanted, 'replica')} available",),
        notes=tuple(told),
        refusals=tuple(refusals),
    )
