"""Exact distances of two samples, on demand: whoever asks has fetched the values and pays for scipy.stats."""

import msgspec

from console.detect.drift.distances import Numbers


class ExactDistances(msgspec.Struct, frozen=True):
    """The Kolmogorov-Smirnov statistic with its p-value, and the Wasserstein distance in the column's unit."""

    kolmogorov_smirnov: float
    p_value: float
    wasserstein: float


def exact_distances(reference: Numbers, current: Numbers) -> ExactDistances:
    """Return the distances of two samples of finite numbers (one-dimensional, none empty)."""
    from scipy import stats

    test = stats.ks_2samp(reference, current)
    return ExactDistances(
        kolmogorov_smirnov=float(test.statistic),
        p_value=float(test.pvalue),
        wasserstein=float(stats.wasserstein_distance(reference, current)),
    )
