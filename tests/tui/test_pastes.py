"""What the terminal sends as a paste is one paste, however it is cut and whatever it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from console.tui.pastes import PastingParser

BEGIN, END = "\x1b[200~", "\x1b[201~"


def told(*parts: str) -> list[str]:
    parser = PastingParser()
    return [
        f"paste {event.text}" if isinstance(event, events.Paste) else f"key {event.key}"
        for part in parts
        for event in parser.feed(part)
        if isinstance(event, events.Paste | events.Key)
    ]


@pytest.mark.parametrize(
    "pasted", ["\x1b[31m red\ry\r", "\x1b y", "\x1b", "\x1b\x1b[A", "\x1b[200~y", "\x9by\u202e\x00", ""]
)
def test_a_control_character_in_a_paste_types_no_key(pasted: str) -> None:
    plain = "".join(each for each in pasted if each not in "\x1b\x9b\x00\u202e")
    assert told(f"a{BEGIN}{pasted}{END}b") == ["key a", f"paste {plain}", "key b"]


@given(st.text(alphabet="y\r\t\x1b[2~x", max_size=60).filter(lambda text: END not in text + END[:-1]), st.data())
def test_a_paste_is_whole_wherever_it_is_cut(pasted: str, data: st.DataObject) -> None:
    sent = f"{BEGIN}{pasted}{END}"
    cuts = sorted(data.draw(st.lists(st.integers(1, len(sent) - 1), max_size=5, unique=True)))
    parts = [sent[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert told("k", *parts, "k", BEGIN + "z" + END) == [
        "key k",
        f"paste {pasted.replace(chr(27), '')}",
        "key k",
        "paste z",
    ]
