"""`traffic_surge`: traffic above its season from before the onset, and each replica carries more."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Shift
from console.detect.causes.load import MORE, Load
from console.detect.causes.scene import LEAD, Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.quantity import format_quantity, times
from console.domain.signal import TRAFFIC

RISEN = 1.15
"""The factor over the time before that a surge has at least; what always was above its season explains no onset."""


def examine_traffic_surge(scene: Scene, load: Load) -> Finding:
    """Return what speaks for more traffic than usual as the cause."""
    moved = load.traffic
    if moved is None:
        return Finding(CauseKind.TRAFFIC_SURGE, untestable="traffic before and after the onset")
    if not moved.rose(RISEN):
        fact = Fact(FactKey.TRAFFIC_STEADY, f"traffic as before, {format_quantity(moved.after, TRAFFIC.unit)}")
    elif load.traffic_turned is not None and load.traffic_turned > scene.onset + LEAD:
        fact = Fact(FactKey.TRAFFIC_STEADY, "traffic rose only after the onset")
    else:
        fact = _risen(moved, load)
    return Finding(CauseKind.TRAFFIC_SURGE, (fact,))


def _risen(moved: Shift, load: Load) -> Fact:
    carried = f", load per replica {times(load.per_replica)}" if load.per_replica is not None else ""
    if load.usual:
        over = moved.after / load.usual
        usual = f"its usual {format_quantity(load.usual, TRAFFIC.unit)} for this hour"
        if over >= MORE:
            return Fact(FactKey.TRAFFIC_ABOVE_SEASON, f"traffic {times(over)} {usual}{carried}")
        return Fact(FactKey.TRAFFIC_OF_SEASON, f"traffic rose to {usual}")
    before = format_quantity(moved.before, TRAFFIC.unit)
    if moved.ratio >= MORE:
        return Fact(FactKey.TRAFFIC_ROSE, f"traffic {times(moved.ratio)} the {before} before{carried}")
    return Fact(FactKey.TRAFFIC_STEADY, f"traffic only {times(moved.ratio)} the {before} before")
