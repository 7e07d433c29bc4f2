"""A canvas fills its room whatever is written over what."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.tui.widgets.canvas import Canvas

WIDTH = 12
WRITTEN = st.tuples(st.integers(0, WIDTH), st.text("ab é漢🙂…", max_size=16), st.sampled_from(["", "title", "note"]))


def row(canvas: Canvas) -> str:
    (segments,) = canvas.rows()
    return "".join(text for text, _ in segments)


@given(st.lists(WRITTEN, max_size=6))
def test_its_rows_are_as_wide_as_it_is(written: list[tuple[int, str, str]]) -> None:
    canvas = Canvas(WIDTH, 1)
    for x, text, style in written:
        canvas.put(x, 0, text, style)
        assert cell_len(row(canvas)) == WIDTH


def test_what_is_written_last_is_read_and_the_rest_of_what_it_covers_is_cut() -> None:
    canvas = Canvas(WIDTH, 1)
    canvas.put(1, 0, "reference", "title")
    canvas.put(5, 0, "now", "note")
    assert row(canvas) == " ref…now    "
