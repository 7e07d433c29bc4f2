"""The PSI that samples of one distribution have by chance, also where bins hold few rows or none."""

from functools import cache

import numpy

from console.detect.drift.distances import LEAST_SHARE, Counts, Numbers, population_stability_index

_MANY = 40.0
"""Rows that a bin expects from which its term is as for any number of rows: 1 / rows."""
_STEP = 0.05


def expected_psi(reference: Counts, current: Counts) -> Numbers:
    """Return the PSI that is expected of counts (…, bins) when nothing changed, 0 without rows on one side.

    For n and m rows in well-filled bins that is (bins - 1)(1/n + 1/m) (Yurdakul and Naranjo 2020, J. Risk Model
    Validation 14). A bin that expects few rows may be empty, and then counts as `LEAST_SHARE`, which weighs more: so
    the expectation is taken bin by bin, of a Poisson number of rows on either side.
    """
    both = numpy.asarray(reference + current, dtype=numpy.float64)
    probability = both / numpy.maximum(both.sum(axis=-1, keepdims=True), 1.0)
    return _noise(probability, reference) + _noise(probability, current)


def psi_beyond_chance(reference: Counts, current: Counts) -> Numbers:
    """Return the PSI less what is expected by chance, 0 or more, NaN without rows on both sides."""
    return numpy.maximum(population_stability_index(reference, current) - expected_psi(reference, current), 0.0)


def _noise(probability: Numbers, counts: Counts) -> Numbers:
    """Return what the noise of one side adds: E[(k/n - p) ln(k / np)] over all bins, for k rows of n."""
    rows = counts.sum(axis=-1, keepdims=True, dtype=numpy.float64)
    expects = probability * rows
    grid, of_filled = _of_filled_bins()
    filled = numpy.where(expects < _MANY, numpy.interp(expects, grid, of_filled), 1.0)
    floor = numpy.maximum(rows * LEAST_SHARE, 1e-300)
    empty = numpy.exp(-expects) * expects * numpy.log(numpy.maximum(expects / floor, 1.0))
    total: Numbers = ((filled + empty) * (1 - probability)).sum(axis=-1) / numpy.maximum(rows[..., 0], 1.0)
    return total


@cache
def _of_filled_bins() -> tuple[Numbers, Numbers]:
    """Return, by the rows that a bin expects, the mean of (k - λ) ln(k / λ) over its Poisson numbers above 0."""
    from scipy import special

    expects = numpy.arange(_STEP, _MANY + _STEP, _STEP)[:, None]
    rows = numpy.arange(1.0, 3 * _MANY)
    probability = numpy.exp(rows * numpy.log(expects) - expects - special.gammaln(rows + 1))
    means = (probability * (rows - expects) * numpy.log(rows / expects)).sum(axis=-1)
    return numpy.append(0.0, expects[:, 0]), numpy.append(0.0, means)
