"""Whatever a store counts, judgement neither fails nor tells a number that is none."""

import math

import msgspec
import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.drift.compare import compare
from console.detect.drift.judgement import judge_drift
from console.detect.drift.units import needs_quantiles
from console.domain.bins import Bins, ColumnKind, Role
from console.domain.drift import DriftView, Verdict
from console.history.predictions.past import PredictionPast
from tests.detect.drift.logs import Array, a_past, reference_of

rows = st.one_of(st.just(0), st.integers(0, 60), st.integers(0, 5_000_000))


@st.composite
def a_column(draw: st.DrawFn, name: str) -> Bins:
    role = draw(st.sampled_from(Role))
    if draw(st.booleans()):
        edges = sorted(draw(st.sets(st.floats(-1e6, 1e6), max_size=9)))
        low, high = (edges[0] - 1, edges[-1] + 1) if edges else (0.0, 0.0)
        inner = draw(st.lists(rows, min_size=len(edges) + 1, max_size=len(edges) + 1))
        counts = (draw(rows), 0, *inner, 0)
        return Bins(name, role, ColumnKind.NUMBER, counts, tuple(edges), low, high, quantiles=tuple(edges))
    named = draw(st.lists(rows, max_size=6))
    rare = draw(st.lists(st.text(max_size=3), max_size=4))
    counts = (draw(rows), *sorted(named, reverse=True), draw(rows), 0)
    names = tuple(f"c{index}" for index in range(len(named)))
    return Bins(name, role, ColumnKind.CATEGORY, counts, categories=names, rare=tuple(rare))


@st.composite
def a_judged_past(draw: st.DrawFn) -> PredictionPast:
    columns = [draw(a_column(name)) for name in ("a", "b\x1b[31m", "`c`")]
    versions, buckets = draw(st.integers(1, 3)), draw(st.integers(1, 400))
    random = numpy.random.default_rng(draw(st.integers(0, 1000)))
    traffic = draw(st.sampled_from([0, 1, 5, 80, 100_000]))
    counts: dict[str, Array] = {}
    for bins in columns:
        shares = random.dirichlet([0.3] * bins.count)
        counts[bins.column] = random.multinomial(random.poisson(traffic, (versions, buckets)), shares)
    past = a_past(reference_of(*columns), counts, versions=[f"v{index}" for index in range(versions)])
    gone = draw(st.sets(st.sampled_from(sorted(counts))))
    kept = {name: array for name, array in counts.items() if name not in gone}
    types = draw(st.dictionaries(st.sampled_from(sorted(counts)), st.just("string")))
    known = random.random(buckets) < 0.8
    return msgspec.structs.replace(past, counts=kept, types=types, known=known)


def numbers_are_told(view: DriftView) -> None:
    for column in view.columns:
        told = msgspec.structs.asdict(column)
        assert not any(isinstance(value, float) and not math.isfinite(value) for value in told.values()), told
        assert (column.verdict is Verdict.BROKEN) == (column.breakage is not None)
        assert column.psi is None or column.verdict is not Verdict.NOT_ENOUGH_DATA
    whole = sum(column.share for column in view.columns)
    assert whole == 0 or math.isclose(whole, 1)
    assert [c.share for c in view.columns] == sorted((c.share for c in view.columns), reverse=True)


@settings(max_examples=80, deadline=None)
@given(a_judged_past(), st.floats(0, 7200))
def test_every_past_is_judged(past: PredictionPast, lateness: float) -> None:
    found = judge_drift(past, lateness=lateness)
    numbers_are_told(found.view)
    for reading in found.readings.values():
        assert reading.value is None or math.isfinite(reading.value)
    for anomaly in found.anomalies:
        assert anomaly.onset <= past.at
        assert "\x1b" not in anomaly.summary
    msgspec.json.encode(found.anomalies)
    asked = needs_quantiles(found.view, past.reference)
    again = judge_drift(past, quantiles=dict.fromkeys(asked, (1.0,) * 9), lateness=lateness)
    numbers_are_told(again.view)


@settings(max_examples=40, deadline=None)
@given(a_judged_past())
def test_every_window_is_compared(past: PredictionPast) -> None:
    counts = {name: array[:, -1].sum(axis=0) for name, array in past.counts.items()}
    window = int(past.rows[:, -1].sum())
    numbers_are_told(compare(past.reference, window, counts, model="fraud", start=0.0, end=1.0, types=past.types))
