"""How the screen looks on one terminal: from the settings, and from what the environment says of the terminal."""

from collections.abc import Mapping

import msgspec

from console.settings.places import acting_places
from console.settings.screen import ContextColour, ThemeName
from console.settings.settings import Settings
from console.tui.glyphs import Drawable, drawable

_MANY_COLOURS = ("-256color", "-kitty")
_ALL_COLOURS = ("truecolor", "24bit")


class Look(msgspec.Struct, frozen=True):
    """How the screen is drawn; `is_plain` is in sentences, `context_colours` are those that were chosen, by context."""

    theme: ThemeName = "dark"
    has_few_colours: bool = False
    can_draw: Drawable = "everything"
    is_plain: bool = False
    context_colours: dict[str, ContextColour] = {}


DEFAULT_LOOK = Look()


def look_of(settings: Settings, environment: Mapping[str, str], encoding: str) -> Look:
    """Return the look that the settings ask for, as far as a terminal of an encoding can show it."""
    return Look(
        theme=settings.theme,
        has_few_colours=has_few_colours(environment),
        can_draw=drawable(settings.glyphs, environment, encoding),
        is_plain=settings.plain,
        context_colours={place.name: place.colour for place in acting_places(settings) if place.colour},
    )


def has_few_colours(environment: Mapping[str, str]) -> bool:
    """Return whether Rich will send sixteen colours only: it reads the same two variables."""
    if environment.get("COLORTERM", "").strip().lower() in _ALL_COLOURS:
        return False
    return not f"-{environment.get('TERM', '').strip().lower()}".endswith(_MANY_COLOURS)
