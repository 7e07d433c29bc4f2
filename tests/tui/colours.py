"""How colours are seen: contrast, what is left of them on poorer terminals, and how colour-blind eyes see them."""

import math

from rich.color import Color, ColorSystem
from rich.terminal_theme import TerminalTheme

_SIXTEEN = TerminalTheme(
    (0, 0, 0),
    (255, 255, 255),
    [(0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170)],
    [
        *((85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85)),
        *((85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255)),
    ],
)
"""The colours of a VGA text screen, which the Linux console still has."""

Rgb = tuple[float, float, float]
"""Linear shares of red, green and blue."""

_SEEN_BY: dict[str, tuple[Rgb, Rgb, Rgb]] = {
    "protanopes": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopes": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopes": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Machado, Oliveira, Fernandes (2009): A Physiologically-based Model for Simulation of Color Vision Deficiency."""

_TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
_WHITE = (0.95047, 1.0, 1.08883)


def contrast(one: Color, other: Color, system: ColorSystem = ColorSystem.TRUECOLOR) -> float:
    """Return the contrast ratio (WCAG 2.2) of two colours as a terminal shows them that has so many."""
    dark, light = sorted(_luminance(each, system) for each in (one, other))
    return (light + 0.05) / (dark + 0.05)


def distance(one: Color, other: Color, eyes: str) -> float:
    """Return how far apart two colours are (CIE 1976) for eyes that lack a kind of cone."""
    seen = [_lab(_times(_SEEN_BY[eyes], _linear(each, ColorSystem.TRUECOLOR))) for each in (one, other)]
    return math.dist(*seen)


def _luminance(colour: Color, system: ColorSystem) -> float:
    red, green, blue = _linear(colour, system)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: Color, system: ColorSystem) -> Rgb:
    shares = (channel / 255 for channel in colour.downgrade(system).get_truecolor(_SIXTEEN))
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares)
    return red, green, blue


def _times(matrix: tuple[Rgb, Rgb, Rgb], vector: Rgb) -> Rgb:
    red, green, blue = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return red, green, blue


def _lab(colour: Rgb) -> Rgb:
    inside = tuple(min(1.0, max(0.0, share)) for share in colour)
    x, y, z = (
        _cube_root(value / white)
        for value, white in zip(_times(_TO_XYZ, (inside[0], inside[1], inside[2])), _WHITE, strict=True)
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cube_root(share: float) -> float:
    return math.cbrt(share) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116
