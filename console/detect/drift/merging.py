"""Bins merged until each expects enough rows for an approximate test (Cochran 1954, Biometrics 10, 417-451)."""

import numpy

from console.detect.drift.distances import Counts, Numbers
from console.domain.bins import Bins, ColumnKind

FEWEST_EXPECTED = 5.0
"""Rows that a bin of the smaller side must expect."""


def merging_order(bins: Bins) -> tuple[int, ...]:
    """Return the codes in the order in which neighbours may be merged.

    Numbers merge with the next range, null before the lowest. Categories merge by name, after null, what is new and
    what is rare: an order by how common they are in the reference would gather those that were rare by chance, which
    are commoner in every other sample.
    """
    if bins.kind is ColumnKind.NUMBER:
        return tuple(range(bins.count))
    other, new = bins.count - 2, bins.count - 1
    return (0, new, other, *sorted(range(1, other), key=lambda code: bins.categories[code - 1]))


def merge(one: Counts, other: Counts, *, quantiles: bool = False) -> tuple[Numbers, Numbers]:
    """Return both sides (…, bins) with neighbours merged so that the smaller side expects `FEWEST_EXPECTED` in each.

    What is expected is read from both sides together: given their sum, how a bin's rows fall on the sides is not known,
    so that the test which follows keeps its error rate. Where the bins are `quantiles` of the first side, that holds no
    chance at all, and their sum would follow the noise of the other: there, it is read from the first side alone. The
    rest joins the last full bin; merged bins leave zeros.
    """
    shape = numpy.broadcast_shapes(one.shape, other.shape)
    rows_of_one = one.sum(axis=-1, dtype=numpy.float64)
    rows_of_other = other.sum(axis=-1, dtype=numpy.float64)
    smaller = numpy.maximum(numpy.minimum(rows_of_one, rows_of_other), 1.0)
    needed = numpy.broadcast_to(FEWEST_EXPECTED * (rows_of_one + rows_of_other) / smaller, shape[:-1])
    both = numpy.asarray(one + other, dtype=numpy.float64)
    if quantiles:
        whole = (rows_of_one + rows_of_other) / numpy.maximum(rows_of_one, 1.0)
        both = numpy.broadcast_to(one, shape) * whole[..., None]
    merged_one = numpy.broadcast_to(one, shape).astype(numpy.float64)
    merged_other = numpy.broadcast_to(other, shape).astype(numpy.float64)
    if bool((both >= needed[..., None]).all()):
        return merged_one, merged_other
    for index in range(shape[-1] - 1):
        _pass_on(both, merged_one, merged_other, index, needed)
    _join_the_rest(both, merged_one, merged_other, needed)
    return merged_one, merged_other


def _pass_on(both: Numbers, one: Numbers, other: Numbers, index: int, needed: Numbers) -> None:
    """Move a bin that is not full into the next one."""
    short = both[..., index] < needed
    for counts in (both, one, other):
        moved = numpy.where(short, counts[..., index], 0.0)
        counts[..., index + 1] += moved
        counts[..., index] -= moved


def _join_the_rest(both: Numbers, one: Numbers, other: Numbers, needed: Numbers) -> None:
    """Move the last bin, when it is not full, into the last one that is; without any it stays where it is."""
    full = both >= needed[..., None]
    last = both.shape[-1] - 1
    goes_to = numpy.where(full.any(axis=-1), last - numpy.argmax(full[..., ::-1], axis=-1), last)[..., None]
    for counts in (one, other):
        rest = counts[..., -1:].copy()
        counts[..., -1:] = 0.0
        numpy.put_along_axis(counts, goes_to, numpy.take_along_axis(counts, goes_to, axis=-1) + rest, axis=-1)
