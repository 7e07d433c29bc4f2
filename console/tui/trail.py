"""The way to a screen, as crumbs that lead back: `fleet › fraud › scale-out`."""

from collections.abc import Sequence

import msgspec

from console.domain.label import harmless
from console.tui.panels.lines import Span, cells_of
from console.tui.wording import GLYPH_OF_MINE

_BETWEEN = Span(" › ", "muted")


class Crumb(msgspec.Struct, frozen=True):
    """One level; `model_id` is the model that it leads to, and None with `is_fleet` False leads nowhere."""

    text: str
    model_id: str | None = None
    is_fleet: bool = False


FLEET_CRUMB = Crumb("fleet", is_fleet=True)


def model_crumb(model_id: str, *, is_mine: bool = False) -> Crumb:
    """Return the level of a model."""
    return Crumb((GLYPH_OF_MINE if is_mine else "") + harmless(model_id), model_id)


def trail_spans(trail: Sequence[Crumb]) -> tuple[Span, ...]:
    """Return the crumbs as they are shown, the last one strong: it is where we are."""
    spans: list[Span] = []
    for crumb in trail:
        spans.extend((Span(crumb.text, "muted"), _BETWEEN))
    return (*spans[:-2], Span(trail[-1].text, "strong")) if trail else ()


def crumb_at(trail: Sequence[Crumb], x: int) -> Crumb | None:
    """Return the crumb that is shown at a cell of the line."""
    left = 0
    for crumb in trail:
        width = cells_of((Span(crumb.text),))
        if left <= x < left + width:
            return crumb
        left += width + cells_of((_BETWEEN,))
    return None
