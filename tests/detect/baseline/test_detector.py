import math

import numpy
import pytest

from console.detect.baseline.arrays import Numbers
from console.detect.baseline.detector import Detection, detect
from console.domain.signal import Direction
from tests.detect.baseline.worlds import DAY, STEP, daily, noise, working_hours

NAN = math.nan


def found(values: Numbers, direction: Direction = Direction.NEITHER) -> list[int]:
    return numpy.flatnonzero(detect(values[None], STEP, direction).anomalies[0]).tolist()


def with_gaps(values: Numbers) -> Numbers:
    holed = values.copy()
    holed[200:230], holed[700], holed[900:1300] = NAN, NAN, NAN
    return holed


def told(detection: Detection) -> list[Numbers]:
    return [detection.level, detection.low, detection.high, detection.decades, detection.onsets]


@pytest.mark.parametrize("points", [1, 11, 12, 13, 300, 1007, 2100])
def test_a_point_knows_nothing_of_later_ones(points: int) -> None:
    values = numpy.array([daily(9), with_gaps(noise(9)), numpy.append(noise(5), noise(4, level=90))])
    whole, part = detect(values, STEP), detect(values[:, :points], STEP)
    for of_whole, of_part in zip(told(whole), told(part), strict=True):
        numpy.testing.assert_array_equal(of_part, of_whole[:, :points])


def test_series_never_mix() -> None:
    values = numpy.array([daily(4), with_gaps(noise(5))[: 4 * DAY], numpy.zeros(4 * DAY)])
    together = detect(values, STEP)
    for row in range(len(values)):
        alone = detect(values[row : row + 1], STEP)
        for of_all, of_one in zip(told(together), told(alone), strict=True):
            numpy.testing.assert_array_equal(of_all[row], of_one[0])


@pytest.mark.parametrize("height", [25.0, -25.0])
def test_a_spike_is_told_once_where_it_begins(height: float) -> None:
    values = noise(7)
    values[1500:1506] += height
    assert found(values) == [1500]


@pytest.mark.parametrize(
    ("direction", "expected"), [(Direction.HIGH, [1000]), (Direction.LOW, [1600]), (Direction.NEITHER, [1000, 1600])]
)
def test_only_the_bad_direction_counts(direction: Direction, expected: list[int]) -> None:
    values = noise(7)
    values[1000:1006] += 25
    values[1600:1606] -= 25
    assert found(values, direction) == expected


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(numpy.full(2016, 3.0), id="constant"),
        pytest.param(numpy.zeros(2016), id="never anything but 0"),
        pytest.param(numpy.full(2016, NAN), id="no data"),
        pytest.param(100 + numpy.tile([0.0, 0.1], 1008), id="hardly moves"),
        pytest.param(with_gaps(numpy.full(2016, 3.0)), id="constant, with gaps"),
        pytest.param(numpy.full(5, 3.0), id="a few points"),
    ],
)
def test_a_quiet_series_stays_silent(values: Numbers) -> None:
    assert found(values) == []


def test_a_small_step_in_a_quiet_series_stays_silent() -> None:
    values = numpy.full(2016, 100.0)
    values[1000:1100] = 100.5
    assert found(values) == []


def test_a_season_is_silent_after_its_first_days() -> None:
    values = numpy.array([working_hours(10, seed=seed) for seed in range(20)])
    assert not detect(values, STEP).anomalies[:, 3 * DAY :].any()


def test_a_day_that_misses_its_hours_is_told() -> None:
    values = working_hours(10)
    values[8 * DAY + 108 : 8 * DAY + 216] = 20
    begin = found(values)[-1]
    assert 8 * DAY + 108 <= begin <= 8 * DAY + 108 + 2 * 12, "the hour that a season may be late, and one more"


def test_clocks_that_are_put_back_change_nothing() -> None:
    of_local_time = numpy.array([working_hours(12, seed=seed) for seed in range(20)])
    values = numpy.concatenate([of_local_time[:, : 8 * DAY], of_local_time[:, 8 * DAY - 12 : -12]], axis=1)
    jumps = [day * DAY + hour for day in range(8, 12) for hour in (108, 120, 216, 228)]
    told = detect(values, STEP).anomalies
    assert not any(told[:, jump - 2 : jump + 3].any() for jump in jumps)


def test_a_nightly_job_is_nothing_new() -> None:
    values = noise(12)
    values[30::DAY] += 40
    assert [place for place in found(values) if place >= 3 * DAY] == []


def test_a_new_level_is_told_once_and_then_normal() -> None:
    values = numpy.append(noise(5), noise(4, level=90, seed=2))
    assert found(values) == [5 * DAY]
    expected = detect(values[None], STEP).level[0]
    assert abs(expected[6 * DAY] - 90) < 3


def test_what_drifts_away_slowly_is_told_before_it_is_twice_as_high() -> None:
    values = noise(8)
    values[5 * DAY : 6 * DAY] += numpy.linspace(0, 50, DAY)
    assert 5 * DAY < found(values)[0] < 6 * DAY


def test_spikes_that_are_usual_are_not_told_and_one_that_is_higher_is() -> None:
    draws = numpy.random.default_rng(3)
    values = noise(14, level=5, sigma=0.5)
    spikes = draws.random(len(values)) < 0.05
    values[spikes] += draws.uniform(10, 20, spikes.sum())
    values[3000:3003] = 90
    begun = [place for place in found(values) if place > 4 * DAY]
    assert 3000 in begun
    assert len(begun) <= 2, f"one of {spikes.sum()} spikes may be the highest so far"


@pytest.mark.parametrize("days", [7, 14])
def test_noise_is_told_at_most_once_in_a_thousand_points(days: int) -> None:
    draws = numpy.random.default_rng(5)
    shape = (60, days * DAY)
    worlds = [draws.normal(size=shape), draws.lognormal(0, 0.3, shape), draws.poisson(5, shape).astype(float)]
    for values in worlds:
        assert detect(values, STEP).anomalies.mean() < 0.001


def test_a_gap_is_no_event_and_what_follows_it_is_judged() -> None:
    values = noise(7)
    values[1000:1100] = NAN
    values[1500:1504] += 30
    assert found(values) == [1500]


def test_scores_are_between_0_and_1_and_half_is_an_anomaly() -> None:
    values = noise(7)
    values[1500] += 1e9
    detection = detect(values[None], STEP)
    assert detection.scores.min() == 0
    assert 0.5 < detection.scores[0, 1500] < 1
    numpy.testing.assert_array_equal(detection.anomalies, detection.scores >= 0.5)
