"""Distances that know the order of numbers, approximated from bins; exact ones need the samples.

Both leave null rows out, as their exact counterparts do.
"""

import numpy

from console.detect.drift.distances import Counts, Numbers, shares
from console.domain.bins import Bins


def kolmogorov_smirnov(reference: Counts, current: Counts) -> Numbers:
    """Return the largest difference of the cumulated shares at the edges of the bins, between 0 and 1.

    Counts are in the codes of a column of numbers (`console.domain.bins`), shape (…, codes). Never more than the
    statistic of the samples themselves, and less by at most the largest share that one bin holds.
    """
    difference = numpy.cumsum(shares(reference[..., 1:]) - shares(current[..., 1:]), axis=-1)
    statistic: Numbers = numpy.abs(difference).max(axis=-1)
    return statistic


def wasserstein(bins: Bins, reference: Counts, current: Counts) -> Numbers:
    """Return the Wasserstein distance of order 1, in the column's own unit.

    Rows are taken as spread evenly over their bin, and those out of range as standing at the end of the reference:
    farther away they would add what the bins do not know.
    """
    ends = numpy.array([bins.low, *bins.edges, bins.high])
    widths = numpy.maximum(numpy.diff(ends), 0.0)
    difference = numpy.cumsum(shares(reference[..., 1:]) - shares(current[..., 1:]), axis=-1)[..., :-1]
    left, right = difference[..., :-1], difference[..., 1:]
    crosses = left * right < 0
    size = numpy.abs(left) + numpy.abs(right)
    # The area between two lines that cross is two triangles.
    crossed = numpy.divide(left * left + right * right, 2 * size, out=numpy.zeros_like(size), where=crosses)
    total: Numbers = (widths * numpy.where(crosses, crossed, size / 2)).sum(axis=-1)
    return total
