"""What the past of a model's predictions says: drift, broken data, and what is neither."""

import msgspec
import numpy
import pytest

from console.detect.drift.judgement import judge_drift
from console.domain.anomaly import AnomalyKind, Severity
from console.domain.bins import Bins, Role
from console.domain.drift import Breakage, Verdict
from console.domain.series import Grid
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, State
from console.history.predictions.past import HOUR, Reference
from tests.detect.drift.logs import AT, Array, a_past, category_bins, deciles, number_bins, reference_of, spread

HOURS = 3 * 168
DECILES = [0.0, 0.0, *[0.1] * 10, 0.0]
MOVED = [0.0, 0.0, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1, 0.12, 0.12, 0.14, 0.14, 0.0]


def drawn(bins: Bins, rows: int = 1000, *, hours: int = HOURS, seed: int = 0) -> Array:
    """Return counts (hours, codes) drawn from the reference."""
    shares = numpy.asarray(bins.reference) / sum(bins.reference)
    return numpy.random.default_rng(seed).multinomial(rows, shares, size=hours)


def drawn_from(probabilities: list[float], hours: int, rows: int = 1000, seed: int = 1) -> Array:
    return numpy.random.default_rng(seed).multinomial(rows, probabilities, size=hours)


@pytest.fixture
def columns() -> dict[str, Bins]:
    bins = [
        deciles("age"),
        deciles("income"),
        category_bins("country", {"de": 5000, "fr": 3000, "pl": 1500}, rare={"mt": 300, "lu": 200}),
        deciles("score", role=Role.SCORE),
    ]
    return {b.column: b for b in bins}


@pytest.fixture
def counts(columns: dict[str, Bins]) -> dict[str, Array]:
    return {name: drawn(bins, seed=seed) for seed, (name, bins) in enumerate(columns.items())}


