"""The screen of the next run, made while nobody waits for it: making one takes longer than planning an action."""

from typing import TYPE_CHECKING, NamedTuple

from textual.app import App
from textual.geometry import Size

from console.tui.panels.span_rows import SpanRows

if TYPE_CHECKING:
    from console.tui.screens.one_run import WantedRun
    from console.tui.screens.playbook import PlaybookScreen

_NAME = "run"


class _Spare(NamedTuple):
    screen: "PlaybookScreen"
    size: Size
    theme: str


class SpareRun:
    """Keeps at most one screen of a run that was made, styled and laid out for nobody yet."""

    def __init__(self, app: App[None], arming_seconds: float) -> None:
        self._app = app
        self._arming_seconds = arming_seconds
        self._spare: _Spare | None = None
        self._is_making = False

    async def make(self) -> None:
        """Have a screen made, unless there is one that fits."""
        from console.tui.screens.playbook import PlaybookScreen

        if self._is_making or (self._spare is not None and self._fits(self._spare)):
            return
        self._drop()
        spare = _Spare(PlaybookScreen(self._arming_seconds), self._app.size, self._app.theme)
        self._is_making = True
        try:
            self._app.install_screen(spare.screen, _NAME)
            _, mounted = self._app._get_screen(_NAME)  # Textual has no public way to make a screen that is not shown
            await mounted
            spare.screen._refresh_layout(spare.size)
            for widget in spare.screen.query():
                if isinstance(widget, SpanRows):
                    widget.mix_inks()
        finally:
            self._is_making = False
        self._spare = spare

    def take(self, wanted: "WantedRun") -> "PlaybookScreen":
        """Return a screen for a run: the one that was made where it fits, else a new one."""
        from console.tui.screens.playbook import PlaybookScreen

        spare = self._spare
        if spare is None or not self._fits(spare):
            return PlaybookScreen(self._arming_seconds, wanted)
        self._spare = None
        self._app.uninstall_screen(_NAME)
        spare.screen.begin(wanted)
        return spare.screen

    def _fits(self, spare: _Spare) -> bool:
        """Return whether a screen looks as one that is made now would."""
        return (spare.size, spare.theme) == (self._app.size, self._app.theme)

    def _drop(self) -> None:
        if self._spare is not None:
            self._app.uninstall_screen(_NAME)
            self._spare.screen.remove()
            self._spare = None
