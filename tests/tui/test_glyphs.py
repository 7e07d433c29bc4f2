"""What poor terminals get: nothing they cannot draw, every cell in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.domain.command import StartRun, WatchModel
from console.settings.screen import GlyphSet
from console.tui.glyphs import Drawable, as_drawable, drawable
from console.tui.look import Look
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import on_stage

ANSWERS: Answers = {WatchModel: (scenes.detail(),), StartRun: (scenes.planned(),)}
CP437_LINES = frozenset("─│┌┐└┘├┤┬┴┼")


@pytest.mark.parametrize(
    ("chosen", "name", "encoding", "expected"),
    [
        ("auto", "xterm-256color", "utf-8", "everything"),
        ("auto", "xterm", "UTF8", "everything"),
        ("auto", "linux", "utf-8", "console"),
        ("auto", "xterm", "iso8859-1", "ascii"),
        ("auto", "linux", "ascii", "ascii"),
        ("unicode", "linux", "utf-8", "everything"),
        ("ascii", "xterm-256color", "utf-8", "ascii"),
    ],
)
def test_the_terminal_says_what_can_be_drawn(chosen: GlyphSet, name: str, encoding: str, expected: Drawable) -> None:
    assert drawable(chosen, {"TERM": name}, encoding) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [("✖ fraud 8×", "X fraud 8x"), ("▁▂▃▄▅▆▇█", "_.-~=+*#"), ("→ scale…", "> scale~"), ("搜索", "????"), ("é", "?")],
)
def test_ascii(text: str, shown: str) -> None:
    assert as_drawable(text, "ascii") == shown


def test_braille_becomes_a_line_of_signs() -> None:
    assert as_drawable("\u2801\u2802\u2840\u2847", "console") == "'-.|"


def test_the_console_keeps_lines_and_narrow_letters() -> None:
    assert as_drawable("Müller │ ✔ 搜", "console") == "Müller │ + ??"


@pytest.mark.parametrize(("text", "shown"), [("דגם", "דגם\u200e"), ("a דגם 1", "a דגם\u200e 1"), ("模型", "模型")])
def test_a_name_written_from_right_to_left_does_not_move_what_follows(text: str, shown: str) -> None:
    assert as_drawable(text, "everything") == shown
    assert cell_len(shown) == cell_len(text)


@given(st.text(alphabet=st.characters(exclude_characters="\u200d\ufe0f", exclude_categories=["Cc", "Cs"])))
def test_every_text_keeps_its_width(text: str) -> None:
    assert as_drawable(text, "ascii").isascii()
    for can_draw in ("ascii", "console"):
        shown = as_drawable(text, can_draw)
        assert cell_len(shown) == cell_len(text)
        assert all(cell_len(sign) == 1 for sign in shown)


@pytest.mark.parametrize("can_draw", ["ascii", "console"])
@pytest.mark.parametrize(
    "keys", [(), ("enter",), ("2",), ("question_mark",), ("slash", "f"), ("ctrl+p",)], ids="-".join
)
async def test_no_screen_holds_anything_else(keys: tuple[str, ...], can_draw: Drawable) -> None:
    allowed = CP437_LINES if can_draw == "console" else frozenset()
    async with on_stage(answers=ANSWERS, look=Look(can_draw=can_draw)) as stage:
        await stage.press(*keys)
        foreign = {sign for sign in stage.text if not sign.isascii()} - allowed
        assert foreign == set()
