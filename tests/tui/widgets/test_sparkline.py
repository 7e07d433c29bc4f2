import math

from hypothesis import given
from hypothesis import strategies as st

from console.tui.widgets.sparkline import sparkline

ANY_FLOATS = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=200)
LIMITS = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def test_values_become_bars_between_their_extremes() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8) == "▁▂▃▄▅▆▇█"


def test_nan_is_a_space() -> None:
    assert sparkline([0, math.nan, 1], 3) == "▁ █"


def test_fewer_values_than_cells_stand_at_the_right() -> None:
    assert sparkline([0, 1], 4) == "  ▁█"


def test_no_values_at_all_are_blanks() -> None:
    assert sparkline([], 3) == "   "
    assert sparkline([math.nan, math.nan], 1) == " "


def test_equal_values_are_calm() -> None:
    assert sparkline([5, 5, 5], 3) == "▁▁▁"


def test_given_limits_scale_and_clip() -> None:
    assert sparkline([-1, 0, 0.5, 1, 9], 5, low=0, high=1) == "▁▁▅██"


def test_infinities_are_clipped_and_do_not_scale() -> None:
    assert sparkline([-math.inf, 0, 1, math.inf], 4) == "▁▁██"


@given(ANY_FLOATS, st.integers(-1, 60), LIMITS, LIMITS)
def test_every_input_gives_exactly_the_width(
    values: list[float], width: int, low: float | None, high: float | None
) -> None:
    bars = sparkline(values, width, low, high)
    assert len(bars) == max(0, width)
    assert set(bars) <= set(" ▁▂▃▄▅▆▇█")


@given(st.lists(st.just(0.0), max_size=500), st.lists(st.just(0.0), max_size=500), st.integers(1, 20))
def test_a_single_spike_never_vanishes(before: list[float], after: list[float], width: int) -> None:
    assert sparkline([*before, 1.0, *after], width, low=0.0).count("█") == 1
