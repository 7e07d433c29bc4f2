"""How widgets that paint their own cells come by their styles: from the theme's colours, by keys of what they paint.

Textual's component classes would do the same, and match the whole stylesheet anew for every one of them whenever a
class of a widget above changes.
"""

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from rich.style import Style
from textual.color import Color
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

    def inked(self, key: str, ground: str = "") -> Style:
        """Return the style of a key on the widget's background as it is now, or on another variable of the theme.

        Raises:
            KeyError: the widget has no such ink.
        """
        ink = self.INKS[key]
        self._inked_in_theme = self.app.theme
        _, behind = self.background_colors
        if ground:
            behind += self._colour(ground)
        if ink.background:
            behind += self._colour(ink.background)
        colours = Style.from_color(
            (behind + self._colour(ink.colour)).rich_color if ink.colour else None,
            behind.rich_color if behind.a else None,
        )
        if self._own_style is None:
            self._own_style = self.rich_style  # which is put together from the styles of all widgets above
        return self._own_style + Style.parse(ink.text_style) + colours

    def notify_style_update(self) -> None:
        """Paint anew in the colours of another theme."""
        super().notify_style_update()
        self._own_style = None
        if self._inked_in_theme is not None and self._inked_in_theme != self.app.theme:
            self._inked_in_theme = None
            self.refresh()

    def _colour(self, written: str) -> Color:
        return Color.parse(self.app.theme_variables.get(written, written))
