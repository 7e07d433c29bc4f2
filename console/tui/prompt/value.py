"""The line that takes a value which a run asks for."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from console.domain.label import harmless
from console.domain.run import Asked
from console.tui.panels.lines import Span, line
from console.tui.prompt.over_line import OverLine

_LONGEST_LIST = 1000
"""Characters of what is expected: a list of words that are taken may be long."""


class ValueLine(OverLine):
    """Takes a value: enter gives it to the run, escape leaves what was typed for later."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, give: Callable[[str, str], None]) -> None:
        super().__init__(" value: ", id="value")
        self._give = give
        self._asked: Asked | None = None
        self._typed: dict[str, str] = {}
        self._offered = ""

    def open(self, asked: Asked) -> None:
        """Take a value, or go on with what was typed for it before."""
        self._asked, self._offered = asked, asked.present or asked.proposed
        self.put(self._typed.get(asked.name, self._offered))
        if asked.present or asked.proposed:
            self._input.action_select_all()  # what is typed replaces it
        self.take_keys()
        self._tell(asked, None)

    def _tell(self, asked: Asked, why_not: str | None) -> None:
        """Show what is expected, and why what was typed is not taken."""
        told = harmless(asked.expected, _LONGEST_LIST)
        told += f"; now {harmless(asked.present)}" if asked.present else ""
        told += f"; the evidence names {harmless(asked.proposed)}" if asked.proposed else ""
        told += "" if asked.required else "; may be left empty"
        hint = line(Span(f"{harmless(asked.title)}   ", "strong"), Span(told, "muted"), wraps=True)
        refused = () if why_not is None else (line(Span(f"not taken: {why_not}", "warning"), wraps=True),)
        self.show_hint((hint, *refused))

    def action_leave(self) -> None:
        """Go back to the screen."""
        self.leave()

    def leave(self) -> None:
        """Lie over the screen no more."""
        self._asked = None
        if self.display:
            self.close()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        asked, text = self._asked, event.value.strip()
        if asked is not None:
            if event.value == self._offered:  # what is put into the line is not typed: it may be another by then
                self._typed.pop(asked.name, None)
            else:
                self._typed[asked.name] = event.value
            is_begun = not text or _may_become(asked, text)
            self._tell(asked, None if is_begun else _why_not(asked, text))

    def follow(self, typed: str) -> None:
        """Give the value; one that is not taken stays in the line, and the line says why.

        Where the value led to another screen the line stays open under it: closing it would be work that waits for
        nobody. Whoever owns it takes it back later.
        """
        asked, text = self._asked, typed.strip()
        why_not = None if asked is None else _why_not(asked, text)
        if asked is not None and why_not is not None:
            self._tell(asked, why_not)
            return
        self._asked = None
        if asked is not None:
            self._typed.pop(asked.name, None)
            self._give(asked.name, text)
        if not self._asks and self.app.screen is self.screen:  # neither opened again nor covered
            self.leave()

    @property
    def _asks(self) -> bool:
        return self._asked is not None


def _why_not(asked: Asked, text: str) -> str | None:
    """Return why a text is not taken, None where it is."""
    if text:
        return asked.takes.why_not(text)
    return f"it is needed, expected {harmless(asked.expected)}" if asked.required else None


def _may_become(asked: Asked, text: str) -> bool:
    """Return whether a text is the beginning of a word that is taken."""
    return any(choice.startswith(text) for choice in asked.takes.choices)
