"""What a reference of categories cannot know: which are rare, and how many it has not seen at all.

The categories with a bin of their own were chosen because they were common in the reference, also those that were so by
chance; in every other sample they are rarer and the rare ones commoner. A test that took the counts at their word would
find drift for ever, the more surely the more rows the windows hold.
"""

import math

import numpy

from console.detect.drift.distances import Numbers
from console.domain.bins import Bins, ColumnKind

_NEW, _OTHER = 1, 2
"""Where new and rare categories stand in the order of merging (`console.detect.drift.merging`)."""
_SURELY_COMMON = 20
"""Rows of the reference from which a category's count is not much of an accident."""


def doubts_of(bins: Bins, order: tuple[int, ...], size: int) -> Numbers:
    """Return by how many rows each bin (of `size`, in the order of merging) may be off in the reference.

    A rare category may be as common as its noise at the border to those with a bin of their own, and a category that
    only just got its bin may be off by its own noise. Where every category has a bin, there is as much that was not
    seen as was seen once (Good 1953, Biometrika 40, 237-264). Numbers are in no doubt: their ranges leave nothing out.
    """
    doubts = numpy.zeros(size)
    if bins.kind is ColumnKind.NUMBER:
        return doubts
    named = bins.reference[1:-2]
    rare = bins.reference[-2]
    doubts[_OTHER] = sum(count == 1 for count in named)
    if rare:
        border = max(min(named, default=1), 1)
        # No more rare categories than this can hold half as many rows as the border or more.
        near = min(len(bins.rare) or rare, 2 * rare / border)
        doubts[_OTHER] += near * math.sqrt(border)
        in_order = numpy.asarray(bins.reference, dtype=numpy.float64)[list(order)]
        accidental = (in_order > 0) & (in_order < _SURELY_COMMON) & (numpy.arange(len(order)) > _OTHER)
        doubts[: len(order)][accidental] = numpy.sqrt(in_order[accidental])
    return doubts


def without_doubt(base: Numbers, windows: Numbers, doubts: Numbers) -> tuple[Numbers, Numbers]:
    """Return `base` and `windows` with every doubt taken in favour of no change, new categories counted as rare.

    Arrays are (columns, windows, bins) of categories in the order of merging, `doubts` (columns, bins). What a doubtful
    bin gains is taken from those in no doubt, from each in proportion, so that the number of rows stays.
    """
    current = windows.copy()
    current[..., _OTHER] += current[..., _NEW]
    current[..., _NEW] = 0.0
    rows = base.sum(axis=-1, keepdims=True)
    as_now = current * rows / numpy.maximum(current.sum(axis=-1, keepdims=True), 1.0)
    by_bin = doubts[:, None, :]
    fewest = numpy.maximum(base - numpy.where(numpy.arange(base.shape[-1]) == _OTHER, 0.0, by_bin), 0.0)
    reference = numpy.clip(as_now, fewest, base + by_bin)
    certain = by_bin == 0
    given = numpy.where(certain, reference, 0.0).sum(axis=-1, keepdims=True)
    left = rows - (reference.sum(axis=-1, keepdims=True) - given)
    # Where doubt outweighs what is certain, all bins share what there is.
    scale = numpy.where(left > 0, left / numpy.maximum(given, 1.0), 0.0)
    reference = numpy.where(certain, reference * scale, reference)
    return reference * (rows / numpy.maximum(reference.sum(axis=-1, keepdims=True), 1.0)), current
