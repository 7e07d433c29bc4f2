from hypothesis import given
from hypothesis import strategies as st

from console.tui.widgets.columns import GAP, Column, place_columns

COLUMNS = (
    Column("status", "", 1, 1),
    Column("model", "model", 8, 14),
    Column("version", "version", 6, 12, drop=2),
    Column("traffic", "req/s", 5, 8, "right", drop=3),
    Column("what", "what happened", 10, 20, flexible=True, drop=1),
)

ANY_COLUMNS = st.lists(
    st.builds(
        Column,
        key=st.text(max_size=3),
        title=st.text(max_size=5),
        minimum=st.integers(0, 20),
        ideal=st.integers(0, 30),
        drop=st.integers(0, 5),
        flexible=st.booleans(),
    ),
    max_size=8,
)


def placed(width: int) -> dict[str, int]:
    return {COLUMNS[column.index].key: column.width for column in place_columns(COLUMNS, width)}


def test_wide_columns_have_their_ideal_and_the_flexible_one_the_rest() -> None:
    assert placed(100) == {"status": 1, "model": 14, "version": 12, "traffic": 8, "what": 57}


def test_columns_shrink_to_their_minimum_before_one_drops() -> None:
    assert placed(38) == {"status": 1, "model": 8, "version": 6, "traffic": 5, "what": 10}


def test_columns_drop_in_their_order() -> None:
    assert list(placed(37)) == ["status", "model", "version", "what"]
    assert list(placed(30)) == ["status", "model", "what"]
    assert list(placed(20)) == ["status", "model"]


def test_columns_that_never_drop_lose_their_right_ends() -> None:
    assert placed(9) == {"status": 1, "model": 6}
    assert placed(1) == {"status": 1}
    assert placed(0) == {}


@given(ANY_COLUMNS, st.integers(0, 120))
def test_placed_columns_always_fit_in_declared_order(columns: list[Column], width: int) -> None:
    result = place_columns(columns, width)
    assert sum(column.width for column in result) + GAP * max(0, len(result) - 1) <= max(width, 0)
    assert [column.index for column in result] == sorted({column.index for column in result})


@given(ANY_COLUMNS, st.integers(0, 120))
def test_more_room_never_drops_a_column(columns: list[Column], width: int) -> None:
    narrow = {column.index for column in place_columns(columns, width)}
    wide = {column.index for column in place_columns(columns, width + 1)}
    assert narrow <= wide
