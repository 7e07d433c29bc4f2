"""The command palette: the actions of the registry by name, except those that only their own key may do."""

from collections.abc import Awaitable, Callable

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.tui.actions.action import Action
from console.tui.screens.base import ConsoleScreen

_NOT_LISTED = frozenset({"app.palette"})


class RegistryCommands(Provider):
    """Finds the actions that work now on the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """Yield all of them while nothing is typed."""
        for action in self._working():
            yield DiscoveryHit(_title(action), self._runner(action), help=action.help)

    async def search(self, query: str) -> Hits:
        """Yield those that match what is typed."""
        matcher = self.matcher(query)
        for action in self._working():
            title = _title(action)
            score = max(matcher.match(title), matcher.match(action.help) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(title), self._runner(action), help=action.help)

    def _working(self) -> list[Action]:
        screen = self.screen
        if not isinstance(screen, ConsoleScreen):
            return []
        return [
            action
            for action in screen.actions()
            if not action.mutates and not action.has_numbers and action.id not in _NOT_LISTED and screen.works(action)
        ]

    def _runner(self, action: Action) -> Callable[[], Awaitable[None]]:
        screen = self.screen

        async def run() -> None:
            await screen.run_action(action.method)

        return run


def _title(action: Action) -> str:
    return f"{action.label} ({action.shown_keys.split(' ')[0]})" if action.keys else action.label
