"""Tests of significance: published figures, exact enumerations, and error rates by simulation."""

import itertools
import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from console.detect.drift.merging import FEWEST_EXPECTED, merge
from console.detect.drift.significance import (
    adjusted_p_values,
    chance_of_more,
    discoveries,
    two_sample_chi_square,
)
from tests.detect.drift.logs import Array


def test_the_statistic_is_that_of_a_contingency_table() -> None:
    random = numpy.random.default_rng(7)
    reference, current = random.integers(1, 90, size=(20, 6)), random.integers(1, 90, size=(20, 6))
    found = two_sample_chi_square(reference, current)
    for index in range(20):
        expected = stats.chi2_contingency(numpy.stack([reference[index], current[index]]))
        assert found.statistic[index] == pytest.approx(expected.statistic, abs=1e-9)
        assert found.degrees[index] == expected.dof


def test_the_statistic_is_that_of_popmon() -> None:
    """popmon 1.4, tests/popmon/analysis/comparison/test_comparisons.py: four digits are published."""
    found = two_sample_chi_square(numpy.array([1, 2, 0, 5]), numpy.array([3, 4, 0, 2]))
    assert found.statistic == pytest.approx(2.9036, abs=1e-4)
    assert found.degrees == 2


def test_against_a_reference_without_noise_the_statistic_is_that_of_evidently() -> None:
    """Evidently 0.7, tests/stattests/test_stattests.py: it takes the reference as known, and has p = 0.67309."""
    reference, current = numpy.array([16, 18, 16, 14, 12, 12]), numpy.array([16, 16, 16, 16, 16, 8])
    found = two_sample_chi_square(reference * 10**9, current)
    assert stats.chi2.sf(found.statistic, found.degrees) == pytest.approx(0.67309, abs=1e-5)


def test_the_p_value_tends_to_that_of_the_chi_square_distribution() -> None:
    reference = numpy.array([30_000, 20_000, 50_000])
    current = numpy.array([30_200, 20_150, 49_650])
    expected = stats.chi2_contingency(numpy.stack([reference, current])).pvalue
    assert two_sample_chi_square(reference, current).p_value == pytest.approx(expected, rel=1e-3)


def test_mean_and_variance_are_those_of_all_tables_with_the_same_margins() -> None:
    """Every table with these margins, weighted by its (hypergeometric) probability."""
    totals, rows = (4, 3, 5), 6
    tables = [t for t in itertools.product(*(range(total + 1) for total in totals)) if sum(t) == rows]
    weights = numpy.array([math.prod(map(math.comb, totals, table)) for table in tables]) / math.comb(12, rows)
    current = numpy.array(tables)
    statistics = two_sample_chi_square(numpy.array(totals) - current, current).statistic
    mean = float((weights * statistics).sum())
    variance = float((weights * (statistics - mean) ** 2).sum())
    found = two_sample_chi_square(numpy.array([2, 1, 3]), numpy.array([2, 2, 2]))
    expected = stats.gamma.sf(float(found.statistic), mean * mean / variance, scale=variance / mean)
    assert found.p_value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("rows", "reference_rows"), [(50, 1000), (500, 1000), (5000, 100_000), (500_000, 1000)])
def test_the_error_rate_is_what_it_says(rows: int, reference_rows: int) -> None:
    random = numpy.random.default_rng(rows)
    probabilities = numpy.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.03, 0.01, 0.01])
    reference = random.multinomial(reference_rows, probabilities, 40_000)
    current = random.multinomial(rows, probabilities, 40_000)
    found = two_sample_chi_square(*merge(reference, current))
    for level in (0.05, 0.01, 0.001):
        assert (found.p_value <= level).mean() == pytest.approx(level, rel=0.2, abs=4 * math.sqrt(level / 40_000))


def test_one_bin_is_no_test() -> None:
    found = two_sample_chi_square(numpy.array([5, 0]), numpy.array([7, 0]))
    assert math.isnan(found.p_value)
    assert math.isnan(two_sample_chi_square(numpy.array([5, 6]), numpy.array([0, 0])).p_value)


histograms = st.lists(st.integers(0, 200), min_size=4, max_size=9)


@given(histograms, st.data())
def test_merging_keeps_the_rows_and_fills_the_bins(counts: list[int], data: st.DataObject) -> None:
    current = data.draw(st.lists(st.integers(0, 200), min_size=len(counts), max_size=len(counts)))
    rows = float(sum(current))
    reference, merged = merge(numpy.array(counts), numpy.array(current))
    assert reference.sum() == sum(counts)
    assert merged.sum() == rows
    both = reference + merged
    if (both > 0).sum() > 1:
        expected = both[both > 0] / both.sum() * min(rows, sum(counts))
        assert (expected >= FEWEST_EXPECTED - 1e-9).all()


@pytest.mark.parametrize(("reference", "current"), [(0, 1), (0, 3), (2, 5), (10, 4)])
def test_the_chance_of_more_is_binomial(reference: int, current: int) -> None:
    found = chance_of_more(*map(numpy.asarray, (reference, 900.0, current, 100.0)))
    expected = stats.binom.sf(current - 1, reference + current, 0.1)
    assert found == pytest.approx(expected, abs=1e-12)


def test_values_above_the_largest_of_a_reference_are_as_rare_as_they_are() -> None:
    """Rosenbaum 1954: that w values of n exceed all of m has the probability of drawing w of n + m without an m."""
    exact = math.comb(100, 3) / math.comb(1000, 3)
    found = chance_of_more(*map(numpy.asarray, (0, 900.0, 3, 100.0)))
    assert exact <= found <= exact * 1.05


def test_benjamini_and_hochberg_discover_what_their_paper_does() -> None:
    """The 15 p-values of Benjamini and Hochberg 1995, section 3.2, at 5 %: four are discovered."""
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert discoveries(numpy.array(p_values), 0.05).tolist() == [True] * 4 + [False] * 11
    assert adjusted_p_values(numpy.array(p_values))[3] == pytest.approx(0.0095 * 15 / 4, abs=1e-12)


@pytest.mark.parametrize(("shift", "found"), [(-1e-5, 1000), (1e-5, 0)])
def test_a_thousand_equal_p_values_stand_or_fall_together(shift: float, found: int) -> None:
    """As in alibi-detect, utils/tests/test_statstest.py."""
    assert discoveries(numpy.full(1000, 0.05 + shift), 0.05).sum() == found


@given(st.lists(st.one_of(st.floats(0, 1), st.just(math.nan)), min_size=1, max_size=20))
def test_adjusting_is_scipys_and_leaves_out_what_is_no_test(p_values: list[float]) -> None:
    given_ = numpy.array(p_values)
    adjusted = adjusted_p_values(given_)
    told = ~numpy.isnan(given_)
    assert numpy.isnan(adjusted[~told]).all()
    if told.any():
        assert adjusted[told] == pytest.approx(stats.false_discovery_control(given_[told]), abs=1e-12)


def test_many_windows_are_adjusted_each_for_itself() -> None:
    table: Array = numpy.array([[0.01, 0.5], [0.04, 0.001]])
    assert adjusted_p_values(table).tolist() == [[0.02, 0.5], [0.04, 0.002]]
