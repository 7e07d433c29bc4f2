import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from console.domain.series import Grid, Series
from console.history.medians import medians

NUMBERS = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf])


@given(st.integers(1, 9).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), max_size=5)))
def test_many_medians_are_those_of_each_series(rows: list[list[float]]) -> None:
    series = [Series(Grid(0.0, 300.0, len(row)), array("d", row)) for row in rows]
    assert medians(series) == [each.median() for each in series]
