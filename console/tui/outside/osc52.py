"""Texts for the clipboard of the terminal that a person sits at, through tmux, GNU screen and SSH.

The sequence is OSC 52 of xterm's "Control Sequences": `ESC ] 52 ; c ; BASE64 BEL`. Multiplexers eat it or pass it on:

- tmux takes a plain one with `set-clipboard on`, and hands a wrapped one to its own terminal with
  `allow-passthrough on`; by default it does neither, and what it does not take it drops. So it gets both.
- GNU screen drops a plain one, and hands the content of a DCS string to its terminal, some hundred bytes at a time.
"""

from base64 import b64encode
from collections.abc import Mapping

LARGEST_TEXT = 74_994
"""Bytes of UTF-8 that fit: terminals may stop at 100,000 bytes of sequence, 8 of which stand around the base64."""

_WITHOUT_CLIPBOARD = frozenset({"dumb", "linux"})
_LARGEST_OF_SCREEN = 240
"""Bytes in one DCS string; older versions of GNU screen cut longer ones at 256."""


class NoClipboard(Exception):
    """The text cannot reach the clipboard of the terminal; the message says why."""


def sequence_for(text: str, environment: Mapping[str, str], *, tmux_has_it: bool = False) -> str:
    """Return what to write to the terminal so that its clipboard holds a text.

    A tmux that has the text already (`tmux_has_it`) only passes it on.

    Raises:
        NoClipboard: the terminal has none, or the text is too large for one.
    """
    plain = f"\x1b]52;c;{_encoded(text)}\x07"
    terminal = environment.get("TERM", "")
    if environment.get("TMUX") or terminal.startswith("tmux"):
        return ("" if tmux_has_it else plain) + through_tmux(plain)
    if environment.get("STY") or terminal.startswith("screen"):
        # A tmux elsewhere may call itself `screen` too; each of the two drops what is meant for the other.
        return plain + through_screen(plain)
    if terminal in _WITHOUT_CLIPBOARD:
        raise NoClipboard(f"a terminal of the type '{terminal}' has no clipboard")
    return plain


def through_tmux(sequence: str) -> str:
    """Return a sequence as tmux passes it on to its own terminal."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(sequence: str) -> str:
    """Return a sequence as GNU screen passes it on to its own terminal."""
    starts = range(0, len(sequence), _LARGEST_OF_SCREEN)
    return "".join(f"\x1bP{sequence[start : start + _LARGEST_OF_SCREEN]}\x1b\\" for start in starts)


def _encoded(text: str) -> str:
    content = text.encode("utf-8")
    if len(content) > LARGEST_TEXT:
        raise NoClipboard(f"it has {len(content):,} bytes, a terminal's clipboard takes {LARGEST_TEXT:,}")
    return b64encode(content).decode("ascii")