def test_what_did_not_change_is_ok(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    assert found.anomalies == ()
    assert {column.verdict for column in found.view.columns} == {Verdict.OK}
    assert set(found.readings) == {FEATURE_DRIFT.name, PREDICTION_DRIFT.name, DATA_QUALITY.name}
    assert all(reading.state is State.OK for reading in found.readings.values())
    assert found.readings[FEATURE_DRIFT.name].value == pytest.approx(0, abs=0.02)


def test_a_shift_that_persists_is_drift_since_its_first_hour(
    columns: dict[str, Bins], counts: dict[str, Array]
) -> None:
    counts["age"][-30:] = drawn_from(MOVED, 30)
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    (anomaly,) = found.anomalies
    assert (anomaly.kind, anomaly.severity) == (AnomalyKind.FEATURE_DRIFT, Severity.WARNING)
    assert anomaly.id == "fraud/feature_drift"
    assert anomaly.onset == AT // HOUR * HOUR - 29 * HOUR
    assert not anomaly.onset_is_earlier
    first = found.view.columns[0]
    assert (first.name, first.verdict) == ("age", Verdict.DRIFT)
    assert first.share > 0.9
    assert sum(column.share for column in found.view.columns) == pytest.approx(1)
    assert first.detail.startswith("0–10: 10 % → 4")
    assert found.readings[FEATURE_DRIFT.name].feature == "age"


def test_a_single_strange_hour_is_no_drift_yet(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-1:] = drawn_from(MOVED, 1)
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    assert found.anomalies == ()
    (age,) = (column for column in found.view.columns if column.name == "age")
    assert (age.verdict, age.detail) == (Verdict.OK, "moved in 1 of the last 4 windows")


def test_a_drift_of_the_score_is_a_drift_of_predictions(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["score"][-5:] = drawn_from(MOVED, 5)
    (anomaly,) = judge_drift(a_past(reference_of(*columns.values()), counts)).anomalies
    assert anomaly.kind is AnomalyKind.PREDICTION_DRIFT


def test_nothing_is_said_while_the_past_is_read(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-1] = spread(1000, [0.62, 0, *[0.038] * 10, 0])
    past = a_past(reference_of(*columns.values()), counts)
    known = past.known.copy()
    known[:100] = False
    found = judge_drift(msgspec.structs.replace(past, known=known))
    assert found.anomalies == ()
    assert {reading.state for reading in found.readings.values()} == {State.NOT_ENOUGH_DATA}
    assert found.view.notes == ("the past is still being read: 404 of 504 hours are known",)


def test_nulls_are_broken_data_at_once(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-1] = spread(1000, [0.62, 0, *[0.038] * 10, 0])
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    (anomaly,) = found.anomalies
    assert (anomaly.kind, anomaly.severity) == (AnomalyKind.DATA_QUALITY, Severity.CRITICAL)
    assert anomaly.summary == "`age` null in 62 % of rows, expected 0 %"
    assert anomaly.onset == AT // HOUR * HOUR
    assert found.view.columns[0].breakage is Breakage.NULLS


def test_a_pattern_of_the_day_is_no_drift(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    start = a_past(reference_of(*columns.values()), counts).grid
    for hour in range(HOURS):
        of_day = int(start.instant(hour) // HOUR) % 24
        weights = numpy.linspace(1, 3, 10) if of_day < 12 else numpy.linspace(3, 1, 10)
        shares = weights / weights.sum()
        counts["age"][hour] = drawn_from([0, 0, *shares, 0], 1, seed=hour)[0]
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    assert found.anomalies == ()
    (age,) = (column for column in found.view.columns if column.name == "age")
    assert age.detail == "differs from the reference as it always does at these hours"


def test_a_shift_that_has_stood_for_weeks_is_drift_with_its_old_onset(
    columns: dict[str, Bins], counts: dict[str, Array]
) -> None:
    counts["age"][-400:] = drawn_from(MOVED, 400)
    (anomaly,) = judge_drift(a_past(reference_of(*columns.values()), counts)).anomalies
    assert anomaly.onset == AT // HOUR * HOUR - 399 * HOUR


def test_too_few_rows_are_no_number(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    few = {name: drawn(bins, 1, hours=HOURS) for name, bins in columns.items()}
    found = judge_drift(a_past(reference_of(*columns.values()), few))
    assert {column.verdict for column in found.view.columns} == {Verdict.NOT_ENOUGH_DATA}
    assert all(column.psi is None for column in found.view.columns)
    assert {reading.state for reading in found.readings.values()} == {State.NOT_ENOUGH_DATA}
    assert found.anomalies == ()


def test_the_judgement_depends_on_the_past_alone(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-30:] = drawn_from(MOVED, 30)
    past = a_past(reference_of(*columns.values()), counts)
    assert judge_drift(past) == judge_drift(past)
    assert past.grid == Grid(past.grid.start, HOUR, HOURS)


def test_a_pattern_of_nulls_at_night_is_no_broken_data_when_the_reference_had_it(counts: dict[str, Array]) -> None:
    age = number_bins("age", (1000, 0, *[1100] * 10, 0), [10.0 * i for i in range(1, 10)])
    shares = [1 / 12, 0, *[11 / 120] * 10, 0]
    hourly = drawn_from(shares, HOURS)
    hourly[(numpy.arange(HOURS) - HOURS + 1) % 24 == 0] = drawn_from([0.62, 0, *[0.038] * 10, 0], HOURS // 24)
    hourly[(numpy.arange(HOURS) - HOURS + 1) % 24 != 0] = drawn_from([0.06, 0, *[0.094] * 10, 0], HOURS - HOURS // 24)
    found = judge_drift(a_past(reference_of(age), {"age": hourly}))
    assert found.anomalies == ()
    assert found.view.columns[0].detail == "null in 62 % of rows, expected 8.3 %; these hours always look so"


def test_a_quiet_model_is_judged_by_longer_windows(columns: dict[str, Bins]) -> None:
    counts = {name: drawn(bins, 30, seed=seed) for seed, (name, bins) in enumerate(columns.items())}
    counts["age"][-100:] = drawn_from(MOVED, 100, 30)
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    assert found.view.bucket_seconds == 8 * HOUR
    assert found.view.current_rows >= 200
    (anomaly,) = found.anomalies
    assert abs(anomaly.onset - (AT // HOUR * HOUR - 99 * HOUR)) <= 8 * HOUR


def test_a_young_hour_is_joined_with_the_one_before(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    young = {name: array.copy() for name, array in counts.items()}
    for array in young.values():
        array[-1] //= 20
    found = judge_drift(a_past(reference_of(*columns.values()), young))
    assert found.view.start == AT // HOUR * HOUR - HOUR
    assert 1000 <= found.view.current_rows <= 1060
    assert found.view.bucket_seconds == HOUR


def test_a_model_of_one_hour_is_judged_by_it(columns: dict[str, Bins]) -> None:
    counts = {name: drawn(bins, hours=1, seed=seed) for seed, (name, bins) in enumerate(columns.items())}
    counts["age"] = drawn_from(MOVED, 1)
    found = judge_drift(a_past(reference_of(*columns.values()), counts))
    assert found.anomalies == ()
    assert found.view.columns[0].detail == "moved in 1 of the last 1 windows"


def test_a_large_change_is_told_after_two_windows_and_a_small_one_after_more(
    columns: dict[str, Bins], counts: dict[str, Array]
) -> None:
    reference = reference_of(*columns.values())
    large = [0.0, 0.0, *[0.03, 0.05, 0.06, 0.08, 0.1, 0.1, 0.12, 0.14, 0.15, 0.17], 0.0]
    small = [0.0, 0.0, *[0.07, 0.08, 0.09, 0.1, 0.1, 0.1, 0.1, 0.11, 0.12, 0.13], 0.0]
    told, before = {}, counts["age"].copy()
    for name, shares in (("large", large), ("small", small)):
        for hours in (1, 2):
            counts["age"][-2:] = before[-2:]
            counts["age"][-hours:] = drawn_from(shares, hours)
            found = judge_drift(a_past(reference, {**counts})).anomalies
            told[name, hours] = [anomaly.kind for anomaly in found]
    assert told["large", 1] == told["small", 1] == told["small", 2] == []
    assert told["large", 2] == [AnomalyKind.FEATURE_DRIFT]


def test_a_column_that_went_is_broken_since_it_did(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-3:] = 0
    types = {name: bins.type_name for name, bins in columns.items() if name != "age"}
    (anomaly,) = judge_drift(a_past(reference_of(*columns.values()), {**counts}, types=types)).anomalies
    assert anomaly.summary == "`age` is gone from the store"
    assert anomaly.severity is Severity.CRITICAL


def test_what_is_usual_before_the_onset_is_what_is_expected(columns: dict[str, Bins], counts: dict[str, Array]) -> None:
    counts["age"][-40:] = drawn_from(MOVED, 40)
    reading = judge_drift(a_past(reference_of(*columns.values()), counts)).readings[FEATURE_DRIFT.name]
    assert reading.value is not None
    assert reading.expected is not None
    assert reading.value > 0.05
    assert reading.expected < 0.01


def test_a_judgement_without_columns_says_nothing() -> None:
    past = a_past(reference_of(deciles("age")), {"age": drawn(deciles("age"))})
    found = judge_drift(msgspec.structs.replace(past, reference=Reference("nothing", 0, {}, "f"), counts={}))
    assert found.readings == {}
    assert found.anomalies == ()
