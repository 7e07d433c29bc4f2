import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.label import LONGEST_SHOWN, Label, harmless


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("fraud", "fraud"),
        ("größe-模型-😀", "größe-模型-😀"),
        ("\x1b]0;PWN\x07", "␛]0;PWN␇"),
        ("a\nb\tc\x7f", "a␊b␉c␡"),
        ("\x9b31m", "\ufffd31m"),
        ("abc\u202edef\u2066", "abc\ufffddef\ufffd"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        ("[red]markup[/]", "[red]markup[/]"),
        ("👩\u200d🚀 ❤\ufe0f 👍🏽 1\ufe0f\u20e3", "👩🚀 ❤ 👍 1\u20e3"),
        ("a\u200db\ufe0f🏽", "a\ufffdb\ufffd\ufffd"),
        ("x\u3164y", "x\ufffdy"),
    ],
)
def test_what_could_steer_a_terminal_becomes_visible(raw: str, shown: str) -> None:
    assert Label(raw).shown == shown
    assert Label(raw).raw == raw


@given(st.text(max_size=400))
def test_nothing_shown_is_a_control_or_invisible_character(text: str) -> None:
    shown = harmless(text)
    assert len(shown) <= LONGEST_SHOWN
    assert all(unicodedata.category(character)[0] != "C" for character in shown)


@given(st.text(max_size=100))
def test_making_harmless_twice_changes_nothing(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)
