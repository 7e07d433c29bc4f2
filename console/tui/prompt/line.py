"""The line behind the colon: what is typed is completed, explained and followed."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.suggester import Suggester
from textual.widgets import Input

from console.domain.label import harmless
from console.tui.panels.lines import Line, Span, cells_of, line
from console.tui.prompt.history import History
from console.tui.prompt.over_line import OverLine
from console.tui.prompt.vocabulary import BadCommand, Vocabulary


class Prompt(OverLine):
    """Takes a line, completes it, and follows it on enter; escape leaves it in the history."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("tab", "complete", show=False),
        Binding("up", "earlier", show=False),
        Binding("down", "later", show=False),
    ]

    def __init__(self, *, reads_aloud: bool = False) -> None:
        super().__init__(" :", id="prompt")
        self._reads_aloud = reads_aloud
        self._vocabulary = Vocabulary((), {}, (), lambda _: None)
        self._history = History()
        self._remember: Callable[[str], None] = lambda _: None

    def open(self, vocabulary: Vocabulary, history: History, remember: Callable[[str], None]) -> None:
        """Take a line with what can be typed now; `remember` keeps what was typed, whatever came of it."""
        self._vocabulary, self._history, self._remember = vocabulary, history, remember
        if not self._reads_aloud:  # a suggestion behind the cursor would be read as if it had been typed
            self._input.suggester = _Completion(vocabulary)
        self.take_keys()
        self._show_hint()

    def action_leave(self) -> None:
        """Go back to the screen."""
        self._leave()

    def action_complete(self) -> None:
        """Take what the line may become."""
        self.put(self._vocabulary.complete(self._input.value))

    def action_earlier(self) -> None:
        """Show the line that was typed before."""
        self.put(self._history.earlier(self._input.value))

    def action_later(self) -> None:
        """Show the line that was typed after."""
        self.put(self._history.later(self._input.value))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_hint()

    def follow(self, typed: str) -> None:
        """Run the line; where it says nothing that can be done, say so and leave it open."""
        try:
            self._vocabulary.run(typed)
        except BadCommand as error:
            told = Span(harmless(str(error), 400), "critical")
            self.show_hint((line(Span("✖ ", "critical"), told, wraps=True),))
        else:
            self._leave()

    def _leave(self) -> None:
        self._remember(self._input.value)
        self.close()

    def _show_hint(self) -> None:
        typed = self._input.value
        explained = self._vocabulary.explain(typed)
        known = [each for each in self._vocabulary.candidates(typed) if each != typed.strip()]
        self.show_hint((_told(explained, known, self.app.size.width - 2),))


class _Completion(Suggester):
    """Suggests the vocabulary's completion behind what is typed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._vocabulary = vocabulary

    async def get_suggestion(self, value: str) -> str | None:
        """Return the completed line."""
        return self._vocabulary.complete(value)


def _told(explained: str, known: Iterable[str], width: int) -> Line:
    """Return what the typed word takes, then as many ways to go on as fit."""
    spans = [Span(f"{explained}   ", "plain")] if explained else []
    for each in known:
        shown = each.partition(" ")[2] if explained and " " in each else each
        spans.append(Span(f"{harmless(shown)}  ", "muted"))
        if cells_of(spans) > width:
            break
    return line(*spans)
