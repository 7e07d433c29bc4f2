"""The names that settings and flags of the screen take."""

from typing import Literal

ThemeName = Literal["dark", "light", "dark-colour-blind", "light-colour-blind"]

GlyphSet = Literal["auto", "unicode", "ascii"]
"""Which characters the screen draws with; `auto` asks the terminal's name and the locale's encoding."""

ContextColour = Literal["red", "amber", "green", "blue", "violet", "grey"]
"""What a cluster context is marked with."""
