"""Error rates where nothing changes, by simulation: a small, fixed part of `benchmarks/drift_calibration.py`.

What a window says of data drawn from its reference is said of thousands, so that a rule which is wrong at small
references, at large windows or in long tails cannot pass.
"""

import numpy
import pytest

from console.detect.drift.rule import DriftRule
from console.detect.drift.stack import stacks_of
from tests.detect.drift.logs import Draws, a_reference_of_categories, deciles

RULE = DriftRule()
WINDOWS = 40


def alarms(draws: Draws, rows: int, random: numpy.random.Generator) -> tuple[float, float]:
    """Return the shares of windows that move, and of runs of windows that count as drift."""
    (stack,) = stacks_of([draws.bins])
    windows = stack.windows({draws.bins.column: random.multinomial(rows, draws.probabilities, WINDOWS)})
    found = stack.compared(windows)
    moved = ((found.p_value <= RULE.false_discoveries) & (found.effect >= RULE.least_effect))[0]
    runs = numpy.lib.stride_tricks.sliding_window_view
    together = stack.compared(runs(windows[0], RULE.windows, axis=0).sum(axis=-1)[None])
    certain = ((together.p_value <= RULE.false_alarms) & (together.effect >= RULE.least_effect))[0]
    leaning = runs(found.p_value[0] <= RULE.leaning, RULE.windows).sum(axis=-1)
    persists = certain & (leaning >= RULE.drifted_windows)
    return float(moved.mean()), float(persists.mean())


def rates(drawn: list[Draws], rows: int, random: numpy.random.Generator) -> tuple[float, float]:
    found = numpy.array([alarms(draws, rows, random) for draws in drawn])
    return float(found[:, 0].mean()), float(found[:, 1].mean())


@pytest.mark.parametrize("rows", [50, 500, 50_000])
@pytest.mark.parametrize(
    ("exponent", "categories", "named"), [(0.0, 200, 200), (1.0, 200, 50), (0.0, 200, 100), (1.0, 20_000, 50)]
)
def test_categories_that_do_not_change_do_not_alarm(exponent: float, categories: int, named: int, rows: int) -> None:
    """Also where the reference is small, has long tails, and chose the commonest by their very noise."""
    random = numpy.random.default_rng(rows + categories + named)
    weights = numpy.arange(1.0, categories + 1) ** -exponent
    drawn = [a_reference_of_categories(weights / weights.sum(), 1000, named=named, random=random) for _ in range(60)]
    moved, persists = rates(drawn, rows, random)
    assert moved <= 0.02
    assert persists <= 0.0004


@pytest.mark.parametrize("rows", [50, 500, 50_000])
@pytest.mark.parametrize("reference_rows", [1000, 10_000])
def test_numbers_that_do_not_change_do_not_alarm(reference_rows: int, rows: int) -> None:
    """A reference's deciles are off by its noise: its true shares are spacings of uniform order statistics."""
    random = numpy.random.default_rng(rows + reference_rows)
    parts = [1.0, *[reference_rows / 10.0] * 9, reference_rows / 10.0 - 1, 1.0]
    drawn = [Draws(deciles("number", reference_rows), numpy.array([0.0, *random.dirichlet(parts)])) for _ in range(100)]
    moved, persists = rates(drawn, rows, random)
    assert moved <= 0.02
    assert persists <= 0.0004
