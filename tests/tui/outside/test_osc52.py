"""What is written to a terminal, by the rules of each multiplexer."""

import re
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.outside.osc52 import LARGEST_TEXT, NoClipboard, sequence_for

HELLO = "\x1b]52;c;aGVsbG8=\x07"
FOR_TMUX = "\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\"
FOR_SCREEN = "\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\"


@pytest.mark.parametrize(
    ("environment", "written"),
    [
        ({"TERM": "xterm-256color"}, HELLO),
        ({}, HELLO),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, HELLO + FOR_TMUX),
        ({"TERM": "tmux-256color"}, HELLO + FOR_TMUX),
        ({"TERM": "linux", "TMUX": "/tmp/tmux-0/default,1,0"}, HELLO + FOR_TMUX),
        ({"TERM": "xterm", "STY": "1.pts-0"}, HELLO + FOR_SCREEN),
        ({"TERM": "screen.xterm-256color"}, HELLO + FOR_SCREEN),
    ],
)
def test_a_text_is_framed_for_every_multiplexer_that_may_stand_between(
    environment: dict[str, str], written: str
) -> None:
    assert sequence_for("hello", environment) == written


def test_a_tmux_that_has_the_text_only_passes_it_on() -> None:
    assert sequence_for("hello", {"TMUX": "x"}, tmux_has_it=True) == FOR_TMUX


@pytest.mark.parametrize("terminal", ["linux", "dumb"])
def test_a_terminal_without_a_clipboard_is_named(terminal: str) -> None:
    with pytest.raises(NoClipboard, match=f"the type '{terminal}' has no clipboard"):
        sequence_for("hello", {"TERM": terminal})


def test_the_largest_text_fits_into_what_terminals_take_and_a_larger_one_is_refused() -> None:
    assert len(sequence_for("x" * LARGEST_TEXT, {})) == 100_000
    with pytest.raises(NoClipboard, match="it has 74,995 bytes, a terminal's clipboard takes 74,994"):
        sequence_for("x" * (LARGEST_TEXT + 1), {})
    with pytest.raises(NoClipboard, match="it has 75,000 bytes"):
        sequence_for("漢" * 25_000, {})


@given(st.text(max_size=2000))
def test_gnu_screen_gets_strings_that_it_does_not_cut_and_its_terminal_the_whole(text: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode()
    plain = sequence_for(encodable, {})
    framed = sequence_for(encodable, {"STY": "1"}).removeprefix(plain)
    strings = re.findall(r"\x1bP(.*?)\x1b\\", framed, re.DOTALL)
    assert all(len(string) <= 255 for string in strings)
    assert "".join(strings) == plain
    assert b64decode(plain.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == encodable
