import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.headless.cells import cell_width
from console.headless.wrapping import wrapped


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("short", ["short"]),
        ("done     Is it slow?: no: p99 0.2 s", ["done     Is it slow?: no:", "  p99 0.2 s"]),
        ("    undo: the version of before", ["    undo: the version of", "      before"]),
        ("https://a.very.long.address/that/is/copied", ["https://a.very.long.address/that/is/copied"]),
        ("see https://a.very.long.address/that/is", ["see", "  https://a.very.long.address/that/is"]),
    ],
)
def test_a_line_is_broken_at_spaces_and_hangs(line: str, parts: list[str]) -> None:
    assert list(wrapped(line, 26)) == parts


def test_without_a_width_or_room_a_line_stays_as_it_is() -> None:
    line = "a line that is longer than its terminal"
    assert list(wrapped(line, None)) == [line]
    assert list(wrapped(line, 10)) == [line]


@given(st.text(alphabet="ab 部✓", max_size=200), st.integers(25, 60))
def test_no_word_is_lost_and_only_long_words_reach_beyond(line: str, width: int) -> None:
    parts = list(wrapped(line, width))
    assert " ".join(parts).split() == line.split()
    for part in parts:
        assert cell_width(part.rstrip()) <= width or len(part.split()) == 1 or part == line
