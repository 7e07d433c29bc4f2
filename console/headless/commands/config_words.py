"""Words that lines of `config check` share."""

from collections.abc import Iterable

from console.domain.label import harmless

MOST_NAMES = 8
"""Names of models, targets or columns that one line holds; the rest is counted."""


def some(names: Iterable[str]) -> str:
    """Return names in one line; of many the first, and how many more there are."""
    names = list(names)
    shown = ", ".join(map(harmless, names[:MOST_NAMES]))
    return f"{shown} and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else shown
