import math

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from console.domain.series import Grid, Series
from console.history.block import Block
from console.history.buffer import OVERLAP_POINTS, GridBuffer
from console.history.matrix import from_answer
from console.sources.prometheus.answers import Point, RangeSeries, keys_of

STEP = 10.0
COUNT = 12


def grid_at(end: int) -> Grid:
    return Grid((end - COUNT + 1) * STEP, STEP, COUNT)


def answer(asked: Grid, held: dict[str, dict[int, float]]) -> Block:
    """Return what a server that holds these points (by their index) answers for a grid."""
    found = []
    for name, points in held.items():
        values = [
            Point(index * STEP, value)
            for index, value in sorted(points.items())
            if asked.start <= index * STEP <= asked.end
        ]
        if values:
            found.append(RangeSeries(msgspec.Raw(f'{{"model":"{name}"}}'.encode()), values))
    return Block(asked, keys_of(found), from_answer(found, asked))


def pairs(buffer: GridBuffer, grid: Grid) -> list[tuple[bytes, Series]]:
    rows = buffer.rows(grid)
    return list(zip(rows.keys, rows.series, strict=True))


def contents(buffer: GridBuffer) -> dict[bytes, list[float | None]]:
    assert buffer.grid is not None
    return {key: [None if math.isnan(v) else v for v in series.values] for key, series in pairs(buffer, buffer.grid)}


_servers = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.dictionaries(st.integers(0, 60), st.floats(0, 9), max_size=40), max_size=3
)


@given(_servers, st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_reading_tails_gives_what_one_full_load_gives(held: dict[str, dict[int, float]], advances: list[int]) -> None:
    buffer, end = GridBuffer(), COUNT
    for advance in advances:
        end += advance
        grid = grid_at(end)
        asked = buffer.missing(grid)
        buffer.merge(grid, answer(asked, held))
    fresh = GridBuffer()
    fresh.merge(grid_at(end), answer(grid_at(end), held))
    assert contents(buffer) == contents(fresh)


def test_only_the_tail_is_asked_for_again() -> None:
    buffer = GridBuffer()
    assert buffer.missing(grid_at(20)) == grid_at(20)
    buffer.merge(grid_at(20), answer(grid_at(20), {}))
    assert buffer.missing(grid_at(22)).count == 2 + OVERLAP_POINTS
    assert buffer.missing(grid_at(22)).end == grid_at(22).end


def test_a_jump_another_step_or_a_clock_that_went_back_asks_for_everything() -> None:
    buffer = GridBuffer()
    buffer.merge(grid_at(20), answer(grid_at(20), {}))
    for grid in (grid_at(20 + COUNT), grid_at(19), Grid(0.0, 5.0, COUNT), Grid(0.0, STEP, COUNT + 1)):
        assert buffer.missing(grid) == grid


def test_points_that_left_the_overlap_never_move() -> None:
    buffer = GridBuffer()
    first = {"a": dict.fromkeys(range(60), 1.0)}
    buffer.merge(grid_at(20), answer(grid_at(20), first))
    rewritten = {"a": dict.fromkeys(range(60), 2.0)}
    asked = buffer.missing(grid_at(22))
    buffer.merge(grid_at(22), answer(asked, rewritten))
    (row,) = contents(buffer).values()
    assert row == [1.0] * (COUNT - 2 - OVERLAP_POINTS) + [2.0] * (2 + OVERLAP_POINTS)


def test_rows_that_a_reader_holds_are_never_written_to() -> None:
    buffer = GridBuffer()
    held = {"a": dict.fromkeys(range(60), 1.0)}
    buffer.merge(grid_at(20), answer(grid_at(20), held))
    (before,) = buffer.rows(grid_at(20)).series
    copy = list(before.values)
    asked = buffer.missing(grid_at(23))
    buffer.merge(grid_at(23), answer(asked, held))
    assert list(before.values) == copy


def test_rows_on_a_newer_grid_are_not_known_there_and_nothing_is_kept_of_it() -> None:
    buffer = GridBuffer()
    held = {"a": dict.fromkeys(range(60), 1.0)}
    buffer.merge(grid_at(20), answer(grid_at(20), held))
    (after,) = buffer.rows(grid_at(23)).series
    assert after.grid == grid_at(23)
    assert sum(math.isnan(value) for value in after.values) == 3
    assert buffer.missing(grid_at(24)).count == 4 + OVERLAP_POINTS
    assert buffer.rows(grid_at(20 + COUNT)).keys == ()


def test_the_tail_of_an_older_grid_is_refused() -> None:
    buffer = GridBuffer()
    held = {"a": dict.fromkeys(range(60), 1.0)}
    buffer.merge(grid_at(20), answer(grid_at(20), held))
    late = buffer.missing(grid_at(21))
    asked = buffer.missing(grid_at(22))
    buffer.merge(grid_at(22), answer(asked, held))
    buffer.merge(grid_at(21), answer(late, held))
    assert buffer.grid == grid_at(22)
    assert list(contents(buffer).values()) == [[1.0] * COUNT]


def test_series_without_a_number_are_dropped() -> None:
    buffer = GridBuffer()
    held = {"a": dict.fromkeys(range(60), math.nan), "b": dict.fromkeys(range(9, 12), 1.0)}
    buffer.merge(grid_at(20), answer(grid_at(20), held))
    assert list(contents(buffer)) == [b'{"model":"b"}']
    for end in (22, 23):
        asked = buffer.missing(grid_at(end))
        buffer.merge(grid_at(end), answer(asked, held))
    assert list(contents(buffer)) == []


def test_nothing_stays_nothing_on_another_grid() -> None:
    buffer, grid = GridBuffer(), grid_at(COUNT)
    buffer.merge(grid, answer(grid, {}))
    assert [pairs(buffer, grid_at(COUNT + moved)) for moved in (-3, 0, 3)] == [[], [], []]


def test_label_sets_that_stay_the_same_stay_the_same_object() -> None:
    held = {"a": dict.fromkeys(range(60), 1.0), "b": dict.fromkeys(range(60), 2.0)}
    buffer = GridBuffer()
    buffer.merge(grid_at(20), answer(grid_at(20), held))
    keys = buffer.rows(grid_at(20)).keys
    asked = buffer.missing(grid_at(22))
    buffer.merge(grid_at(22), answer(asked, held))
    assert buffer.rows(grid_at(22)).keys is keys
