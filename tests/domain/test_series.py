import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from console.domain.series import Grid, Series

NAN = math.nan


def series(*values: float) -> Series:
    return Series(Grid(100.0, 10.0, len(values)), array("d", values))


@given(st.floats(0, 4e9), st.sampled_from([5.0, 15.0, 300.0]), st.floats(0, 1e5))
def test_a_grid_holds_multiples_of_its_step_and_ends_at_the_newest(at: float, step: float, span: float) -> None:
    grid = Grid.until(at, span, step)
    assert grid.start % step == 0
    assert 0 <= at - grid.end < step + 1e-6
    assert grid.end - grid.start <= span
    assert grid.instant(-1) == grid.end


def test_reading_a_series() -> None:
    known = series(NAN, 1.0, 3.0, NAN)
    assert math.isnan(known.last)
    assert known.last_seen() == 120.0
    assert list(known.points()) == [(110.0, 1.0), (120.0, 3.0)]
    assert known.median() == 2.0
    assert Series.empty(known.grid).median() is None
    assert Series.empty(known.grid).last_seen() is None
