import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.quality.breach import (
    QualityBreach,
    find_quality_breach,
    find_sudden_breach,
    is_beyond,
    likeliest_onset,
)
from console.detect.quality.delays import delay_quantile
from console.domain.signal import Direction

Y, N, U = True, False, None


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        pytest.param([N, N, Y, Y, Y], QualityBreach(2, False), id="holds"),
        pytest.param([Y, Y], QualityBreach(0, True), id="since the first that is told"),
        pytest.param([N, Y], None, id="one is not enough"),
        pytest.param([N, N, Y, N, Y], QualityBreach(2, False), id="two of three"),
        pytest.param([N, Y, Y, N], QualityBreach(1, False), id="one good one ends nothing"),
        pytest.param([N, Y, Y, N, N], None, id="two of three end it"),
        pytest.param([N, Y, U, U, Y], QualityBreach(1, False), id="what cannot be told counts for nothing"),
        pytest.param([N, Y, Y, U, U], QualityBreach(1, False), id="nor does it end anything"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_two_of_three_begin_and_end_a_breach(breaks: list[bool | None], expected: QualityBreach | None) -> None:
    assert find_quality_breach(breaks) == expected


@pytest.mark.parametrize(
    ("far", "beyond", "expected"),
    [
        pytest.param([N, Y, Y], [N, Y, Y], (QualityBreach(1, False), True), id="two that follow each other"),
        pytest.param([N, Y, N, Y], [N, Y, N, Y], None, id="two of three"),
        pytest.param([N, Y, U, Y], [N, Y, U, Y], (QualityBreach(1, False), True), id="what cannot be told is no break"),
        pytest.param([Y, Y, N, N], [Y, Y, Y, Y], (QualityBreach(0, True), True), id="stands while values are beyond"),
        pytest.param([N, Y, Y, N], [N, Y, Y, N], (QualityBreach(1, False), True), id="one good one ends nothing"),
        pytest.param([N, Y, Y, N, N], [N, Y, Y, N, N], (QualityBreach(1, False), False), id="two good ones end it"),
        pytest.param([Y, Y, N, N, Y, Y], [Y, Y, N, N, Y, Y], (QualityBreach(4, False), True), id="the newest"),
    ],
)
def test_two_buckets_far_beyond_begin_a_sudden_breach(
    far: list[bool | None], beyond: list[bool | None], expected: tuple[QualityBreach, bool] | None
) -> None:
    assert find_sudden_breach(far, beyond) == expected


@given(st.lists(st.sampled_from([Y, N, U]), max_size=30))
def test_what_cannot_be_told_changes_no_verdict(breaks: list[bool | None]) -> None:
    with_gaps = [one for broke in breaks for one in (broke, None)]
    found, again = find_quality_breach(breaks), find_quality_breach(with_gaps)
    assert (found is None) == (again is None)
    if found is not None and again is not None:
        assert again == QualityBreach(2 * found.bucket, found.is_earlier)


def onset(
    values: list[float | None], breach: int, *, allowed: float = 0.9, bad: Direction = Direction.LOW
) -> QualityBreach:
    """Return the onset of a breach whose proof begins with a bucket, of buckets with as many labels each."""
    labels = [200.0] * len(values)
    return likeliest_onset(QualityBreach(breach, False), values, [allowed] * len(values), labels, bad)


@pytest.mark.parametrize(
    ("values", "breach", "expected"),
    [
        pytest.param([0.92, 0.92, 0.7, 0.7, 0.7], 3, 2, id="the values fell before it was proved"),
        pytest.param([0.92, 0.89, 0.89, 0.92, 0.7, 0.7], 4, 4, id="noise below the limit is no fall"),
        pytest.param([0.92, 0.7, 0.7, 0.89, 0.7, 0.7], 4, 1, id="one exception"),
        pytest.param([0.92, 0.86, 0.7, 0.7], 2, 2, id="an hour in which it fell late"),
        pytest.param([0.7, 0.95, 0.95, 0.95, 0.95, 0.7, 0.7], 5, 5, id="another fall was before"),
        pytest.param([0.99, 0.93, 0.88, 0.84, 0.8, 0.8], 4, 3, id="step by step"),
        pytest.param([U, U, 0.92, 0.7, 0.7, 0.7], 4, 3, id="nothing is known before"),
    ],
)
def test_an_onset_is_where_values_became_those_of_the_fall(
    values: list[float | None], breach: int, expected: int
) -> None:
    assert onset(values, breach) == QualityBreach(expected, False)


def test_a_fall_of_all_that_is_known_is_older() -> None:
    assert onset([0.7, 0.7, 0.7], 1) == QualityBreach(0, True)


def test_an_objective_far_below_what_is_usual_is_broken_where_values_leave_it() -> None:
    assert onset([0.99, 0.99, 0.92, 0.91, 0.89, 0.88, 0.88], 5) == QualityBreach(4, False)


def test_what_is_bad_when_it_rises_rises() -> None:
    assert onset([1.0, 1.1, 1.6, 1.7, 1.7], 3, allowed=1.2, bad=Direction.HIGH) == QualityBreach(2, False)


@pytest.mark.parametrize(
    ("interval", "limit", "bad", "expected"),
    [
        ((0.80, 0.88), 0.9, Direction.LOW, True),
        ((0.80, 0.92), 0.9, Direction.LOW, False),
        ((1.2, 1.4), 1.0, Direction.HIGH, True),
        ((0.9, 1.4), 1.0, Direction.HIGH, False),
        ((-0.9, -0.6), 0.5, Direction.NEITHER, True),
        ((0.6, 0.9), -0.5, Direction.NEITHER, True),
        ((-0.6, 0.9), 0.5, Direction.NEITHER, False),
        (None, 0.5, Direction.LOW, None),
    ],
)
def test_only_a_whole_interval_is_beyond_a_limit(
    interval: tuple[float, float] | None, limit: float, bad: Direction, expected: bool | None
) -> None:
    assert is_beyond(interval, limit, bad) is expected


def test_delays_lie_between_their_bounds_and_those_beyond_the_last_are_not_guessed() -> None:
    within = np.array([0.0, 50.0, 100.0, 100.0])
    bounds = (60.0, 300.0, 900.0, 3600.0)
    median = delay_quantile(within, 100.0, bounds, 0.5)
    ninetieth = delay_quantile(within, 100.0, bounds, 0.9)
    assert median == pytest.approx(300.0)
    assert ninetieth is not None
    assert 300.0 < ninetieth < 900.0
    assert delay_quantile(within, 200.0, bounds, 0.9) is None
    assert delay_quantile(within, 0.0, bounds, 0.5) is None
