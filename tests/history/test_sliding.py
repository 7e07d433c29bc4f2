import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from console.history.sliding import SlidingMatrix

WIDTH = 8
"""So few that some tails find room and others do not."""

_values = st.sampled_from([1.0, 2.0, math.nan, math.inf, -0.0])
_tails = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.lists(_values, min_size=3, max_size=3)), max_size=8
)
"""By how many points to slide, how many known ones to tell again, and what the newest of three rows are."""


def rows_of(views: "list[memoryview[float]]") -> list[str]:
    return [str(view.tolist()) for view in views]


@given(_tails, st.booleans())
def test_rows_slide_and_what_a_reader_holds_stays_as_it_was(
    tails: list[tuple[int, int, list[float]]], tells_anew: bool
) -> None:
    expected = [[float(row * WIDTH + column) for column in range(WIDTH)] for row in range(3)]
    matrix = SlidingMatrix(array("d", [value for row in expected for value in row]), WIDTH)
    held = [(matrix.views(), rows_of(matrix.views()))]
    for shift, known, newest in tails:
        for row, value in zip(expected, newest, strict=True):
            row.extend([value] * shift)
            del row[:shift]
            if tells_anew and known:
                row[WIDTH - shift - 1] = value
        tail = array("d", [value for row in expected for value in row[WIDTH - shift - known :]])
        matrix.take_tail(shift, tail, shift + known)
        held.append((matrix.views(), rows_of(matrix.views())))
        assert held[-1][1] == [str(row) for row in expected]
    for views, before in held:
        assert rows_of(views) == before


def test_a_tail_that_tells_what_is_known_copies_nothing_and_one_that_tells_another_value_everything() -> None:
    matrix = SlidingMatrix(array("d", range(2 * WIDTH)), WIDTH)
    matrix.take_tail(1, array("d", [7.0, 8.0, 15.0, 16.0]), 2)
    roomy = matrix.views()[0].obj
    matrix.take_tail(1, array("d", [8.0, 9.0, 16.0, 17.0]), 2)
    assert matrix.views()[0].obj is roomy
    matrix.take_tail(1, array("d", [9.0, 10.0, 17.5, 18.0]), 2)
    assert matrix.views()[0].obj is not roomy
    assert [view.tolist()[-3:] for view in matrix.views()] == [[8.0, 9.0, 10.0], [16.0, 17.5, 18.0]]


def test_an_array_that_was_given_or_given_out_stays_as_it_is() -> None:
    given = array("d", range(2 * WIDTH))
    matrix = SlidingMatrix(given, WIDTH)
    matrix.take_tail(1, array("d", [100.0, 200.0]), 1)
    assert given == array("d", range(2 * WIDTH))
    compact = matrix.compact()
    matrix.take_tail(1, array("d", [101.0, 201.0]), 1)
    assert compact == array("d", [*range(1, WIDTH), 100.0, *range(WIDTH + 1, 2 * WIDTH), 200.0])


def test_a_matrix_without_rows_slides() -> None:
    matrix = SlidingMatrix(array("d"), WIDTH)
    held = matrix.matrix()
    for _ in range(2 * WIDTH):
        matrix.take_tail(1, array("d"), 2)
    assert matrix.matrix().shape == held.shape == (0, WIDTH)


def test_rows_without_a_number_are_told_though_infinities_cancel_out() -> None:
    nothing = [math.nan] * 3
    rows = [[1.0, 2.0, math.inf], nothing, [1.0, math.nan, math.nan], [1.0, 2.0, -math.inf]]
    assert SlidingMatrix(array("d", [value for row in rows for value in row]), 3).silent() == [1]
    del rows[1:3]
    assert SlidingMatrix(array("d", [value for row in rows for value in row]), 3).silent() == []
