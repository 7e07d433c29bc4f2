"""How widgets that paint their own cells come by their styles: from the theme's colours, by keys of what they paint.

Textual's component classes would do the same, and match the whole stylesheet anew for every one of them whenever a
class of a widget above changes.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

import msgspec
from rich.style import Style
from textual.color import TRANSPARENT, Color
from textual.widget import Widget


class Ink(msgspec.Struct, frozen=True):
    """A style: `colour`, `background` are variables of the theme (`text-error`) or `#rrggbb`, empty for the widget's.

    `text_style` is what Rich calls so: `bold reverse`.
    """

    colour: str = ""
    text_style: str = ""
    background: str = ""


class Inked(Widget):
    """A widget whose cells have the styles of `INKS`."""

    INKS: ClassVar[Mapping[str, Ink]]

    _inked_in_theme: str | None = None
    _own_style: Style | None = None
    _behind: Color = TRANSPARENT

    def inked(self, key: str, ground: str = "") -> Style:
        """Return the style of a key on the widget's background as it is now, or on another variable of the theme.

        Raises:
            KeyError: the widget has no such ink.
        """
        ink = self.INKS[key]
        self._inked_in_theme = self.app.theme
        if self._own_style is None:
            self._own_style = self.rich_style  # which is put together from the styles of all widgets above
            _, self._behind = self.background_colors
        colours = self.app.theme_variables
        grounds = tuple(colours.get(each, each) for each in (ground, ink.background) if each)
        return _mixed(self._own_style, self._behind, grounds, colours.get(ink.colour, ink.colour), ink.text_style)

    def notify_style_update(self) -> None:
        """Paint anew in the colours of another theme."""
        super().notify_style_update()
        self._own_style = None
        if self._inked_in_theme is not None and self._inked_in_theme != self.app.theme:
            self._inked_in_theme = None
            self.refresh()


@lru_cache(maxsize=1024)
def _mixed(own: Style, behind: Color, grounds: tuple[str, ...], colour: str, text_style: str) -> Style:
    """Return a style with a colour (empty for none) on what lies behind it, grounds from below to above."""
    for each in grounds:
        behind += Color.parse(each)
    colours = Style.from_color(
        (behind + Color.parse(colour)).rich_color if colour else None, behind.rich_color if behind.a else None
    )
    return own + Style.parse(text_style) + colours
