"""`saturation`: something that computes or waits is at its limit, and no surge or loss explains that."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Shift, level
from console.detect.causes.load import Load
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.label import harmless
from console.domain.quantity import format_ratio
from console.domain.series import Series
from console.domain.signal import KV_CACHE, QUEUE, SATURATION

AT_LIMIT = 0.9
"""The ratio of its limit from which a resource has nothing left; the default objective of saturation."""
ROOM = 0.8
"""The ratio below which a resource has room."""
WAITS = frozenset({"queue", "concurrency"})
"""Gauges that fill up behind anything slow: requests in flight are traffic times latency (Little's law)."""


def examine_saturation(scene: Scene, load: Load) -> Finding:
    """Return what speaks for a limit that was reached as the cause."""
    read = {name: moved for name, series in gauges(scene).items() if (moved := _moved(scene, series)) is not None}
    ratios = {name: moved for name, moved in read.items() if name.lower() != "queue" or moved.after <= 1}
    full = {name: moved for name, moved in ratios.items() if moved.after >= AT_LIMIT}
    facts = [Fact(_key(name), _told(name, moved)) for name, moved in full.items()]
    resources = [fact for fact in facts if fact.key is FactKey.RESOURCE_AT_LIMIT]
    facts = resources[:1] or facts[:1]
    if facts and load.is_more:
        facts.append(Fact(FactKey.LIMIT_REACHED_BY_LOAD, "more requests reach each replica"))
    most = scene.circumstances.capacity.autoscaler_most
    if most and _wanted(scene) >= most:
        facts.append(Fact(FactKey.AUTOSCALER_AT_MOST, f"the autoscaler is at its maximum of {most:.0f} replicas"))
    if facts:
        return Finding(CauseKind.SATURATION, tuple(facts))
    told = [name for name, moved in ratios.items() if moved.after < ROOM]
    if told and len(told) == len(ratios):
        words = ", ".join(f"{harmless(name)} {format_ratio(ratios[name].after)}" for name in sorted(told))
        return Finding(CauseKind.SATURATION, (Fact(FactKey.BELOW_LIMITS, words),))
    return Finding(CauseKind.SATURATION, untestable="" if read else "GPU, CPU, queue and concurrency")


def gauges(scene: Scene) -> dict[str, Series]:
    """Return what is known of resources by name: those of the circumstances, and the model's own signals."""
    found = dict(scene.circumstances.gauges)
    for name, signal in (("KV cache", KV_CACHE), ("concurrency", SATURATION), ("queue", QUEUE)):
        series = scene.of_model(signal.name)
        if name not in found and series is not None:
            found[name] = series
    return found


def _moved(scene: Scene, series: Series) -> Shift | None:
    moved = scene.moved(series)
    if moved is not None:
        return moved
    after = level(series, scene.after)
    return Shift(after, after, 0.5) if after is not None else None


def _key(name: str) -> FactKey:
    return FactKey.WAITING_AT_LIMIT if name.lower() in WAITS else FactKey.RESOURCE_AT_LIMIT


def _told(name: str, moved: Shift) -> str:
    before = f", {format_ratio(moved.before)} before" if moved.before < moved.after else ""
    return f"{harmless(name)} at {format_ratio(moved.after)} of its limit{before}"


def _wanted(scene: Scene) -> float:
    capacity = scene.circumstances.capacity
    told = [level(series, scene.after) for series in (capacity.autoscaler_wants, capacity.wanted)]
    return max((value for value in told if value is not None), default=0.0)
