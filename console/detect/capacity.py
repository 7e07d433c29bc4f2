"""Capacity as it was measured: the latency that is usual at each load of one replica.

Points of the past are sorted into bins of load and the median of each counts, so that a few bad hours move nothing.
Queueing theory says only that waiting grows with the load (for M/M/c: L. Kleinrock, Queueing Systems I, 1975, section
3.5); with batches, caches and garbage collection no formula of it fits all serving systems. So none is fitted: the
curve is the rising one that is closest to the medians (isotonic regression, see `console.detect.quality.isotonic`).
"""

import math
from typing import TYPE_CHECKING

import msgspec

from console.domain.load_curve import CapacityFinding, LoadCurve, LoadPast, LoadPoint, need_of
from console.domain.moments import in_words
from console.domain.quantity import format_quantity
from console.domain.signal import ERROR_RATIO, LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView

if TYPE_CHECKING:
    import numpy

    Numbers = numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]

BIN = 1.05
"""The factor between two bins of load: half of the tolerance with which replicas are counted."""
LEAST_IN_A_BIN = 3
"""Points without which a bin tells nothing: the median of three outvotes one."""
LEAST_POINTS = 36
"""Points without which there is no curve: three hours at five-minute steps."""
LEAST_VARIETY = 1.5
"""The highest load over the lowest from which on their latencies tell how it grows."""
LEAST_BINS = 3
MOST_FAILED = 0.05
"""The share of failed requests from which on the load of now says nothing about what a replica carries."""
_DAY = 86_400.0
_LATENCIES = tuple(signal.name for signal in (*LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN))


class CurveFinding(msgspec.Struct, frozen=True):
    """A curve, or why the past tells none."""

    curve: LoadCurve | None
    why_not: str | None = None


def load_curve(past: LoadPast) -> CurveFinding:
    """Return how the latency of a model grows with the load of one replica."""
    import numpy

    traffic, replicas, latency = (numpy.asarray(each.values) for each in (past.traffic, past.replicas, past.latency))
    counts = numpy.isfinite(traffic) & numpy.isfinite(replicas) & numpy.isfinite(latency)
    counts &= (traffic > 0) & (replicas > 0) & (latency > 0)
    if counts.sum() < LEAST_POINTS:
        step = past.traffic.grid.step
        told = f"only {in_words(float(counts.sum()) * step)} tell traffic, replicas and latency together"
        return CurveFinding(None, f"{told}; {in_words(LEAST_POINTS * step)} are needed")
    loads, latencies = traffic[counts] / replicas[counts], latency[counts]
    points = _points(loads, latencies)
    if len(points) < LEAST_BINS or points[-1].load < LEAST_VARIETY * points[0].load:
        low, high = (format_quantity(float(numpy.quantile(loads, share)), "1/s") for share in (0.01, 0.99))
        told = f"the load of a replica hardly varied ({low} to {high})"
        return CurveFinding(None, f"{told}: its past does not tell how latency grows with it")
    first = int(numpy.flatnonzero(counts)[0])
    days = (past.traffic.grid.end - past.traffic.grid.instant(first)) / _DAY
    return CurveFinding(LoadCurve(past.signal, points, days))


def latency_of(view: ModelView) -> str | None:
    """Return the name of the latency whose curve tells the capacity: the worst that is judged, else the worst."""
    judged = (name for name in _LATENCIES if (reading := view.readings.get(name)) and reading.limit is not None)
    return next(judged, view.headline_signal)


def capacity_of(found: CurveFinding, view: ModelView) -> CapacityFinding:
    """Return where a model stands on its curve now, and how many replicas its traffic needs.

    The replicas are those that the cluster says are ready, but no more than the metrics show: a replica that is lost is
    gone from the metrics before the cluster notices, and the past is told by the metrics as well.
    """
    workload = view.workload.workload if view.workload is not None else None
    counts = (workload.ready if workload is not None else None, view.replicas)
    replicas = min((count for count in counts if count is not None), default=None)
    traffic = _current(view.readings.get(TRAFFIC.name))
    name = found.curve.signal if found.curve is not None else latency_of(view)
    latency = view.readings.get(name) if name is not None else None
    objective = latency.limit if latency is not None else None
    known = CapacityFinding(found.curve, found.why_not, traffic, replicas, _current(latency), objective)
    if found.curve is None:
        return known
    if known.load is not None and known.latency is not None and _fails_little(view):
        known = msgspec.structs.replace(known, curve=found.curve.with_now(known.load, known.latency))
    if traffic is None or not replicas or objective is None:
        missing = "traffic" if traffic is None else "latency objective" if replicas else "number of replicas"
        return msgspec.structs.replace(known, why_not=f"its {missing} is not known now")
    need = need_of(known.curve or found.curve, objective, traffic, replicas)
    if need is None:
        return msgspec.structs.replace(known, why_not="its latency is over the objective at every load of its past")
    return msgspec.structs.replace(known, need=need)


def _fails_little(view: ModelView) -> bool:
    """Return whether nearly all requests of now are served: those that fail at once are no load that was carried."""
    errors = _current(view.readings.get(ERROR_RATIO.name))
    return errors is None or errors <= MOST_FAILED


def _current(reading: Reading | None) -> float | None:
    if reading is None or reading.value is None or reading.state not in (State.OK, State.PARTIAL):
        return None
    return reading.value if math.isfinite(reading.value) else None


def _points(loads: "Numbers", latencies: "Numbers") -> tuple[LoadPoint, ...]:
    """Return the medians by bin of load, made to rise."""
    import numpy

    from console.detect.quality.isotonic import rising

    bins = numpy.floor(numpy.log(loads) / math.log(BIN))
    found = []
    for number in numpy.unique(bins):
        within = bins == number
        if within.sum() >= LEAST_IN_A_BIN:
            found.append((numpy.median(loads[within]), numpy.median(latencies[within]), within.sum()))
    if not found:
        return ()
    load, latency, count = (numpy.array(column, dtype=numpy.float64) for column in zip(*found, strict=True))
    return tuple(
        LoadPoint(float(at), float(seconds), int(number))
        for at, seconds, number in zip(load, rising(latency, count), count, strict=True)
    )
