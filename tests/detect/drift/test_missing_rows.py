"""Rows that are not logged any more."""

import math

import numpy
import pytest

from console.detect.drift.judgement import judge_drift
from console.detect.drift.missing_rows import silence_by_chance
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.signal import DATA_QUALITY, State
from console.history.predictions.past import HOUR
from tests.detect.drift.logs import AT, Array, a_past, deciles, reference_of

HOURS = 3 * 168
AGE = deciles("age")
EVEN = [0.0, 0.0, *[0.1] * 10, 0.0]
THIS_HOUR = AT // HOUR * HOUR


def drawn(rows: Array) -> Array:
    random = numpy.random.default_rng(3)
    return numpy.array([random.multinomial(int(count), EVEN) for count in rows])


def steady(rows: int = 1000) -> Array:
    return numpy.full(HOURS, rows)


def missing(rows: Array, *, newest_row: float | None = None, lateness: float = 0.0) -> Anomaly | None:
    found = judge_drift(a_past(reference_of(AGE), {"age": drawn(rows)}, newest_row=newest_row), lateness=lateness)
    named = [anomaly for anomaly in found.anomalies if anomaly.id == "fraud/missing_rows"]
    return named[0] if named else None


def test_a_log_that_stopped_is_told_since_its_newest_row() -> None:
    rows = steady()
    rows[-5:] = 0
    newest = THIS_HOUR - 4 * HOUR - 1
    found = missing(rows, newest_row=newest)
    assert found is not None
    assert found.kind is AnomalyKind.DATA_QUALITY
    assert found.onset == newest
    assert found.summary == "predictions not logged: 100 % of the usual 1,000 rows an hour are missing"


def test_a_log_that_lost_nearly_all_rows_is_told_since_the_first_such_hour() -> None:
    rows = steady()
    rows[-5:] = 40
    found = missing(rows)
    assert found is not None
    assert found.onset == THIS_HOUR - 4 * HOUR
    assert found.value == pytest.approx(0.96)


def test_rows_that_are_thinned_are_surer_the_fault_of_their_writer_than_silence_is() -> None:
    sure = []
    for left in (0, 40):
        rows = steady()
        rows[-5:] = left
        found = missing(rows, newest_row=THIS_HOUR - 4 * HOUR - 1 if left == 0 else None)
        assert found is not None
        assert found.causes[0].kind == "upstream_data"
        sure.append(found.causes[0].confidence)
    assert sure[0] < 0.8 < 0.9 < sure[1]


def test_two_hours_that_lost_most_of_their_rows_are_told() -> None:
    rows = steady()
    rows[-2] = 300
    assert missing(rows) is None
    rows[-3] = 300
    found = missing(rows)
    assert found is not None
    assert found.onset == THIS_HOUR - 2 * HOUR
    assert found.summary == "predictions not logged: 70 % of the usual 1,000 rows an hour are missing"


def test_silence_is_told_before_an_hour_is_over() -> None:
    rows = steady()
    rows[-1] = 100
    found = missing(rows, newest_row=AT - 600)
    assert found is not None
    assert found.summary.startswith("predictions not logged: no row for 10 min, 1,000 an hour are usual")
    assert missing(rows, newest_row=AT - 30) is None


def test_rows_that_may_still_come_are_not_missing() -> None:
    rows = steady()
    rows[-2:] = 0
    assert missing(rows, newest_row=THIS_HOUR - HOUR - 1, lateness=2 * HOUR) is None
    assert missing(rows, newest_row=THIS_HOUR - HOUR - 1, lateness=0.0) is not None


def test_nights_and_sundays_without_traffic_are_usual() -> None:
    hours = numpy.arange(HOURS)[::-1]
    rows = numpy.where(hours % 24 < 4, 0, 1000)
    assert missing(rows, newest_row=THIS_HOUR - 3 * HOUR - 1) is None
    rows = numpy.where(hours % 168 < 24, 0, 1000)
    assert missing(rows, newest_row=THIS_HOUR - 23 * HOUR - 1) is None


def test_a_quiet_model_is_not_missing_by_chance() -> None:
    rows = steady(8)
    rows[-3:] = 0
    assert missing(rows) is None


def test_a_model_that_was_taken_away_is_told_for_a_day() -> None:
    rows = steady()
    rows[-20:] = 0
    assert missing(rows) is not None
    rows[-30:] = 0
    assert missing(rows) is None


def test_hours_that_nobody_asked_for_expect_nothing() -> None:
    rows = steady()
    rows[-3:] = 0
    past = a_past(reference_of(AGE), {"age": drawn(rows)})
    past.known[:-24] = False
    assert judge_drift(past).anomalies == ()


def test_without_rows_the_readings_say_so() -> None:
    rows = steady()
    rows[-5:] = 0
    past = a_past(reference_of(AGE), {"age": drawn(rows)}, newest_row=THIS_HOUR - 4 * HOUR - 1)
    readings = judge_drift(past).readings
    assert readings[DATA_QUALITY.name].state is State.STALE
    rows[:] = 0
    readings = judge_drift(a_past(reference_of(AGE), {"age": drawn(rows)})).readings
    assert {reading.state for reading in readings.values()} == {State.NO_TRAFFIC}


def test_silence_is_chance_until_twenty_rows_are_missing_by_the_rows_of_these_hours_of_other_days() -> None:
    rows = steady(120)
    rows[-1 - 7 * 24 * 2 :: 24] = 10  # half of this hour: 5 rows; 15 more take 7.5 minutes of the hour before
    past = a_past(reference_of(AGE), {"age": drawn(rows)})
    assert silence_by_chance([past]) == pytest.approx(1800.0 + 450.0)
    assert silence_by_chance([past, past]) == pytest.approx(1800.0 + 150.0)
    assert silence_by_chance([]) == math.inf


def test_a_log_that_is_younger_than_a_day_is_measured_by_its_mean() -> None:
    past = a_past(reference_of(AGE), {"age": drawn(numpy.full(6, 60))})
    assert silence_by_chance([past]) == pytest.approx(1200.0)
