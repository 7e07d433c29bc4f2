"""Blocks that overlap are one server's where both tell the same."""

from array import array

import pytest

from console.domain.series import Grid
from console.history.block import Block, in_a_row

NAN = float("nan")


def block(first: int, rows: dict[bytes, list[float]]) -> Block:
    count = len(next(iter(rows.values())))
    return Block(Grid(first * 10.0, 10.0, count), tuple(rows), array("d", [v for row in rows.values() for v in row]))


OLD = block(0, {b"a": [1.0, 2.0, 3.0], b"b": [4.0, NAN, 6.0]})


@pytest.mark.parametrize(
    ("first", "rows", "continues"),
    [
        (1, {b"a": [2.0, 3.0, 9.0], b"b": [NAN, 6.0, 9.0]}, True),
        (1, {b"b": [NAN, 6.0, 9.0], b"a": [2.0, 3.0 + 1e-12, 9.0]}, True),
        (1, {b"a": [2.0, 3.5, 9.0], b"b": [NAN, 6.0, 9.0]}, False),
        (1, {b"a": [2.0, 3.0, 9.0], b"b": [5.0, 6.0, 9.0]}, False),
        (1, {b"a": [2.0, 3.0, 9.0]}, False),
        (2, {b"a": [3.0, 9.0], b"b": [6.0, 9.0], b"c": [NAN, 1.0]}, True),
        (2, {b"a": [3.0, 9.0], b"b": [6.0, 9.0], b"c": [1.0, 1.0]}, False),
        (3, {b"a": [3.0], b"b": [6.0]}, False),
    ],
)
def test_only_the_same_points_are_believed(first: int, rows: dict[bytes, list[float]], continues: bool) -> None:
    assert block(first, rows).continues(OLD) is continues


def test_points_that_were_read_too_early_prove_nothing() -> None:
    rewritten = block(1, {b"a": [2.0, 3.5, 9.0], b"b": [NAN, 6.5, 9.0]})
    assert rewritten.continues(OLD, but_for=1)
    assert not block(2, {b"a": [3.0, 9.0], b"b": [6.0, 9.0]}).continues(OLD, but_for=1)


def test_blocks_in_a_row_are_one_whatever_rows_come_and_go() -> None:
    grid = Grid(0.0, 10.0, 4)
    joined = in_a_row(
        grid, [block(0, {b"a": [1.0, 2.0], b"b": [3.0, 4.0]}), block(2, {b"b": [5.0, 6.0], b"c": [7.0, 8.0]})]
    )
    assert joined.keys == (b"a", b"b", b"c")
    assert [str(value) for value in joined.matrix] == [
        *("1.0", "2.0", "nan", "nan"),
        *("3.0", "4.0", "5.0", "6.0"),
        *("nan", "nan", "7.0", "8.0"),
    ]
