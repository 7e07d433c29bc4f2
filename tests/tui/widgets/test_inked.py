"""Colours come from the theme that is shown now, on the background that the widget has now."""

from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color

from console.tui.panels.lines import Span, line
from console.tui.panels.text_block import TextBlock
from console.tui.themes import PALETTES, themes


class Host(App[None]):
    CSS = "TextBlock { height: 1; } TextBlock.lit { background: #102030; }"

    def __init__(self) -> None:
        super().__init__()
        for theme in themes(few_colours=False):
            self.register_theme(theme)
        self.theme = "dark"
        self.block = TextBlock()

    def compose(self) -> ComposeResult:
        yield self.block

    def painted(self) -> Style:
        """Return the style of what is painted first in the first row."""
        segment = next(iter(self.screen._compositor.render_strips()[0]))
        assert segment.style is not None
        return segment.style


def colours(style: Style) -> tuple[str, str]:
    assert style.color is not None
    assert style.bgcolor is not None
    return Color.from_rich_color(style.color).hex.lower(), Color.from_rich_color(style.bgcolor).hex.lower()


async def test_text_is_painted_anew_in_the_colours_of_another_theme_and_on_another_background() -> None:
    app = Host()
    async with app.run_test(size=(20, 4)) as pilot:
        app.block.set_lines((line(Span("broken", "critical")),))
        await pilot.pause()
        assert colours(app.painted()) == (PALETTES["dark"].critical, PALETTES["dark"].background)
        assert app.painted().bold
        app.theme = "light"
        await pilot.pause()
        assert colours(app.painted()) == (PALETTES["light"].critical, PALETTES["light"].background)
        app.block.add_class("lit")
        await pilot.pause()
        assert colours(app.painted()) == (PALETTES["light"].critical, "#102030")


async def test_an_ink_may_have_a_background_of_its_own() -> None:
    app = Host()
    async with app.run_test(size=(20, 4)) as pilot:
        app.block.set_lines((line(Span("prod", "red")),))
        await pilot.pause()
        assert colours(app.painted()) == ("#ffffff", "#aa0000")
