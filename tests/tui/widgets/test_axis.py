import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.widgets.axis import drawable_range, time_ticks, value_ticks

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 2.4, [0, 1, 2]),
        (0.0, 9.9, [0, 2.5, 5, 7.5]),
        (0.0, 1.0, [0, 0.5, 1]),
        (0.91, 0.96, [0.92, 0.94, 0.96]),
        (-3.0, 3.0, [-2, 0, 2]),
        (0.0, 1234.0, [0, 500, 1000]),
    ],
)
def test_ticks_stand_at_round_values(low: float, high: float, ticks: list[float]) -> None:
    assert value_ticks(low, high, 4) == pytest.approx(ticks)


@given(FINITE, FINITE, st.integers(2, 4))
def test_any_range_gets_a_few_ticks_inside_it(one: float, other: float, at_most: int) -> None:
    low, high = drawable_range(min(one, other), max(one, other))
    ticks = value_ticks(low, high, at_most)
    slack = (high - low) * 1e-6
    assert 1 <= len(ticks) <= at_most
    assert all(low - slack <= tick <= high + slack for tick in ticks)


@given(FINITE, FINITE)
def test_every_range_becomes_drawable(one: float, other: float) -> None:
    low, high = drawable_range(min(one, other), max(one, other))
    assert 0 < high - low < math.inf


def test_a_single_value_stands_in_the_middle_of_its_range() -> None:
    assert drawable_range(5.0, 5.0) == (4.5, 5.5)
    assert drawable_range(0.0, 0.0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("start", "end", "columns", "labels"),
    [
        ("2026-11-22T02:20:14", "2026-11-22T03:20:14", 60, ["02:30", "02:40", "02:50", "03:00", "03:10", "03:20"]),
        ("2026-11-22T02:20:14", "2026-11-22T03:20:14", 30, ["02:30", "02:45", "03:00", "03:15"]),
        ("2026-11-22T03:20:03", "2026-11-22T03:20:53", 40, ["03:20:15", "03:20:30", "03:20:45"]),
        ("2026-11-21T15:00:00", "2026-11-23T09:00:00", 50, ["22 Nov", "12:00", "23 Nov"]),
        ("2026-10-24T15:00:00", "2026-11-23T09:00:00", 40, ["3 Nov", "13 Nov", "23 Nov"]),
    ],
)
def test_time_ticks_stand_at_round_times(start: str, end: str, columns: int, labels: list[str]) -> None:
    ticks = time_ticks(instant(start), instant(end), columns)
    assert [label for _, label in ticks] == labels


def test_a_tick_stands_at_the_instant_it_names() -> None:
    ticks = time_ticks(instant("2026-11-22T02:20:14"), instant("2026-11-22T03:20:14"), 60)
    assert ticks[0] == (instant("2026-11-22T02:30:00"), "02:30")


@pytest.mark.parametrize(
    ("start", "end"), [(0.0, 0.0), (10.0, 0.0), (-5.0, 5.0), (0.0, math.inf), (math.nan, 1.0), (0.0, 1e18)]
)
def test_times_that_cannot_be_named_get_no_ticks(start: float, end: float) -> None:
    assert time_ticks(start, end, 80) == []


@given(st.integers(0, 4_000_000_000), st.integers(1, 4_000_000_000), st.integers(0, 300))
def test_labels_never_need_more_room_than_there_is(start: int, span: int, columns: int) -> None:
    ticks = time_ticks(start, start + span, columns)
    assert all(start <= at <= start + span for at, _ in ticks)
    assert sum(len(label) for _, label in ticks[:-1]) <= columns
