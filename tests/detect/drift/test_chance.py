"""What chance gives where nothing changed."""

import numpy
import pytest

from console.detect.drift.chance import expected_psi, psi_beyond_chance
from console.detect.drift.distances import population_stability_index


@pytest.mark.parametrize("probabilities", [[0.1] * 10, [0.5, 0.3, 0.1, *[0.005] * 20], [0.9, *[0.0005] * 200]])
@pytest.mark.parametrize(("reference_rows", "rows"), [(1000, 60), (10_000, 250), (10_000, 5000), (100_000, 1_000_000)])
def test_the_psi_that_is_expected_is_the_mean_psi(probabilities: list[float], reference_rows: int, rows: int) -> None:
    random = numpy.random.default_rng(rows + len(probabilities))
    reference = random.multinomial(reference_rows, probabilities, 2000)
    current = random.multinomial(rows, probabilities, 2000)
    expected = expected_psi(reference, current).mean()
    assert population_stability_index(reference, current).mean() == pytest.approx(expected, rel=0.15)


def test_of_well_filled_bins_it_is_the_published_formula() -> None:
    reference, current = numpy.full(10, 5000), numpy.full(10, 200)
    assert expected_psi(reference, current) == pytest.approx(9 * (1 / 50_000 + 1 / 2000), rel=1e-6)


def test_what_is_beyond_chance_is_never_negative_and_unknown_without_rows() -> None:
    assert psi_beyond_chance(numpy.array([500, 500]), numpy.array([50, 50])) == 0
    assert psi_beyond_chance(numpy.array([500, 500]), numpy.array([90, 10])) > 0.8
    assert numpy.isnan(psi_beyond_chance(numpy.array([500, 500]), numpy.array([0, 0])))
