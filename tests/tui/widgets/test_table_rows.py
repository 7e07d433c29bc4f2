import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.widgets.table_rows import Cell, Row, RowsInView


def rows(names: str) -> list[Row]:
    return [Row(name, (Cell(name),)) for name in names]


def view(names: str, height: int = 4) -> RowsInView:
    result = RowsInView()
    result.resize(height)
    result.replace(rows(names))
    return result


def shown(table: RowsInView) -> str:
    """Return the ids in view, the cursor in capitals, a gone one in parentheses."""
    text = ""
    for index in range(table.top, table.top + table.height):
        if (line := table.at(index)) is not None:
            row, mode = line
            text += {"plain": row.id, "cursor": row.id.upper(), "gone": f"({row.id})"}[mode]
    return text


def test_the_cursor_begins_at_the_first_row() -> None:
    assert shown(view("abc")) == "Abc"


def test_an_empty_table_has_no_cursor_and_moves_do_nothing() -> None:
    table = view("")
    table.move_by(1)
    assert table.cursor is None
    assert shown(table) == ""


def test_sorting_moves_the_row_and_the_cursor_with_it() -> None:
    table = view("abcd")
    table.move_to("b")
    table.replace(rows("dcab"))
    assert shown(table) == "dcaB"


def test_inserted_rows_do_not_take_the_cursor() -> None:
    table = view("ab")
    table.replace(rows("xyab"))
    assert shown(table) == "xyAb"


def test_a_cursor_in_view_stays_in_view() -> None:
    table = view("abcdefgh")
    table.replace(rows("bcdefgha"))
    assert shown(table) == "fghA"


def test_a_window_that_was_scrolled_away_stays() -> None:
    table = view("abcdefgh")
    table.scroll_by(4)
    table.replace(rows("abcdefgh"))
    assert shown(table) == "efgh"
    table.move_by(1)
    assert shown(table) == "Bcde"


def test_a_vanished_row_stays_as_gone_in_its_place() -> None:
    table = view("abcd")
    table.move_to("b")
    table.replace(rows("acd"))
    assert shown(table) == "a(b)cd"
    table.replace(rows("dca"))
    assert shown(table) == "d(b)ca"
    assert table.cursor == "b"


def test_a_gone_row_that_returns_is_a_row_again() -> None:
    table = view("abc")
    table.replace(rows("bc"))
    table.replace(rows("bca"))
    assert shown(table) == "bcA"
    assert table.gone is None


@pytest.mark.parametrize(("steps", "expected"), [(1, "aCd"), (-1, "Acd"), (9, "acD")])
def test_leaving_a_gone_row_removes_it(steps: int, expected: str) -> None:
    table = view("abcd")
    table.move_to("b")
    table.replace(rows("acd"))
    table.move_by(steps)
    assert shown(table) == expected


def test_a_gone_last_row_is_left_downwards_too() -> None:
    table = view("abc")
    table.move_to("c")
    table.replace(rows("ab"))
    table.move_by(1)
    assert shown(table) == "aB"


def test_the_only_row_that_is_gone_cannot_be_left() -> None:
    table = view("a")
    table.replace([])
    table.move_by(1)
    assert shown(table) == "(a)"


def test_a_filter_moves_the_cursor_to_the_row_in_its_place() -> None:
    table = view("abcd")
    table.move_to("b")
    table.replace(rows("acd"), narrowed=True)
    assert shown(table) == "aCd"
    table.replace([], narrowed=True)
    assert table.cursor is None


def test_two_rows_of_one_id_are_refused_and_nothing_changes() -> None:
    table = view("ab")
    with pytest.raises(ValueError, match="same id"):
        table.replace(rows("xx"))
    assert shown(table) == "Ab"


def test_a_row_that_is_not_there_is_not_moved_to() -> None:
    table = view("ab")
    assert not table.move_to("z")
    assert table.cursor == "a"


def test_the_cursor_stays_in_view_when_the_height_shrinks() -> None:
    table = view("abcdefgh", height=8)
    table.move_to("g")
    table.resize(3)
    assert shown(table) == "efG"


NAMES = st.permutations("abcdefghijkl").flatmap(
    lambda names: st.integers(0, len(names)).map(lambda count: "".join(names[:count]))
)


@given(NAMES, st.lists(NAMES, max_size=5), st.integers(0, 6), st.integers(-12, 12))
def test_data_never_moves_a_cursor_that_exists(first: str, refreshes: list[str], height: int, steps: int) -> None:
    table = view(first, height)
    table.move_by(steps)
    chosen = table.cursor
    for names in refreshes:
        table.replace(rows(names))
        if chosen is not None:
            assert table.cursor == chosen
            assert (table.gone is not None) == (chosen not in names)
        assert 0 <= table.top <= max(0, len(table) - height)
        chosen = table.cursor


@given(NAMES, NAMES, st.integers(1, 6), st.lists(st.integers(-12, 12), max_size=4))
def test_moves_keep_the_cursor_in_view_and_on_a_row(first: str, then: str, height: int, moves: list[int]) -> None:
    table = view(first, height)
    table.replace(rows(then))
    for steps in moves:
        table.move_by(steps)
        index = table.cursor_index
        if index is not None:
            assert table.top <= index < table.top + height
