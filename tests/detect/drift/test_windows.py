"""The past cut into windows, and what earlier weeks and whole days hold."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.drift.rule import DriftRule
from console.detect.drift.windows import DAY, WEEK, Windows, cut
from console.domain.series import Grid
from console.history.predictions.past import HOUR
from tests.detect.drift.logs import AT, Array

RULE = DriftRule()


def windows_of(rows: Array) -> Windows:
    count = len(rows)
    return cut(Grid(AT // HOUR * HOUR - (count - 1) * HOUR, HOUR, count), AT, rows, RULE)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=200))
def test_windows_end_with_the_running_hour_and_leave_no_gap(rows: list[int]) -> None:
    found = windows_of(numpy.array(rows))
    assert found.bounds[-1] == len(rows)
    widths = numpy.diff(found.bounds)
    assert (widths[:-1] == found.width).all()
    assert 1 <= widths[-1] <= found.width + 1
    assert found.bounds[0] < max(found.width, 1)
    assert found.summed(numpy.array(rows)).sum() == sum(rows[found.bounds[0] :])


@pytest.mark.parametrize(("rows", "width"), [(5000, 1), (200, 1), (150, 2), (60, 4), (30, 8), (9, 24), (1, 24)])
def test_a_quiet_model_has_longer_windows(rows: int, width: int) -> None:
    assert windows_of(numpy.full(400, rows)).width == width


def test_hours_without_traffic_do_not_make_windows_longer() -> None:
    rows = numpy.where(numpy.arange(400) % 24 < 16, 0, 500)
    assert windows_of(rows).width == 1


def test_the_same_hours_of_earlier_weeks() -> None:
    rows = numpy.full(3 * WEEK, 1000)
    buckets = numpy.arange(3 * WEEK)[:, None]
    (usual,) = windows_of(rows).newest(1).same_hours_before(buckets, rows)
    last = 3 * WEEK - 1
    assert usual.tolist() == [(last - WEEK) + (last - 2 * WEEK)]


def test_the_same_hours_of_earlier_days_where_there_is_no_week() -> None:
    rows = numpy.full(3 * DAY, 1000)
    buckets = numpy.arange(3 * DAY)[:, None]
    found = windows_of(rows).newest(2).same_hours_before(buckets, rows)
    assert found[:, 0].tolist() == [(3 * DAY - 2 - DAY) + (3 * DAY - 2 - 2 * DAY), (2 * DAY - 1) + (DAY - 1)]


def test_weeks_that_nobody_read_leave_the_days() -> None:
    rows = numpy.full(2 * WEEK, 1000)
    rows[:WEEK] = 0
    buckets = rows[:, None].copy()
    (usual,) = windows_of(rows).newest(1).same_hours_before(buckets, rows)
    assert usual.tolist() == [6 * 1000]


@pytest.mark.parametrize(("hours", "days"), [(10, 0), (24, 1), (100, 4), (1000, 7)])
def test_whole_days_before_the_end(hours: int, days: int) -> None:
    rows = numpy.full(hours, 1000)
    (found,) = windows_of(rows).newest(1).whole_days_before(rows[:, None])
    assert found.tolist() == [days * DAY * 1000]
