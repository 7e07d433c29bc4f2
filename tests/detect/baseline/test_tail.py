import numpy
import pytest

from console.detect.baseline.arrays import BLOCK, Numbers
from console.detect.baseline.tail import LARGEST, Tail

DRAWS = numpy.random.default_rng(1)


def learned(values: Numbers) -> Tail:
    tail = Tail(1)
    for start in range(0, len(values) // BLOCK * BLOCK, BLOCK):
        tail.learn(values[start : start + BLOCK, None])
    return tail


@pytest.mark.parametrize("probability", [0.1, 0.02, 0.004])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param(DRAWS.exponential(1, 12_000), id="exponential"),
        pytest.param(numpy.abs(DRAWS.normal(0, 3, 12_000)), id="normal"),
        pytest.param(DRAWS.pareto(2.5, 12_000), id="Pareto"),
    ],
)
def test_the_decades_of_a_value_are_those_of_its_own_past(values: Numbers, probability: float) -> None:
    rare = numpy.quantile(values, 1 - probability)
    decades = learned(values).decades(numpy.array([[rare]]))[0, 0]
    assert decades == pytest.approx(-numpy.log10(probability), abs=0.35)


def test_what_was_never_seen_is_rarer_the_farther_it_is() -> None:
    decades = learned(DRAWS.exponential(1, 4000)).decades(numpy.array([[10.0], [20.0], [LARGEST]]))[:, 0]
    assert 3 < decades[0] < decades[1] < decades[2]


def test_the_value_that_is_so_rare_is_so_rare() -> None:
    tail = learned(DRAWS.exponential(1, 4000))
    for decades in (2.0, 3.0, 6.0):
        assert tail.decades(tail.value_at(decades)[None])[0, 0] == pytest.approx(decades, abs=1e-6)


def test_without_a_past_a_value_is_as_rare_as_an_exponential_one() -> None:
    assert Tail(1).decades(numpy.array([[numpy.log(50)]]))[0, 0] == pytest.approx(1.7, abs=0.1)


def test_no_data_has_no_rarity_and_teaches_nothing() -> None:
    tail, nothing = learned(DRAWS.exponential(1, 336 * BLOCK)), numpy.full((BLOCK, 1), numpy.nan)
    before = tail.value_at(4.0)
    assert numpy.isnan(tail.decades(nothing)).all()
    for _ in range(8):
        tail.learn(nothing)
    assert tail.value_at(4.0) == pytest.approx(before, rel=1e-6)
