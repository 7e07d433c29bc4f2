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


class ValueLine(OverLine):
    """Takes a value: enter gives it to the run, escape leaves what was typed for later."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def __init__(self, give: Callable[[str, str], None]) -> None:
        super().__init__(" value: ", id="value")
        self._give = give
        self._asked: Asked | None = None
        self._typed: dict[str, str] = {}

    def open(self, asked: Asked) -> None:
        """Take a value, or go on with what was typed for it before."""
        self._asked = None  # what is put into the line is not typed
        self.put(self._typed.get(asked.name, asked.present or asked.proposed))
        self._asked = asked
        if asked.present or asked.proposed:
            self._input.action_select_all()  # what is typed replaces it
        self.take_keys()
        options = ", ".join(map(harmless, asked.options))
        told = f"one of {options}" if options else harmless(asked.expected)
        told += f"; now {harmless(asked.present)}" if asked.present else ""
        told += f"; the evidence names {harmless(asked.proposed)}" if asked.proposed else ""
        told += "" if asked.required else "; may be left empty"
        self.show_hint((line(Span(f"{harmless(asked.title)}   ", "strong"), Span(told, "muted"), wraps=True),))

    def action_leave(self) -> None:
        """Go back to the screen."""
        self._asked = None
        self.close()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._asked is not None:
            self._typed[self._asked.name] = event.value

    def follow(self, typed: str) -> None:
        """Give the value."""
        asked, text = self._asked, typed.strip()
        self.action_leave()
        if asked is not None and (text or not asked.required):
            self._give(asked.name, text)
