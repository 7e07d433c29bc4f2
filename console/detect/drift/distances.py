"""Distances between two distributions that are given as counts per bin. This file alone fixes their conventions.

Counts are arrays of shape (…, bins), zero or more; leading axes broadcast, and a result has the leading axes. Both
sides are normalised to shares, so that a distance does not change when all counts of a side are multiplied. A side
without a single row has no distribution: the distance is NaN.

Natural logarithms throughout, except the Jensen-Shannon distance, whose base is 2 so that it ends at 1.
"""

from typing import TypeAlias

import numpy
from numpy.typing import NDArray

Counts: TypeAlias = NDArray[numpy.int64] | NDArray[numpy.float64]
Numbers: TypeAlias = NDArray[numpy.float64]
Flags: TypeAlias = NDArray[numpy.bool_]

LEAST_SHARE = 1e-4
"""The share that a smaller one (an empty bin above all) counts as in the PSI, on both sides alike."""


def shares(counts: Counts) -> Numbers:
    """Return each bin's part of the rows (ratios that sum to 1), NaN where there are no rows."""
    totals = counts.sum(axis=-1, keepdims=True, dtype=numpy.float64)
    return counts / numpy.where(totals > 0, totals, numpy.nan)


def psi_terms(reference: Counts, current: Counts) -> Numbers:
    """Return what each bin adds to the PSI: (q - p) ln(q / p), of shares that are at least `LEAST_SHARE`."""
    p = numpy.maximum(shares(reference), LEAST_SHARE)
    q = numpy.maximum(shares(current), LEAST_SHARE)
    terms: Numbers = (q - p) * numpy.log(q / p)
    return terms


def population_stability_index(reference: Counts, current: Counts) -> Numbers:
    """Return the PSI, 0 or more, which is Jeffreys' divergence J (Jeffreys 1946, Proc. R. Soc. A 186, 453-461).

    Symmetric. Shares below `LEAST_SHARE` count as that; what is then above 1 in sum stays so. Where two columns are
    independent, the PSI of both together is the sum of theirs.
    """
    total: Numbers = psi_terms(reference, current).sum(axis=-1)
    return total


def jensen_shannon(reference: Counts, current: Counts) -> Numbers:
    """Return the Jensen-Shannon distance with logarithms to base 2: between 0 and 1, a metric.

    The square root of the divergence (Endres and Schindelin 2003, IEEE Trans. Inf. Theory 49, 1858-1860).
    """
    p, q = shares(reference), shares(current)
    middle = (p + q) / 2
    divergence = (_relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2
    distance: Numbers = numpy.sqrt(numpy.clip(divergence / numpy.log(2), 0.0, 1.0))
    return distance


def _relative_entropy(p: Numbers, q: Numbers) -> Numbers:
    ratio = numpy.divide(p, q, out=numpy.ones(numpy.broadcast_shapes(p.shape, q.shape)), where=p > 0)
    total: Numbers = (p * numpy.log(ratio)).sum(axis=-1)
    return total


def hellinger(reference: Counts, current: Counts) -> Numbers:
    """Return the Hellinger distance, between 0 and 1: the root of half the sum of (√p - √q)²."""
    roots = numpy.sqrt(shares(reference)) - numpy.sqrt(shares(current))
    distance: Numbers = numpy.sqrt(numpy.clip((roots * roots).sum(axis=-1) / 2, 0.0, 1.0))
    return distance


def total_variation(reference: Counts, current: Counts) -> Numbers:
    """Return the total variation, between 0 and 1: half the sum of |p - q|, the share of rows that moved."""
    distance: Numbers = numpy.abs(shares(reference) - shares(current)).sum(axis=-1) / 2
    return distance


def largest_difference(reference: Counts, current: Counts) -> Numbers:
    """Return the largest |p - q| of any bin (L∞), between 0 and 1."""
    distance: Numbers = numpy.abs(shares(reference) - shares(current)).max(axis=-1)
    return distance


def triangular(reference: Counts, current: Counts) -> Numbers:
    """Return twice the triangular discrimination, 2 Σ (p - q)² / (p + q): between 0 and 4.

    For small changes it is the PSI (both are Σ (p - q)² / p there), but it needs no rule for empty bins and ends
    (Topsøe 2000, IEEE Trans. Inf. Theory 46, 1602-1609).
    """
    p, q = shares(reference), shares(current)
    both = p + q
    difference = p - q
    terms = numpy.divide(difference * difference, both, out=numpy.zeros_like(both), where=both != 0)
    total: Numbers = 2 * terms.sum(axis=-1)
    return total


def expected_by_chance(reference: Counts, current: Counts) -> Numbers:
    """Return what `triangular` is when nothing changed, of well-filled bins: (bins - 1)(1/n + 1/m) for n and m rows.

    Bins that are empty on both sides do not count.
    """
    n = reference.sum(axis=-1, dtype=numpy.float64)
    m = current.sum(axis=-1, dtype=numpy.float64)
    bins = ((reference > 0) | (current > 0)).sum(axis=-1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        chance: Numbers = numpy.where((n > 0) & (m > 0), (bins - 1) * (1 / n + 1 / m), numpy.nan)
    return chance
