"""The slices that carry a change, the most explaining first, and in words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from console.detect.drift.significance import discoveries
from console.detect.slices.decomposition import Decomposed, SliceSums, decomposed
from console.domain.drift import SliceShare
from console.domain.label import harmless
from console.domain.quantity import format_quantity, format_ratio

if TYPE_CHECKING:
    from console.detect.slices.decomposition import Numbers

FALSE_DISCOVERIES = 0.01
"""The rate of false discoveries among all slices of all columns."""
FEWEST_ROWS = 50
"""Rows of both windows together below which nothing is said of a slice."""
LEAST_EXPLAINED = 0.05
"""The part of the whole change below which a slice is not worth a line."""
MOST_SLICES = 20


class Shown(msgspec.Struct, frozen=True):
    """How the mean of a slice is written: its `title` and its `unit`."""

    title: str
    unit: str


def ranked_slices(columns: Iterable[SliceSums], shown: Shown | None = None) -> tuple[SliceShare, ...]:
    """Return the slices that changed more than by chance and carry some of the change, most first.

    Chance is judged over all slices of all columns at once, both their means and their shares; a column with one value
    slices nothing. The words hold the means where it is said how they are shown.
    """
    import numpy as np

    sliced = ((sums, decomposed(sums)) for sums in columns if len(sums.values) > 1)
    found = [(sums, parts) for sums, parts in sliced if parts is not None and parts.change != 0]
    if not found:
        return ()
    p_values = np.concatenate([np.concatenate((_tested(s, p.p_within), _tested(s, p.p_mix))) for s, p in found])
    changed = iter(np.split(discoveries(p_values, FALSE_DISCOVERIES), np.cumsum([2 * len(s.values) for s, _ in found])))
    told = []
    for sums, parts in found:
        of_mean, of_share = np.split(next(changed), 2)
        for place in np.flatnonzero(of_mean | of_share):
            explained = float(parts.within[place] + parts.mix[place]) / parts.change
            if explained >= LEAST_EXPLAINED:
                told.append(_slice(sums, parts, int(place), shown))
    return tuple(sorted(told, key=lambda one: (-one.explained, one.column, one.value))[:MOST_SLICES])


def _tested(sums: SliceSums, p_values: "Numbers") -> "Numbers":
    import numpy as np

    return np.where(sums.rows.sum(axis=0) >= FEWEST_ROWS, p_values, np.nan)


def _slice(sums: SliceSums, parts: Decomposed, place: int, shown: Shown | None) -> SliceShare:
    within, mix = float(parts.within[place]), float(parts.mix[place])
    share = SliceShare(
        column=sums.column,
        value=sums.values[place],
        reference_share=float(parts.shares[0, place]),
        current_share=float(parts.shares[1, place]),
        explained=(within + mix) / parts.change,
        mix=mix / parts.change,
    )
    means = ""
    if shown is not None:
        before, now = (format_quantity(float(mean), shown.unit) for mean in parts.means[:, place])
        means = f", {shown.title} {before} → {now}"
    return msgspec.structs.replace(share, detail=in_words(share, means))


def in_words(share: SliceShare, means: str = "") -> str:
    """Return a slice in words: `region=DE: 12 % → 31 % of rows; carries 74 % of the change, all of it within`."""
    rows = f"{format_ratio(share.reference_share)} → {format_ratio(share.current_share)} of rows"
    part = share.mix / share.explained if share.explained else 0.0
    if part <= 0.1:
        how = "all of it within"
    elif part >= 0.9:
        how = "all of it because its share changed"
    else:
        how = f"{format_ratio(part)} of it because its share changed"
    name = f"{harmless(share.column)}={harmless(share.value)}"
    return f"{name}: {rows}{means}; carries {format_ratio(share.explained)} of the change, {how}"
