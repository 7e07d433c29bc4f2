import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.baseline.spacing import TooSparse, spaced, usual_spacing


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        ([0.0, 300, 600, 900], 300.0),
        ([0.0, 299, 601, 899, 1200], 300.0),
        ([0.0, 60, 120, 120, 180, 9000], 60.0),
        ([0.0, 7, 14, 21], 7.0),
        ([0.0, 3600, 7200], 3600.0),
        ([5.0], 1.0),
        ([5.0, 5.0], 1.0),
        ([0.0, 0.5, 1.0], 0.5),
    ],
)
def test_the_usual_spacing_is_the_median_and_a_part_of_a_day_if_near_one(
    instants: list[float], expected: float
) -> None:
    assert usual_spacing(numpy.array(instants)) == expected


def test_points_fall_into_the_nearest_cell_and_share_it_as_their_mean() -> None:
    instants = numpy.array([0.0, 290, 610, 610, 1490, 1800])
    found = spaced(instants, numpy.array([1.0, 2, 3, 5, numpy.nan, 7]))
    assert found.cells.tolist() == [0, 1, 2, 2, 5, 6]
    numpy.testing.assert_array_equal(found.values, [1, 2, 4, numpy.nan, numpy.nan, numpy.nan, 7])


def test_a_span_without_end_is_refused() -> None:
    with pytest.raises(TooSparse, match="more than"):
        spaced(numpy.array([0.0, 1, 2, 3e9]), numpy.ones(4))


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_every_point_has_a_cell_near_its_instant(seconds: list[int]) -> None:
    instants = numpy.array(sorted(seconds), dtype=float)
    found = spaced(instants, numpy.ones(len(instants)))
    assert found.cells[-1] == found.grid.count - 1
    assert numpy.all(numpy.abs(found.grid.start + found.cells * found.grid.step - instants) <= found.grid.step / 2)
