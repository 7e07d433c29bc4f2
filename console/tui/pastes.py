"""Pastes that stay whole: an escape character in one must not turn the rest of it into keys.

Textual's parser takes such a character for the begin of a key, and what follows it for keys: a `y` among them would
commit a plan. Terminals strip it from what is pasted, multiplexers do not.
"""

from collections.abc import Generator, Iterable
from unicodedata import bidirectional, category

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.message import Message

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_KEPT = "\t\n\r"
"""Control characters that a text may hold."""
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Classes of characters that would turn what stands beside them on the screen."""


class PastingParser(XTermParser):
    """Reads what the terminal sends; what stands between the marks of a paste is one event, whatever it holds."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._recent = ""
        self._pasted: str | None = None

    def feed(self, data: str) -> Iterable[Message]:
        """Yield the events in the text that was read next; nothing read is the end."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                data = yield from self._until_paste(data)
            else:
                data = yield from self._until_end(self._pasted, data)

    def _until_paste(self, data: str) -> Generator[Message, None, str]:
        """Yield the events before a paste, and return what was read of it."""
        seen = self._recent + data
        place = seen.find(_BEGIN)
        behind = len(data) if place < 0 else place + len(_BEGIN) - len(self._recent)
        yield from super().feed(data[:behind])
        self._recent = seen[1 - len(_BEGIN) :] if place < 0 else ""
        self._pasted = None if place < 0 else ""
        return data[behind:]

    def _until_end(self, before: str, data: str) -> Generator[Message, None, str]:
        """Yield the paste that began with `before` where its end was read, and return what was read behind it."""
        seen = before + data
        place = seen.find(_END, max(0, len(before) - len(_END)))
        if place < 0:
            self._pasted = seen
            return ""
        self._pasted = None
        yield events.Paste("".join(filter(_is_text, seen[:place])))
        yield from (event for event in super().feed(_END) if not isinstance(event, events.Paste))
        return seen[place + len(_END) :]


def _is_text(character: str) -> bool:
    return character in _KEPT or (category(character) != "Cc" and bidirectional(character) not in _TURNING)


def keep_pastes_whole() -> None:
    """Have Textual read the terminal with this parser; it has no public way to choose one."""
    setattr(linux_driver, "XTermParser", PastingParser)  # noqa: B010 - a class cannot be assigned for mypy
