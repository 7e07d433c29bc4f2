"""`traffic_surge`: traffic above its season from before the onset, and each replica carries more."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Shift
from console.detect.causes.load import MORE, Load
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.quantity import format_quantity, times
from console.domain.signal import TRAFFIC

RISEN = 1.15
"""The factor over the time before that a surge has at least; what always was above its season explains no onset."""
FAR = 1.6
"""The factor that no usual day has."""


def examine_traffic_surge(scene: Scene, load: Load) -> Finding:
    """Return what speaks for more traffic than usual as the cause."""
    moved = load.traffic
    if moved is None:
        return Finding(CauseKind.TRAFFIC_SURGE, untestable="traffic before and after the onset")
    if not moved.rose(RISEN):
        facts = [Fact(FactKey.TRAFFIC_STEADY, f"traffic as before, {format_quantity(moved.after, TRAFFIC.unit)}")]
    elif load.traffic_turned is not None and load.traffic_turned > scene.turn + scene.lead:
        facts = [Fact(FactKey.TRAFFIC_STEADY, "traffic rose only after the onset")]
    else:
        facts = _risen(moved, load)
    return Finding(CauseKind.TRAFFIC_SURGE, tuple(facts))


def _risen(moved: Shift, load: Load) -> list[Fact]:
    usual = f"the {format_quantity(moved.before, TRAFFIC.unit)} before"
    over = moved.ratio
    if load.usual:
        usual = f"its usual {format_quantity(load.usual, TRAFFIC.unit)} for this hour"
        over = min(over, moved.after / load.usual)
    if over < MORE:
        return [Fact(FactKey.TRAFFIC_OF_SEASON, f"traffic only {times(over)} {usual}")]
    carried = f", load per replica {times(load.per_replica)}" if load.per_replica is not None else ""
    against = moved.after / load.usual if load.usual else moved.ratio
    key = FactKey.TRAFFIC_FAR_ABOVE if over >= FAR else FactKey.TRAFFIC_ABOVE
    facts = [Fact(key, f"traffic {times(against)} {usual}{carried}")]
    facts.extend(room_left(load))
    if load.fails_without_waiting:
        facts.append(Fact(FactKey.LATENCY_STEADY, "requests take as long as before"))
    return facts


def room_left(load: Load) -> list[Fact]:
    """Return the fact that the workers had room for the load that came, if they had."""
    if not load.had_room or load.busy is None:
        return []
    return [Fact(FactKey.ROOM_LEFT, f"only {format_quantity(load.busy, 'ratio')} of it was busy before")]
