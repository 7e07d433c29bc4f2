import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.widgets.braille import braille_text, dot_row, rasterise

ANY_FLOATS = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=300)
SIZES = st.integers(0, 40)


def drawn(values: list[float], columns: int, rows: int, low: float = 0.0, high: float = 1.0) -> list[str]:
    return [braille_text(bits) for bits in rasterise(values, columns, rows, low, high)]


def test_a_straight_line_from_corner_to_corner() -> None:
    assert drawn([0, 1, 2, 3], 2, 1, 0, 3) == ["⡠⠊"]


def test_a_flat_line_lies_on_the_bottom_dots() -> None:
    assert drawn([0.0] * 8, 4, 2) == ["    ", "⣀⣀⣀⣀"]


def test_a_step_is_drawn_without_holes() -> None:
    assert drawn([0, 0, 1, 1], 2, 2) == [" ⡏", "⣀⠇"]


def test_nan_leaves_a_gap_and_a_lonely_value_is_a_dot() -> None:
    nan = math.nan
    assert drawn([nan, 0, nan, nan, 0, 0, nan, nan], 4, 1) == ["⢀ ⣀ "]


def test_infinities_lie_on_the_edges() -> None:
    assert drawn([math.inf, math.nan, -math.inf, math.nan], 2, 2) == ["⠁ ", " ⡀"]


def test_a_line_of_fewer_points_keeps_its_place_in_time() -> None:
    [bits] = rasterise([0.0, 0.0], 4, 1, 0.0, 1.0, points=8)
    assert braille_text(bits) == "⣀   "


@pytest.mark.parametrize(("low", "high"), [(1, 1), (2, 1), (0, math.inf), (-1.7e308, 1.7e308), (math.nan, 1)])
def test_a_range_that_cannot_be_drawn_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        rasterise([1.0], 2, 2, low, high)


@given(ANY_FLOATS, SIZES, SIZES)
def test_every_input_fills_exactly_the_cells_asked_for(values: list[float], columns: int, rows: int) -> None:
    assert [len(line) for line in drawn(values, columns, rows)] == [columns] * rows


@given(st.lists(st.just(0.0), max_size=2000), st.lists(st.just(0.0), max_size=2000), st.integers(1, 40))
def test_a_single_spike_is_seen_at_every_width(before: list[float], after: list[float], columns: int) -> None:
    top, *_ = drawn([*before, 1.0, *after], columns, 3)
    assert top.strip()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=200), st.integers(1, 30), st.integers(1, 10))
def test_every_value_has_a_dot_in_its_row(values: list[float], columns: int, rows: int) -> None:
    grid = drawn(values, columns, rows)
    for value in values:
        assert grid[dot_row(value, 0.0, 1.0, rows) // 4].strip()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=100), st.integers(1, 30))
def test_a_line_without_gaps_reaches_every_column(values: list[float], columns: int) -> None:
    grid = drawn(values, columns, 4)
    assert all(any(row[column] != " " for row in grid) for column in range(columns))
