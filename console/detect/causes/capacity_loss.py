"""`capacity_loss`: fewer replicas are ready since before the onset, and each carries more."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.load import Load
from console.detect.causes.scene import Scene
from console.detect.causes.traffic_surge import room_left
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.moments import clock_time
from console.domain.quantity import times

LITTLE = 1.1
"""The factor up to which the load of a replica is as before: near its limit, a little more is a lot."""
FEWER = 0.9
"""The factor to which ready replicas fall at least: one of ten carries no more than noise does."""


def examine_capacity_loss(scene: Scene, load: Load) -> Finding:
    """Return what speaks for lost replicas as the cause."""
    ready = load.ready
    if ready is None:
        return Finding(CauseKind.CAPACITY_LOSS, untestable="ready replicas before and after the onset")
    if not ready.fell(FEWER):
        count = f"{ready.after:.0f}"
        return Finding(CauseKind.CAPACITY_LOSS, (Fact(FactKey.REPLICAS_KEPT, f"{count} replicas ready, as before"),))
    since = f" at {clock_time(load.ready_turned)}" if load.ready_turned is not None else ""
    words = f"ready replicas {ready.before:.0f} → {ready.after:.0f}{since}"
    if load.ready_turned is not None and load.ready_turned > scene.turn + scene.lead:
        return Finding(CauseKind.CAPACITY_LOSS, (Fact(FactKey.REPLICAS_FELL_LATER, f"{words}, after the onset"),))
    carried = load.per_replica
    if ready.after > 0 and carried is not None and carried < LITTLE:
        words += f", but each carries only {times(carried)} the load"
        return Finding(CauseKind.CAPACITY_LOSS, (Fact(FactKey.REPLICAS_FELL_UNLOADED, words),))
    if carried is not None:
        words += f", load per replica {times(carried)}"
    return Finding(CauseKind.CAPACITY_LOSS, (Fact(FactKey.REPLICAS_FELL, words), *room_left(load)))
