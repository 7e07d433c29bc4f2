"""What a person must know of earlier sessions, of the journal and of runs that nobody follows; it can be hidden."""

from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.run import Run
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.runs import told_of_resting
from console.tui.panels.text_block import TextBlock

_LONGEST_NOTICE = 1000


class Notices(TextBlock):
    """Lines that stay until they are hidden; what comes later is shown again."""

    DEFAULT_CSS = """
    Notices {
        height: auto; max-height: 4; display: none; padding: 0 1;
        &.shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="notices")
        self._shown: tuple[str, ...] = ()
        self._hidden: set[str] = set()

    @property
    def is_shown(self) -> bool:
        """Return whether there is something to hide."""
        return bool(self._shown)

    def tell(self, told: tuple[str, ...]) -> None:
        """Show these; a refresh that tells nothing new lays nothing out anew."""
        notices = tuple(text for text in told if text not in self._hidden)
        if notices != self._shown:
            self._shown = notices
            self.set_lines([_notice(text) for text in notices])
            self.set_class(bool(notices), "shown")
            self.refresh(layout=True)

    def hide(self) -> None:
        """Hide what is shown; others that come are shown."""
        self._hidden |= set(self._shown)
        self.tell(())


def resting_told(runs: Sequence[Run], key: str) -> tuple[str, ...]:
    """Return a notice about the runs that nobody follows, none where there are none; `key` lists them."""
    if not runs:
        return ()
    first, others = runs[0], len(runs) - 1
    name = f"{harmless(first.playbook_id)} for {harmless(first.model_id)}"
    more = f" and {others} more" if others else ""
    rest = "rests" if not others else "rest"
    who = f" ({told_of_resting(first)})" if not others else ""
    return (f"{name}{more} {rest}{who}: nobody follows {'it' if not others else 'them'}; {key} lists all runs",)


def _notice(text: str) -> Line:
    return line(Span("▲ ", "warning"), harmless(text, _LONGEST_NOTICE), wraps=True)
