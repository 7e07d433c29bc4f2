"""The themes by name, each as exact colours and for terminals that have sixteen.

Text has a contrast of at least 4.5 to 1 (WCAG AA), also where a terminal has 256 colours, as over SSH: greys are so
unsaturated that Rich finds greys for them. The statuses of the colour-blind safe themes stay apart for protanopes,
deuteranopes and tritanopes, measured with the simulation of Machado, Oliveira and Fernandes (2009); blue, yellow and
vermilion are the hues of Okabe and Ito (2008).
"""

import msgspec
from textual.theme import Theme

from console.settings.screen import ThemeName


class Palette(msgspec.Struct, frozen=True):
    """Colours of one theme by what they mean, as `#rrggbb`.

    `quiet` is for rules and for what cannot be done now, `bar` lies under header and footer, `cursor` under the row of
    the cursor; `title` is also the first line of a chart, `ok` its second, `third_line` its third.
    """

    is_dark: bool
    text: str
    muted: str
    quiet: str
    background: str
    bar: str
    cursor: str
    ok: str
    warning: str
    critical: str
    unknown: str
    accent: str
    title: str
    third_line: str


_DARK = Palette(
    is_dark=True,
    text="#e4e6eb",
    muted="#9aa4b2",
    quiet="#5b6675",
    background="#121317",
    bar="#1b1e22",
    cursor="#2a2d32",
    ok="#7ec699",
    warning="#ffb454",
    critical="#ff7b7b",
    unknown="#6fb1ff",
    accent="#f0c674",
    title="#6fb1ff",
    third_line="#b392f0",
)
_LIGHT = Palette(
    is_dark=False,
    text="#16191d",
    muted="#505963",
    quiet="#8a929c",
    background="#fbfbfa",
    bar="#eceef0",
    cursor="#e3e6ea",
    ok="#17632f",
    warning="#6f5000",
    critical="#b3122b",
    unknown="#0050b8",
    accent="#005f5f",
    title="#0050b8",
    third_line="#5a2ca0",
)
PALETTES: dict[ThemeName, Palette] = {
    "dark": _DARK,
    "light": _LIGHT,
    "dark-colour-blind": msgspec.structs.replace(
        _DARK, ok="#66bbff", warning="#f0e442", critical="#ff7b54", unknown="#b8bdc6", accent="#e4e6eb", title="#e4e6eb"
    ),
    "light-colour-blind": msgspec.structs.replace(
        _LIGHT,
        ok="#0b57c4",
        warning="#705c00",
        critical="#640014",
        unknown="#4a4d52",
        accent="#16191d",
        title="#16191d",
    ),
}

_BLACK, _RED, _BROWN, _BLUE, _MAGENTA = "#000000", "#aa0000", "#aa5500", "#0000aa", "#aa00aa"
_GREY, _DARK_GREY, _BRIGHT_RED, _BRIGHT_GREEN, _BRIGHT_YELLOW = "#aaaaaa", "#555555", "#ff5555", "#55ff55", "#ffff55"
_BRIGHT_MAGENTA, _BRIGHT_CYAN, _WHITE = "#ff55ff", "#55ffff", "#ffffff"

_DARK_OF_SIXTEEN = Palette(
    is_dark=True,
    text=_WHITE,
    muted=_GREY,
    quiet=_DARK_GREY,
    background=_BLACK,
    bar=_BLACK,
    cursor=_BLACK,
    ok=_BRIGHT_GREEN,
    warning=_BRIGHT_YELLOW,
    critical=_BRIGHT_RED,
    unknown=_BRIGHT_CYAN,
    accent=_BRIGHT_CYAN,
    title=_BRIGHT_CYAN,
    third_line=_BRIGHT_MAGENTA,
)
_LIGHT_OF_SIXTEEN = Palette(
    is_dark=False,
    text=_BLACK,
    muted=_DARK_GREY,
    quiet=_GREY,
    background=_WHITE,
    bar=_WHITE,
    cursor=_WHITE,
    ok=_BLUE,
    warning=_BROWN,
    critical=_RED,
    unknown=_MAGENTA,
    accent=_BLUE,
    title=_BLUE,
    third_line=_MAGENTA,
)
PALETTES_OF_SIXTEEN: dict[ThemeName, Palette] = {
    "dark": _DARK_OF_SIXTEEN,
    "light": _LIGHT_OF_SIXTEEN,
    "dark-colour-blind": msgspec.structs.replace(
        _DARK_OF_SIXTEEN, ok=_BRIGHT_CYAN, critical=_BRIGHT_MAGENTA, unknown=_GREY, accent=_WHITE, title=_WHITE
    ),
    "light-colour-blind": msgspec.structs.replace(
        _LIGHT_OF_SIXTEEN, critical=_MAGENTA, unknown=_DARK_GREY, accent=_BLACK, title=_BLACK
    ),
}
"""The sixteen colours by the values that Rich knows them under: it finds each by its value and sends its number.

None has a colour under the cursor's row: no status would keep its contrast on it, and the gutter marks the cursor too.
"""

_GREYS = Palette(
    is_dark=True,
    text="#e8e8e8",
    muted="#b0b0b0",
    quiet="#808080",
    background="#000000",
    bar="#181818",
    cursor="#404040",
    ok="#e8e8e8",
    warning="#ffffff",
    critical="#ffffff",
    unknown="#ffffff",
    accent="#ffffff",
    title="#ffffff",
    third_line="#ffffff",
)

THEME_NAMES: tuple[ThemeName, ...] = tuple(PALETTES)
"""What `theme:` takes, in the order in which the key goes through them."""

GREYS = "greys"
"""The theme under NO_COLOR: Textual turns every colour into a grey, which would leave some of others unreadable."""


def themes(*, few_colours: bool) -> tuple[Theme, ...]:
    """Return every theme under its own name, in the colours that the terminal has."""
    palettes = PALETTES_OF_SIXTEEN if few_colours else PALETTES
    return (*(theme_of(name, palette) for name, palette in palettes.items()), theme_of(GREYS, _GREYS))


def theme_of(name: str, palette: Palette) -> Theme:
    """Return Textual's theme of a palette; nothing is left to be mixed, which could fall under the contrast."""
    return Theme(
        name=name,
        primary=palette.title,
        secondary=palette.third_line,
        accent=palette.accent,
        warning=palette.warning,
        error=palette.critical,
        success=palette.ok,
        foreground=palette.text,
        background=palette.background,
        surface=palette.bar,
        panel=palette.bar,
        dark=palette.is_dark,
        variables={
            "foreground-muted": palette.muted,
            "foreground-disabled": palette.quiet,
            "surface-lighten-1": palette.cursor,
            "block-cursor-background": palette.cursor,
            "block-cursor-foreground": palette.text,
            "block-cursor-blurred-background": palette.cursor,
            "block-cursor-blurred-foreground": palette.text,
            "text": palette.text,
            "text-muted": palette.muted,
            "text-disabled": palette.quiet,
            "text-primary": palette.title,
            "text-secondary": palette.unknown,
            "text-accent": palette.accent,
            "text-warning": palette.warning,
            "text-error": palette.critical,
            "text-success": palette.ok,
        },
    )
