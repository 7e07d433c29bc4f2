"""What a screen shows from refresh to refresh: the running hour grows, windows slide, and the verdict stands still."""

from itertools import pairwise

import msgspec
import numpy
import pytest

from console.detect.drift.judgement import DriftJudgement, judge_drift
from console.domain.signal import DATA_QUALITY, State
from console.history.predictions.past import HOUR, PredictionPast
from tests.detect.drift.logs import Array, a_past, number_bins, reference_of

MINUTES = 5
SLOTS = 60 // MINUTES
DAYS_BEFORE = 15
START = 1_790_000_000.0 // 86_400.0 * 86_400.0
ONSET = DAYS_BEFORE * 24 * SLOTS + SLOTS // 3
"""The slot of five minutes that ends 25 minutes past an hour."""
BINS = number_bins("age", (100, 0, *[990] * 10, 0), [10.0 * edge for edge in range(1, 10)])
HEALTHY = [0.01, 0.0, *[0.099] * 10, 0.0]


def with_nulls(share: float) -> list[float]:
    return [share, 0.0, *[(1 - share) / 10] * 10, 0.0]


class Log:
    """Rows of one column by slots of five minutes, null in `share` of them from `ONSET` for some hours."""

    def __init__(self, per_hour: float, share: float, *, hours: int = 8, after: int = 4, seed: int = 0) -> None:
        random = numpy.random.default_rng(seed)
        rows = random.poisson(per_hour / SLOTS, size=ONSET + (hours + after) * SLOTS)
        broken = range(ONSET, ONSET + hours * SLOTS)
        self.slots: Array = numpy.array(
            [random.multinomial(n, with_nulls(share) if i in broken else HEALTHY) for i, n in enumerate(rows)]
        )

    def at(self, slots: int) -> PredictionPast:
        """Return the past as it was seen when so many slots were over."""
        seen = numpy.zeros((-(-slots // SLOTS) * SLOTS, BINS.count), dtype=numpy.int64)
        seen[: min(slots, len(self.slots))] = self.slots[:slots]
        by_hour = seen.reshape(-1, SLOTS, BINS.count).sum(axis=1)
        return a_past(reference_of(BINS), {"age": by_hour}, at=START + slots * 60.0 * MINUTES - 1.0)


def since(found: DriftJudgement) -> float | None:
    onsets = [anomaly.onset for anomaly in found.anomalies if anomaly.signal == DATA_QUALITY.name]
    return (onsets[0] - START) / HOUR if onsets else None


@pytest.mark.parametrize("per_hour", [40, 150, 1000])
def test_the_onset_of_a_quiet_model_stands_still_while_its_windows_slide(per_hour: int) -> None:
    log = Log(per_hour, 0.4)
    told = [since(judge_drift(log.at(slot))) for slot in range(ONSET + SLOTS, ONSET + 8 * SLOTS, 2)]
    assert set(told) == {DAYS_BEFORE * 24.0}


def test_nulls_near_the_threshold_do_not_come_and_go_with_every_refresh() -> None:
    changes = 0
    for seed in range(4):
        log = Log(1000, 0.06, seed=seed)
        told = [since(judge_drift(log.at(slot))) for slot in range(ONSET - SLOTS, ONSET + 8 * SLOTS)]
        changes += sum((one is None) != (other is None) for one, other in pairwise(told))
    assert changes <= 6  # once each, and here and there a young hour


def test_a_recovery_is_told_once_half_an_hour_is_whole() -> None:
    log = Log(1000, 0.4)
    assert since(judge_drift(log.at(ONSET + 8 * SLOTS))) is not None
    half_past_the_next_hour = ONSET // SLOTS * SLOTS + 9 * SLOTS + SLOTS // 2 + 1
    assert since(judge_drift(log.at(half_past_the_next_hour))) is None


@pytest.mark.parametrize("hours", [2, 9])
def test_what_was_broken_when_the_rows_ended_has_not_recovered(hours: int) -> None:
    log = Log(1000, 0.4, after=0)
    found = judge_drift(log.at(len(log.slots) + hours * SLOTS))
    assert found.readings[DATA_QUALITY.name].state in (State.NO_TRAFFIC, State.STALE)
    assert since(found) == DAYS_BEFORE * 24.0
    held = next(anomaly for anomaly in found.anomalies if anomaly.id == "fraud/data_quality")
    assert held.evidence[0].startswith("too few rows since ")


def test_a_model_that_was_healthy_when_its_rows_ended_breaks_nothing_but_its_rows() -> None:
    log = Log(1000, 0.01, after=0)
    found = judge_drift(log.at(len(log.slots) + 3 * SLOTS))
    assert [anomaly.id for anomaly in found.anomalies] == ["fraud/missing_rows"]


def test_after_a_day_without_rows_nothing_is_told_any_more() -> None:
    log = Log(1000, 0.4, after=0)
    assert judge_drift(log.at(len(log.slots) + 26 * SLOTS)).anomalies == ()


def test_a_young_hour_is_not_taken_for_a_pattern_because_its_few_rows_prove_nothing() -> None:
    log = Log(1000, 0.06, seed=2)
    words = [
        column.detail
        for slot in range(ONSET + SLOTS, ONSET + 8 * SLOTS)
        for column in judge_drift(log.at(slot)).view.columns
    ]
    assert not [detail for detail in words if "always look so" in detail]


def test_what_is_told_of_now_is_not_told_again_of_then() -> None:
    log = Log(1000, 0.4, after=0)
    past = log.at(len(log.slots) + 3 * SLOTS)
    retyped = msgspec.structs.replace(past, types={"age": "string"})
    told = [anomaly.id for anomaly in judge_drift(retyped).anomalies]
    assert sorted(told) == ["fraud/data_quality", "fraud/missing_rows"]
