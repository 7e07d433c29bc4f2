"""Bins merged until each expects enough rows for an approximate test (Cochran 1954, Biometrics 10, 417-451)."""

import numpy

from console.detect.drift.distances import Counts, Numbers
from console.domain.bins import Bins, ColumnKind

FEWEST_EXPECTED = 5.0
"""Rows that a bin of the smaller side must expect."""


def merging_order(bins: Bins) -> tuple[int, ...]:
    """Return the codes in the order in which neighbours may be merged.

    Numbers merge with the next range, null before the lowest. Categories merge from the rarest on, with what the
    reference does not hold among the rarest.
    """
    if bins.kind is ColumnKind.NUMBER:
        return tuple(range(bins.count))
    return tuple(sorted(range(bins.count), key=lambda code: (bins.reference[code], code)))


def merge(reference: Counts, current: Counts, rows: Numbers) -> tuple[Numbers, Numbers]:
    """Return both sides (…, bins) with neighbouring bins merged so that each expects `FEWEST_EXPECTED` of `rows`.

    `rows` (…) are those of the current side. What is expected is read from the reference alone: were it read from the
    current rows, too, the merging would follow the very noise that is tested. The remainder joins the last bin that is
    full, and merged bins leave zeros behind.
    """
    bins = reference.shape[-1]
    shape = numpy.broadcast_shapes(reference.shape, current.shape)
    sums = reference.sum(axis=-1, keepdims=True, dtype=numpy.float64)
    # The smaller side decides, and a share is never more certain than the reference's own rows make it.
    needed = FEWEST_EXPECTED * numpy.maximum(1.0, sums[..., 0] / numpy.maximum(rows, 1.0))
    needed = numpy.broadcast_to(needed, shape[:-1])
    merged_reference = numpy.zeros(shape)
    merged_current = numpy.zeros(shape)
    held_reference = numpy.zeros(shape[:-1])
    held_current = numpy.zeros(shape[:-1])
    for index in range(bins):
        held_reference = held_reference + reference[..., index]
        held_current = held_current + current[..., index]
        full = held_reference >= needed
        merged_reference[..., index] = numpy.where(full, held_reference, 0.0)
        merged_current[..., index] = numpy.where(full, held_current, 0.0)
        held_reference = numpy.where(full, 0.0, held_reference)
        held_current = numpy.where(full, 0.0, held_current)
    _join_the_rest(merged_reference, merged_current, held_reference, held_current)
    return merged_reference, merged_current


def _join_the_rest(reference: Numbers, current: Numbers, rest_reference: Numbers, rest_current: Numbers) -> None:
    bins = reference.shape[-1]
    full = reference > 0
    last = bins - 1 - numpy.argmax(full[..., ::-1], axis=-1)
    numpy.put_along_axis(
        reference,
        last[..., None],
        numpy.take_along_axis(reference, last[..., None], -1) + rest_reference[..., None],
        -1,
    )
    numpy.put_along_axis(
        current, last[..., None], numpy.take_along_axis(current, last[..., None], -1) + rest_current[..., None], -1
    )
