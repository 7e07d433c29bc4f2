"""`saturation`: something that computes or waits reached its limit, and no surge or loss explains that."""

from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Shift, level
from console.detect.causes.load import Load
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.label import harmless
from console.domain.quantity import format_quantity, format_ratio, times
from console.domain.series import Series
from console.domain.signal import KV_CACHE, QUEUE, SATURATION

AT_LIMIT = 0.9
"""The ratio of its limit from which a resource has nothing left; the default objective of saturation."""
ALL_BUSY = 0.95
"""The ratio from which all slots are taken: workers, unlike caches, are all there is."""
ROOM = 0.8
"""The ratio below which a resource has room."""
HELD_LONGER = 1.2
"""The factor by which a request may hold its slot longer, and still be called as long as before."""
GROWN = 3.0
"""The factor by which a queue has grown at least, with one waiting request for each replica."""
_LIMITS = frozenset(
    {
        FactKey.RESOURCE_AT_LIMIT,
        FactKey.CACHE_FILLED,
        FactKey.CACHE_FULL,
        FactKey.SLOTS_FILLED,
        FactKey.SLOTS_HELD,
    }
)
_QUEUE, _CONCURRENCY, _CACHE = "queue", "concurrency", "KV cache"
_FILLED = {_CONCURRENCY: FactKey.SLOTS_FILLED, _CACHE: FactKey.CACHE_FILLED}
"""What requests hold for as long as they last, by what it is called when more work fills it."""


def examine_saturation(scene: Scene, load: Load) -> Finding:
    """Return what speaks for a limit that was reached as the cause."""
    read = {name: moved for name, series in gauges(scene).items() if (moved := _moved(scene, series)) is not None}
    queue = read.pop(_QUEUE, None)
    facts = _at_limit(read, load) or _queue_grew(queue, load)
    if facts and load.is_more:
        facts.append(Fact(FactKey.LIMIT_REACHED_BY_LOAD, "more requests reach each replica"))
    facts.extend(_autoscaler(scene))
    if not facts:
        facts.extend(_room(read, queue))
    unread = None if read or queue or facts else "GPU, CPU, queue and concurrency"
    if load.fails_without_waiting:
        facts.append(Fact(FactKey.LATENCY_STEADY, "requests take as long as before"))
    return Finding(CauseKind.SATURATION, tuple(facts), unread)


def _room(read: dict[str, Shift], queue: Shift | None) -> list[Fact]:
    """Return the fact that all that is measured has room, or that nothing waits where that is all that is measured."""
    if read and all(moved.after < ROOM for moved in read.values()):
        words = ", ".join(f"{harmless(name)} {format_ratio(read[name].after)}" for name in sorted(read))
        return [Fact(FactKey.BELOW_LIMITS, words)]
    if not read and queue is not None and queue.after < 1:
        return [Fact(FactKey.BELOW_LIMITS, "no request waits")]
    return []


def is_at_limit(finding: Finding) -> bool:
    """Return whether a limit was reached, for whatever reason."""
    return any(fact.key in _LIMITS for fact in finding.facts)


def gauges(scene: Scene) -> dict[str, Series]:
    """Return what is known of resources by name: those of the circumstances, and the model's own signals."""
    found = dict(scene.circumstances.gauges)
    for name, signal in ((_CACHE, KV_CACHE), (_CONCURRENCY, SATURATION), (_QUEUE, QUEUE)):
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


def _at_limit(read: dict[str, Shift], load: Load) -> list[Fact]:
    """Return the fact of what reached its limit and was below it before: what computes before what requests hold."""
    for name, moved in sorted(read.items(), key=lambda item: (item[0] in _FILLED, -item[1].after)):
        limit = ALL_BUSY if name == _CONCURRENCY else AT_LIMIT
        if moved.after >= limit > moved.before:
            told = f"{harmless(name)} at {format_ratio(moved.after)} of its limit, {format_ratio(moved.before)} before"
            if name in _FILLED and load.brings_larger_requests and load.request_size is not None:
                told += f", each request brings {times(load.request_size)} the tokens"
            return [Fact(_held(name, moved, load) if name in _FILLED else FactKey.RESOURCE_AT_LIMIT, told)]
    return []


def _held(name: str, moved: Shift, load: Load) -> FactKey:
    """Return whether slots or a cache filled up because more work came, or because each request holds it longer.

    Little's law: what is held is what arrives times how long it stays. Whatever makes requests slow fills both.
    """
    grows = load.change is not None and moved.before * load.change * HELD_LONGER >= moved.after
    if grows or load.brings_larger_requests:
        return _FILLED[name]
    return FactKey.CACHE_FULL if name == _CACHE and load.request_size is None else FactKey.SLOTS_HELD


def _queue_grew(queue: Shift | None, load: Load) -> list[Fact]:
    replicas = load.ready.after if load.ready is not None else 1.0
    if queue is None or not queue.rose(GROWN) or queue.after < max(replicas, 1.0):
        return []
    waiting = format_quantity(round(queue.after), QUEUE.unit)
    return [Fact(FactKey.SLOTS_HELD, f"{waiting} requests waiting, {format_quantity(queue.before, '1')} before")]


def _autoscaler(scene: Scene) -> list[Fact]:
    capacity = scene.circumstances.capacity
    most = capacity.autoscaler_most
    for series in (capacity.autoscaler_wants, capacity.wanted):
        moved = scene.moved(series)
        if most is not None and moved is not None and moved.before < most <= moved.after:
            words = f"the autoscaler reached its maximum of {most:.0f} replicas"
            return [Fact(FactKey.AUTOSCALER_AT_MOST, words)]
    return []
