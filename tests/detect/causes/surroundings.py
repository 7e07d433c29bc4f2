"""Builds what surrounds a broken model from a few levels before and after an onset, as five-minute rates tell it."""

from array import array
from collections.abc import Mapping

import numpy

from console.detect.case import Case
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity
from console.domain.circumstances import Capacity, Circumstances, Dependency, Part
from console.domain.series import Grid, Series
from tests.detect.pasts import AT, COARSE, a_case, a_past

GRID = Grid.until(AT, 7200.0, 15.0)
ONSET = AT - 900.0
RATE_WINDOW = 300.0
"""Seconds that a rate needs from one level to the next."""
UNKNOWN_LEVEL = float("nan")


def level(before: float, after: float | None = None, at: float = ONSET - 60.0, ramp: float = RATE_WINDOW) -> Series:
    """Return a series of one level, or of two with a ramp between them that begins at an instant."""
    instants = GRID.start + GRID.step * numpy.arange(GRID.count)
    share = numpy.clip((instants - at) / max(ramp, 1e-9), 0.0, 1.0)
    wobble = 1.0 + 0.02 * numpy.sin(instants / 97.0)
    values = (before + share * ((before if after is None else after) - before)) * wobble
    return Series(GRID, array("d", values))


def count(before: float, after: float | None = None, at: float = ONSET - 60.0) -> Series:
    """Return a count that steps at an instant."""
    values = [before if after is None or GRID.instant(index) < at else after for index in range(GRID.count)]
    return Series(GRID, array("d", values))


def part(
    name: str,
    traffic: Series | None,
    latency: Series | None = None,
    errors: Series | None = None,
    version: str | None = None,
    node: str | None = None,
) -> Part:
    return Part(name, traffic, errors, latency, None, version, node)


def replicas(number: int, traffic: Series, latency: Series, errors: Series | None = None) -> tuple[Part, ...]:
    """Return equal replicas; `traffic` is of each."""
    return tuple(part(f"pod-{index}", traffic, latency, errors, "v41") for index in range(number))


def surroundings(
    *,
    versions: tuple[Part, ...] = (),
    replicas: tuple[Part, ...] = (),
    capacity: Capacity | None = None,
    gauges: Mapping[str, Series] | None = None,
    dependencies: tuple[Dependency, ...] = (),
) -> Circumstances:
    return Circumstances(
        "fraud",
        GRID,
        ONSET,
        versions=versions,
        replicas=replicas,
        capacity=capacity or Capacity(),
        gauges=dict(gauges or {}),
        dependencies=dependencies,
    )


def case_of(
    traffic: Series,
    latency: Series | None = None,
    errors: Series | None = None,
    usual: float = 95.0,
    tokens: Series | None = None,
) -> Case:
    """Return the case of a model; `usual` is its traffic at every hour of the day before."""
    last_hour = {
        name: series.values[-241:].tolist()
        for name, series in (
            ("traffic", traffic),
            ("latency_p99", latency),
            ("error_ratio", errors),
            ("tokens", tokens),
        )
        if series is not None
    }
    spread = [usual * (1 + 0.02 * (index % 3)) for index in range(COARSE.count)]
    return a_case(a_past(last_hour, {"traffic": spread}))


def anomaly(kind: AnomalyKind = AnomalyKind.LATENCY, onset: float = ONSET) -> Anomaly:
    signal = "error_ratio" if kind is AnomalyKind.ERRORS else "latency_p99"
    return Anomaly(f"fraud/{signal}", kind, signal, Severity.CRITICAL, onset, "p99 2.4 s, expected 0.31 s")


def broken_inputs(onset: float = ONSET - 1200.0) -> Anomaly:
    return Anomaly(
        "fraud/data_quality",
        AnomalyKind.DATA_QUALITY,
        "data_quality",
        Severity.CRITICAL,
        onset,
        "`age` null in 62 % of rows, expected 1 %",
        causes=(Cause(CauseKind.UPSTREAM_DATA, 0.8, "no version changed when it began"),),
    )
