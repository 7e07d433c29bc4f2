"""Columns with about as many bins in one array, so that numpy judges them together."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
import numpy
from numpy.typing import NDArray

from console.detect.drift.chance import psi_beyond_chance
from console.detect.drift.direction import any_of, location_and_spread
from console.detect.drift.distances import Counts, Numbers, expected_by_chance, triangular
from console.detect.drift.doubt import doubts_of, without_doubt
from console.detect.drift.merging import merge, merging_order
from console.detect.drift.significance import two_sample_chi_square
from console.domain.bins import Bins, ColumnKind

_LEAST_SIZE = 16


class Stack(msgspec.Struct, frozen=True):
    """Some columns of one kind, padded with empty bins to one size, their codes in the order of merging.

    `reference` has the shape (columns, 1, size); `doubts` (columns, size) says by how many rows each bin may be off.
    """

    kind: ColumnKind
    bins: tuple[Bins, ...]
    orders: tuple[tuple[int, ...], ...]
    reference: Numbers
    doubts: Numbers

    def windows(self, counts: Mapping[str, Counts]) -> Numbers:
        """Return counts (windows, codes) by column as one array (columns, windows, size)."""
        windows = counts[self.bins[0].column].shape[0]
        stacked = numpy.zeros((len(self.bins), windows, self.reference.shape[-1]))
        for index, (bins, order) in enumerate(zip(self.bins, self.orders, strict=True)):
            stacked[index, :, : bins.count] = counts[bins.column][:, order]
        return stacked

    def psi(self, windows: Numbers) -> Numbers:
        """Return the PSI of windows (columns, windows, size) beyond chance and doubt, NaN without rows."""
        if self.kind is ColumnKind.NUMBER:
            return psi_beyond_chance(self.reference, windows)
        return psi_beyond_chance(*without_doubt(self.reference, windows, self.doubts))

    def compared(self, windows: Numbers) -> "Comparison":
        """Return windows (columns, windows, size) against the reference, its doubts in favour of no change."""
        if self.kind is ColumnKind.NUMBER:
            return compared(self.reference, windows, self.kind, quantiles=True)
        return compared(*without_doubt(self.reference, windows, self.doubts), self.kind)


class Comparison(msgspec.Struct, frozen=True):
    """Columns × windows against what they are measured by; every array has the shape (columns, windows).

    `effect` is the change beyond chance in the unit of the PSI, over merged bins: it may be negative, and its mean is 0
    when nothing changed. `p_value` is that of the chi-square test, of numbers together with the tests of location and
    spread. `psi` is the PSI beyond chance, 0 or more, NaN without rows on both sides.
    """

    rows: Numbers
    base_rows: Numbers
    statistic: Numbers
    p_value: Numbers
    effect: Numbers
    psi: Numbers


def stacks_of(columns: Iterable[Bins]) -> Iterator[Stack]:
    """Yield columns by kind and size of their array: the next power of two, so that padding costs half at most."""
    alike: dict[tuple[ColumnKind, int], list[Bins]] = {}
    for bins in columns:
        alike.setdefault((bins.kind, max(_LEAST_SIZE, 1 << (bins.count - 1).bit_length())), []).append(bins)
    for (kind, size), together in alike.items():
        orders = tuple(merging_order(bins) for bins in together)
        reference: NDArray[numpy.float64] = numpy.zeros((len(together), 1, size))
        for index, (bins, order) in enumerate(zip(together, orders, strict=True)):
            reference[index, 0, : bins.count] = numpy.asarray(bins.reference)[list(order)]
        doubts = numpy.stack([doubts_of(bins, order, size) for bins, order in zip(together, orders, strict=True)])
        yield Stack(kind, tuple(together), orders, reference, doubts)


def compared(base: Numbers, windows: Numbers, kind: ColumnKind, *, quantiles: bool = False) -> Comparison:
    """Return windows (columns, windows, size) against `base`, an array that broadcasts to that shape.

    `quantiles` says that the bins were made of `base` to hold as many rows each.
    """
    rows = windows.sum(axis=-1)
    base_rows = numpy.broadcast_to(base.sum(axis=-1), rows.shape)
    merged_base, merged_windows = merge(base, windows, quantiles=quantiles)
    test = two_sample_chi_square(merged_base, merged_windows)
    p_value = test.p_value
    if kind is ColumnKind.NUMBER:
        p_value = any_of(p_value, *location_and_spread(base[..., 1:], windows[..., 1:]))
    chance = expected_by_chance(merged_base, merged_windows)
    return Comparison(
        rows=rows,
        base_rows=base_rows,
        statistic=test.statistic,
        p_value=p_value,
        effect=triangular(merged_base, merged_windows) - chance,
        psi=psi_beyond_chance(base, windows),
    )
