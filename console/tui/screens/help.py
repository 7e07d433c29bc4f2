"""The keys that work where the help was opened, then all others; made from the registry."""

from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.widget import Widget

from console.tui.actions.action import Action, Where
from console.tui.actions.registry import FURTHER_KEYS, actions_in
from console.tui.bindings import bindings_of
from console.tui.keymap import Keymap
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import Crumb

_TITLE_OF_PLACE = {
    Where.FLEET: "fleet",
    Where.TABLE: "rows",
    Where.MODEL: "model",
    Where.DRIFT: "drift",
    Where.QUALITY: "quality",
    Where.PLAYBOOK: "playbook",
    Where.LINKS: "links",
    Where.RUNS: "runs",
    Where.ACTIONS: "actions",
    Where.EVERYWHERE: "everywhere",
}
_WIDEST_KEYS = 16


class HelpScreen(ConsoleScreen):
    """A list of keys that scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(actions_in(Where.EVERYWHERE)),
        Binding("down,j", "scroll_text(1)", show=False),
        Binding("up,k", "scroll_text(-1)", show=False),
        Binding("pagedown,space", "scroll_text(10)", show=False),
        Binding("pageup", "scroll_text(-10)", show=False),
    ]

    DEFAULT_CSS = """
    HelpScreen > #keys { height: 1fr; padding: 1 2; }
    HelpScreen.-low > #keys { padding: 0 1; }
    """

    def __init__(self, place: Where, way: tuple[Crumb, ...]) -> None:
        super().__init__()
        self._way = way
        self._place = place
        self._keys = TextBlock(id="keys")

    def compose_body(self) -> Iterable[Widget]:
        """Return the list."""
        return (self._keys,)

    def on_mount(self) -> None:
        """Show the list."""
        self._keys.set_lines(help_lines(self._place, self.console.keymap))

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return "help"

    def trail(self) -> tuple[Crumb, ...]:
        """Return where the help was opened."""
        return (*self._way, Crumb("help"))

    def works(self, action: Action) -> bool:
        """Return whether an action works here: there is no help for the help."""
        return action.id != "app.help"

    def action_scroll_text(self, rows: int) -> None:
        """Scroll."""
        self._keys.scroll_text(rows)


def help_lines(place: Where, keymap: Keymap) -> tuple[Line, ...]:
    """Return the keys by place, this place and those that work everywhere first."""
    first = dict.fromkeys((place, Where.EVERYWHERE))
    others = [each for each in _TITLE_OF_PLACE if each not in first]
    lines: list[Line] = []
    for each in (*first, *others):
        here = " (here)" if each is place and place is not Where.EVERYWHERE else ""
        lines.extend((line(Span(f"{_TITLE_OF_PLACE[each]}{here}", "title")), *_keys_of(each, keymap), line()))
    return tuple(lines[:-1])


def _keys_of(place: Where, keymap: Keymap) -> Iterable[Line]:
    own = [action for action in keymap.actions_in(place) if action.where is place]
    told = [(action.shown_keys or "no key", action.help) for action in own] + list(FURTHER_KEYS.get(place, ()))
    for keys, text in told:
        padding = " " * max(1, _WIDEST_KEYS - cell_len(keys))
        if cell_len(keys) >= _WIDEST_KEYS:
            yield line("  ", Span(keys, "key"))
            yield line(" " * (_WIDEST_KEYS + 2), text, wraps=True)
        else:
            yield line("  ", Span(keys, "key"), padding, text, wraps=True)
