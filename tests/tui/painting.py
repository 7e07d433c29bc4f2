"""Reading the screen, and counting how often it was laid out."""

from textual.app import App
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget


class CountingApp(App[None]):
    """An app that shows one widget on the whole screen and counts layout passes."""

    layouts = 0

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def get_default_screen(self) -> Screen[None]:
        return _CountingScreen()

    async def on_mount(self) -> None:
        await self.screen.mount(self.widget)
        self.widget.focus()


class _CountingScreen(Screen[None]):
    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        assert isinstance(self.app, CountingApp)
        self.app.layouts += 1
        super()._refresh_layout(size, scroll)


def screen_lines(app: App[None]) -> list[str]:
    """Return what the screen shows as plain text."""
    return [strip.text for strip in app.screen._compositor.render_strips()]
