import pytest

from console.tui.widgets.changed import changed_cells

LINE = (("▌", "g"), ("搜索 ", "ok"), ("412/s", "plain"), (" ", "bar"))


@pytest.mark.parametrize(
    ("after", "cells"),
    [
        (LINE, (0, 0)),
        ((*LINE[:2], ("413/s", "plain"), LINE[3]), (6, 5)),
        ((*LINE[:2], ("412/s", "bad"), LINE[3]), (6, 5)),
        ((("▌", "g"), ("fraud", "ok"), *LINE[2:]), (1, 5)),
        ((*LINE[:2], ("412", "plain"), ("/s", "muted"), LINE[3]), (6, 5)),
        (((" ", "g"), *LINE[1:3], ("┃", "bar")), (0, 12)),
        ((("nothing here", "muted"),), (0, 12)),
    ],
)
def test_only_pieces_that_differ_are_sent(after: tuple[tuple[str, str], ...], cells: tuple[int, int]) -> None:
    assert changed_cells(LINE, after) == cells


def test_pieces_that_repeat_are_not_counted_twice() -> None:
    before, after = (("aa", ""), ("b", ""), ("aa", "")), (("aa", ""), ("aa", ""), ("b", ""))
    assert changed_cells(before, after) == (2, 3)
