"""Distances that know the order of numbers: from bins beside those of the samples."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from console.detect.drift.exact import exact_distances
from console.detect.drift.ordered import kolmogorov_smirnov, wasserstein
from console.domain.bins import Bins
from tests.detect.drift.logs import Array, number_bins


def binned(reference: Array) -> Bins:
    inner = numpy.quantile(reference, numpy.arange(1, 10) / 10)
    bins = number_bins("x", [0] * 13, inner.tolist(), low=float(reference.min()), high=float(reference.max()))
    return number_bins("x", counted(bins, reference).tolist(), bins.edges, low=bins.low, high=bins.high)


def counted(bins: Bins, sample: Array) -> Array:
    codes = 2 + numpy.searchsorted(bins.edges, sample, side="left")
    codes[sample < bins.low], codes[sample > bins.high] = 1, bins.count - 1
    codes[numpy.isnan(sample)] = 0
    return numpy.bincount(codes, minlength=bins.count)


@given(st.floats(-2, 2), st.floats(0.3, 3), st.integers(0, 1000))
def test_kolmogorov_smirnov_is_never_more_than_that_of_the_samples(shift: float, spread: float, seed: int) -> None:
    random = numpy.random.default_rng(seed)
    reference, current = random.normal(size=500), random.normal(shift, spread, 300)
    bins = binned(reference)
    found = float(kolmogorov_smirnov(numpy.array(bins.reference), counted(bins, current)))
    exact = stats.ks_2samp(reference, current).statistic
    assert exact - 0.12 <= found <= exact + 1e-9


@pytest.mark.parametrize(("shift", "spread"), [(0.1, 1.0), (0.0, 0.7), (-0.2, 0.9)])
def test_wasserstein_is_near_that_of_the_samples(shift: float, spread: float) -> None:
    random = numpy.random.default_rng(4)
    reference, current = random.uniform(-1, 1, 5000), random.uniform(-1, 1, 5000) * spread + shift
    bins = binned(reference)
    found = float(wasserstein(bins, numpy.array(bins.reference), counted(bins, current)))
    assert found == pytest.approx(stats.wasserstein_distance(reference, numpy.clip(current, -1, 1)), rel=0.15, abs=0.01)


def test_wasserstein_is_in_the_unit_of_the_column_and_stays_finite() -> None:
    reference, above = numpy.array([0, 0, 10, 10, 0]), numpy.array([0, 0, 0, 0, 20])
    bins = number_bins("x", reference.tolist(), [5.0], low=0.0, high=10.0)
    # Half of the rows move 7.5 on average and half 2.5, to the end of the reference.
    assert wasserstein(bins, reference, above) == pytest.approx(5.0)


def test_nulls_are_left_out() -> None:
    reference, nulls = numpy.array([0, 0, 10, 10, 0]), numpy.array([500, 0, 10, 10, 0])
    bins = number_bins("x", reference.tolist(), [5.0], low=0.0, high=10.0)
    assert kolmogorov_smirnov(reference, nulls) == 0
    assert wasserstein(bins, reference, nulls) == 0


def test_exact_distances_are_the_published_ones() -> None:
    """Scipy 1.17, stats/tests: TestKSTwoSamples and the example of wasserstein_distance."""
    first, second = numpy.linspace(1, 100, 100), numpy.linspace(1, 100, 110) + 20.1
    found = exact_distances(first, second)
    assert found.kolmogorov_smirnov == pytest.approx(232 / 1100, abs=1e-12)
    assert found.p_value == pytest.approx(0.015739183865607353, abs=1e-12)
    assert exact_distances(numpy.array([0.0, 1.0, 3.0]), numpy.array([5.0, 6.0, 8.0])).wasserstein == 5
