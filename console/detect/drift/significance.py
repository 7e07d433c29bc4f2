"""Whether a difference of counts is more than chance: tests whose p-values hold at 50 rows and at 5 million."""

import msgspec
import numpy

from console.detect.drift.distances import Counts, Flags, Numbers


class TwoSampleTest(msgspec.Struct, frozen=True):
    """A chi-square test of two samples: statistic, degrees of freedom and p-value, each of shape (…).

    NaN where fewer than two bins hold rows.
    """

    statistic: Numbers
    degrees: Numbers
    p_value: Numbers


def two_sample_chi_square(reference: Counts, current: Counts) -> TwoSampleTest:
    """Test whether two samples of counts (…, bins) come from one distribution; the noise of both sides counts.

    Pearson's statistic of the 2 × bins table. Its p-value is that of the gamma distribution with the exact mean and
    variance that the statistic has given both margins (Haldane 1940, Biometrika 31, 346-355; in the notation of
    Zelterman 1987, JASA 82, 624-629), which tends to the chi-square distribution as the counts grow and is close to
    the truth where they are small. Bins that are empty on both sides do not count.
    """
    from scipy import special

    n = reference.sum(axis=-1, dtype=numpy.float64)
    m = current.sum(axis=-1, dtype=numpy.float64)
    totals = numpy.asarray(reference + current, dtype=numpy.float64)
    held = totals > 0
    bins = held.sum(axis=-1).astype(numpy.float64)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        difference = reference * numpy.sqrt(m / n)[..., None] - current * numpy.sqrt(n / m)[..., None]
        terms = numpy.divide(difference * difference, totals, out=numpy.zeros_like(totals), where=held)
        statistic = terms.sum(axis=-1)
        mean, variance = _moments(n, m, bins, numpy.divide(1.0, totals, out=numpy.zeros_like(totals), where=held))
        p_value = special.gammaincc(mean * mean / variance, statistic * mean / variance)
    tells = (bins > 1) & (n > 0) & (m > 0) & (variance > 0)
    return TwoSampleTest(
        statistic=numpy.where(tells, statistic, numpy.nan),
        degrees=numpy.where(tells, bins - 1, numpy.nan),
        p_value=numpy.where(tells, p_value, numpy.nan),
    )


def _moments(n: Numbers, m: Numbers, bins: Numbers, inverses: Numbers) -> tuple[Numbers, Numbers]:
    """Return mean and variance of Pearson's statistic of a table of two rows, given its margins."""
    rows = n + m
    mean = rows * (bins - 1) / (rows - 1)
    of_sides = (rows / n + rows / m - 4) / (rows - 2)
    of_bins = (rows * inverses.sum(axis=-1) - bins * bins) / (rows - 2)
    free_sides = (rows - 2) / (rows - 1)
    free_bins = (bins - 1) * (rows - bins) / (rows - 1)
    variance = 2 * rows / (rows - 3) * (free_sides - of_sides) * (free_bins - of_bins)
    return mean, variance + rows * rows / (rows - 1) * of_sides * of_bins


def chance_of_more(reference: Counts, reference_rows: Numbers, current: Counts, rows: Numbers) -> Numbers:
    """Return the probability that the window holds so many rows of some kind, or more, when nothing changed.

    Given the rows of that kind on both sides together, how many fall into the window is binomial: the conditional test
    of two rates (Przyborowski and Wilenski 1940, Biometrika 31, 313-323), exact for rare kinds and on the safe side for
    others. Where the reference holds none, it is also the chance that a window exceeds the reference's largest value so
    often (Rosenbaum 1954, Ann. Math. Stat. 25, 146-150).
    """
    from scipy import special

    part = numpy.asarray(rows / numpy.maximum(rows + reference_rows, 1.0), dtype=numpy.float64)
    total = numpy.asarray(reference + current, dtype=numpy.float64)
    chance: Numbers = numpy.where(
        current > 0, special.betainc(numpy.maximum(current, 1), total - current + 1, part), 1.0
    )
    return chance


def adjusted_p_values(p_values: Numbers) -> Numbers:
    """Return p-values (…, tests) adjusted for the rate of false discoveries among the tests; NaN is no test.

    Those that are at most q are the discoveries of the step-up procedure at rate q (Benjamini and Hochberg 1995,
    J. R. Stat. Soc. B 57, 289-300).
    """
    counts = (~numpy.isnan(p_values)).sum(axis=-1, keepdims=True)
    order = numpy.argsort(p_values, axis=-1)  # NaN sorts last
    ranks = numpy.arange(1, p_values.shape[-1] + 1)
    scaled = numpy.take_along_axis(p_values, order, axis=-1) * counts / ranks
    least_from_here = numpy.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    adjusted = numpy.empty_like(p_values)
    numpy.put_along_axis(adjusted, order, numpy.minimum(least_from_here, 1.0), axis=-1)
    return numpy.where(numpy.isnan(p_values), numpy.nan, adjusted)


def discoveries(p_values: Numbers, rate: float) -> Flags:
    """Return which tests (…, tests) are discoveries at this rate of false ones."""
    with numpy.errstate(invalid="ignore"):
        found: Flags = adjusted_p_values(p_values) <= rate
    return found
