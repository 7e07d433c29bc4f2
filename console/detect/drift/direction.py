"""Tests that know which way numbers moved: a small shift that a test of all bins spreads over nine is plain to them."""

import numpy

from console.detect.drift.distances import Counts, Numbers, shares


def location_and_spread(one: Counts, other: Counts) -> tuple[Numbers, Numbers]:
    """Return p-values that two samples of counts (…, ordered bins) have one location, and that they have one spread.

    The rank-sum tests of Wilcoxon (1945) and Mood (1954) with the mean rank of each bin, both sides together: the
    difference of the mean scores, over its exact standard deviation given both margins, is nearly normal. NaN where
    fewer than two bins hold rows.
    """
    together = shares(numpy.asarray(one + other, dtype=numpy.float64))
    ranks = numpy.cumsum(together, axis=-1) - together / 2 - 0.5
    difference = shares(one) - shares(other)
    rows_of_one, rows_of_other = (side.sum(axis=-1, dtype=numpy.float64) for side in (one, other))
    rows = rows_of_one + rows_of_other
    with numpy.errstate(divide="ignore", invalid="ignore"):
        noise = (1 / rows_of_one + 1 / rows_of_other) * rows / (rows - 1)
    return _p_value(ranks, difference, together, noise), _p_value(ranks * ranks, difference, together, noise)


def _p_value(scores: Numbers, difference: Numbers, together: Numbers, noise: Numbers) -> Numbers:
    from scipy import special

    mean = (scores * together).sum(axis=-1, keepdims=True)
    variance = ((scores - mean) ** 2 * together).sum(axis=-1)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        z = numpy.abs((scores * difference).sum(axis=-1)) / numpy.sqrt(variance * noise)
    p_value: Numbers = numpy.where(variance > 0, special.erfc(z / numpy.sqrt(2.0)), numpy.nan)
    return p_value


def any_of(*p_values: Numbers) -> Numbers:
    """Return one p-value of several tests of the same rows: the least times their number (Bonferroni); NaN is none."""
    combined: Numbers = numpy.minimum(numpy.fmin.reduce(p_values) * len(p_values), 1.0)
    return combined
