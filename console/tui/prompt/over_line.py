"""A line to type on that lies over the last rows of a screen, so that nothing under it moves."""

from abc import abstractmethod
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.message import Message
from textual.widgets import Input

from console.tui.panels.lines import Line, Span, line
from console.tui.panels.text_block import PLAIN_CLASS, TextBlock


class LineInput(Input):
    """An input of one line that gives it when enter is pressed, before it takes any key that was typed behind.

    It keeps all that is pasted: lines become one, and none of them is an answer.
    """

    def __init__(self, give: Callable[[str], object]) -> None:
        super().__init__(compact=True, select_on_focus=False)
        self._give = give

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # Textual's own need not be awaited
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._give(self.value)

    def _on_paste(self, event: events.Paste) -> None:
        told = " ".join(each.strip() for each in event.text.splitlines() if each.strip())
        if self.selection.is_empty:
            self.insert_text_at_cursor(told)
        else:
            self.replace(told, *self.selection)
        event.stop()
        event.prevent_default()


class OverLine(Container):
    """A hint above an input; what is typed into it works as no key of the screen."""

    DEFAULT_CSS = """
    OverLine {
        layer: over; dock: bottom; height: auto; background: $surface;
        & > TextBlock { height: auto; min-height: 1; max-height: 6; padding: 0 1; background: $surface; }
        & > Horizontal { height: 1; background: $surface; }
        & TextBlock.mark { width: auto; min-width: 2; height: 1; background: $surface; }
        & Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    }
    """

    class Left(Message):
        """The line was left."""

    def __init__(self, mark: str, *, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.display = False  # a class would have the stylesheet matched anew whenever it comes or goes
        self._mark_text = mark
        self._hint = TextBlock()
        self._mark = TextBlock(classes="mark")
        self._input = LineInput(self._submitted)

    def compose(self) -> ComposeResult:
        """Lay out the hint above the line."""
        yield self._hint
        with Horizontal():
            yield self._mark
            yield self._input

    @property
    def has_keys(self) -> bool:
        """Return whether what is typed now goes to the line."""
        return self.display and self._input.has_focus

    def take_keys(self) -> None:
        """Lie over the screen, and take what is typed; a screen that was left meanwhile needs no line."""
        if not self.is_attached:
            return
        is_plain = self.screen.has_class(PLAIN_CLASS)
        self._mark.styles.width = len(self._mark_text.strip()) + 1 if is_plain else len(self._mark_text)
        self._mark.set_lines((line(Span(self._mark_text, "strong")),))
        self.display = True
        self.screen.set_focus(self._input)

    @abstractmethod  # Textual's metaclass rules out ABC: the type check refuses whoever lacks it, not the construction
    def follow(self, typed: str) -> None:
        """Do what was typed; enter was pressed behind it."""

    def _submitted(self, typed: str) -> None:
        """Follow what was typed, once: enter may have been pressed again behind the line that was closed."""
        if self.display:
            self.follow(typed)

    def put(self, text: str) -> None:
        """Replace what is typed; the cursor stands behind it."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def close(self) -> None:
        """Lie over the screen no more."""
        self._input.value = ""
        self.display = False
        self.post_message(self.Left())

    def show_hint(self, lines: tuple[Line, ...]) -> None:
        """Show what is told of the line; only what wraps may need more than a row."""
        self._hint.set_lines(lines)
        if self._hint.size.height > 1 or any(each.wraps for each in lines):
            self._hint.refresh(layout=True)
