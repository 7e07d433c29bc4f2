import msgspec
import numpy
import pytest

from console.detect.baseline.arrays import Numbers
from console.detect.baseline.fleet import FleetBaselines
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.signal import LATENCY_P99, TRAFFIC
from console.domain.usual import Usual
from console.history.view import History, ModelHistory, Week
from tests.detect.baseline.worlds import DAY, STEP, daily, noise, working_hours

MIDNIGHT = 1_790_035_200.0
"""A midnight in UTC; the worlds begin then, so that their days are its."""
POINTS = 7 * DAY + 1
FINE, COARSE = Grid(0.0, 15.0, 240), Grid(0.0, STEP, DAY)


def history(values: Numbers, end: int, signal: str = LATENCY_P99.name, points: int = POINTS) -> History:
    """Return what a console knows at a column of values (models, points): a week that ends there."""
    first = max(0, end + 1 - points)
    grid = Grid(MIDNIGHT + first * STEP, STEP, end + 1 - first)
    nothing = Series.empty(FINE)
    models = tuple(
        ModelHistory(Model(f"m{row}", Label(f"m{row}")), {}, {}, nothing, nothing, nothing, expected={signal: 1.0})
        for row in range(len(values))
    )
    return History(grid.end, FINE, COARSE, models, weeks={signal: Week(grid, values[:, first : end + 1])})


def usual(found: History, signal: str = LATENCY_P99.name) -> list[Usual | None]:
    return [past.usual.get(signal) for past in found.models]


def test_what_refreshes_added_up_is_what_a_cold_start_finds() -> None:
    values = numpy.array([daily(12), noise(12), working_hours(12)])
    values[1, 8 * DAY : 8 * DAY + 40] = numpy.nan
    warm = FleetBaselines()
    for end in (*range(8 * DAY, 8 * DAY + 40), 8 * DAY + 200, 9 * DAY - 1, *range(9 * DAY, 9 * DAY + 30), 11 * DAY):
        at_hand = history(values, end)
        assert warm.onto(at_hand) == FleetBaselines().onto(at_hand)


def test_a_past_that_was_told_otherwise_is_learned_anew() -> None:
    values = numpy.array([daily(9), noise(9)])
    warm = FleetBaselines()
    warm.onto(history(values, 8 * DAY))
    values = values.copy()
    values[1, 7 * DAY] += 1000
    at_hand = history(values, 8 * DAY + 1)
    assert warm.onto(at_hand) == FleetBaselines().onto(at_hand)


def test_models_that_come_and_go_find_their_own_past() -> None:
    values = numpy.array([daily(9), noise(9)])
    warm = FleetBaselines()
    warm.onto(history(values, 8 * DAY))
    for rows in ([1], [1, 0], [0, 1, 1]):
        at_hand = history(values[rows], 8 * DAY + 1)
        assert warm.onto(at_hand) == FleetBaselines().onto(at_hand)


def test_a_model_that_only_a_log_knows_has_no_row_and_takes_nobody_elses() -> None:
    values = numpy.array([daily(9), noise(9)])
    of_metrics = history(values, 8 * DAY)
    logged = msgspec.structs.replace(of_metrics.models[0], model=Model("log", Label("log")))
    found = FleetBaselines().onto(msgspec.structs.replace(of_metrics, models=(*of_metrics.models, logged)))
    assert usual(found) == [*usual(FleetBaselines().onto(of_metrics)), None]
    assert None not in usual(found)[:2]


def test_the_usual_follows_the_hour_and_is_what_is_expected() -> None:
    values = numpy.array([working_hours(8)])
    by_day = FleetBaselines().onto(history(values, 7 * DAY + 150))
    by_night = FleetBaselines().onto(history(values, 7 * DAY + 50))
    (day,), (night,) = usual(by_day), usual(by_night)
    assert day is not None
    assert night is not None
    assert day.least < day.low <= day.level <= day.high < day.most
    assert day.level == pytest.approx(80, abs=2)
    assert night.level == pytest.approx(20, abs=2)
    assert day.least > 60
    assert night.most < 30
    assert by_day.models[0].expected[LATENCY_P99.name] == day.level
    assert day.points > 6 * DAY


def test_it_opens_an_hour_early_and_closes_an_hour_late() -> None:
    values = numpy.array([working_hours(8)])
    before, after = (usual(FleetBaselines().onto(history(values, 7 * DAY + place)))[0] for place in (108 - 8, 216 + 6))
    for told in (before, after):
        assert told is not None
        assert told.low < 25
        assert told.high > 75


def test_a_saturday_is_as_usual_as_the_last_one() -> None:
    week = [1.0, 1, 1, 1, 1, 0.4, 0.4]
    values = numpy.concatenate([working_hours(14)[day * DAY : (day + 1) * DAY] * week[day % 7] for day in range(14)])
    (saturday,) = usual(FleetBaselines().onto(history(values[None], 12 * DAY + 150)))
    assert saturday is not None
    assert saturday.least < values[12 * DAY + 150] < saturday.most
    (wednesday,) = usual(FleetBaselines().onto(history(values[None], 9 * DAY + 150)))
    assert wednesday is not None
    assert values[12 * DAY + 150] < wednesday.low


def test_hours_without_requests_are_known_from_two_days_or_from_a_week_ago() -> None:
    nightly, weekly, once, never = (noise(8) for _ in range(4))
    nightly.reshape(8, DAY)[:, :60] = 0
    weekly[:60] = 0
    once[3 * DAY : 3 * DAY + 60] = 0
    at_night = FleetBaselines().onto(history(numpy.array([nightly, weekly, once, never]), 7 * DAY + 30, TRAFFIC.name))
    assert [told.knows_zero for told in usual(at_night, TRAFFIC.name) if told] == [True, True, False, False]


def test_without_weeks_or_points_nothing_is_usual() -> None:
    values = numpy.array([noise(2), numpy.full(2 * DAY, numpy.nan)])
    empty = msgspec.structs.replace(history(values, DAY), weeks={})
    assert FleetBaselines().onto(empty) is empty
    told = FleetBaselines().onto(history(values, DAY))
    assert [each is not None for each in usual(told)] == [True, False]
    assert told.models[1].expected == {LATENCY_P99.name: 1.0}
    assert usual(FleetBaselines().onto(history(values, 5))) == [None, None]


@pytest.mark.parametrize("points", [702, 1776])
def test_what_goes_on_for_hours_is_no_more_usual_than_before(points: int) -> None:
    values = noise(8, seed=3)
    for hours in range(1, 6):
        values[points : points + 12 * hours] = 400.0
        fleet = FleetBaselines().onto(history(values[None], points + 12 * hours))
        (told,) = usual(fleet)
        assert told is not None
        assert told.most < 100.0
