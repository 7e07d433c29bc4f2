"""The mark of a cluster context: a colour with its word, so that nobody acts in production by mistake."""

import re
from collections.abc import Mapping

from console.domain.label import harmless
from console.settings.screen import ContextColour
from console.tui.panels.lines import Span

_PRODUCTION = frozenset({"prod", "production", "prd", "live"})
_BEFORE_PRODUCTION = frozenset({"non", "not", "pre", "no"})


def colour_of(context: str, chosen: Mapping[str, ContextColour]) -> ContextColour | None:
    """Return the colour that was chosen for a context; without one it is red when its name says production."""
    if context in chosen:
        return chosen[context]
    words = re.split(r"[^a-z]+", context.casefold())
    says_so = any(
        word in _PRODUCTION and before not in _BEFORE_PRODUCTION
        for before, word in zip(("", *words), words, strict=False)
    )
    return "red" if says_so else None


def context_badge(context: str, colour: ContextColour | None) -> Span:
    """Return a context as it stands in the header and on every plan: the word of its colour first, never cut off."""
    name = harmless(context)
    return Span(name, "strong") if colour is None else Span(f" {colour}: {name} ", colour)
