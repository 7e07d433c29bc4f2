"""Why data is broken or drifts: what stands beside it, and the causes that a test stands behind."""

import numpy
import pytest

from console.detect.drift.judgement import judge_drift
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.bins import Bins, Role
from console.domain.drift import Verdict
from console.history.predictions.past import HOUR
from tests.detect.drift.logs import AT, Array, a_past, deciles, reference_of

HOURS = 10 * 24
EVEN = [0.0, 0.0, *[0.1] * 10, 0.0]
MOVED = [0.0, 0.0, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1, 0.12, 0.12, 0.14, 0.14, 0.0]
NULLS = [0.62, 0.0, *[0.038] * 10, 0.0]
AGE, INCOME, LIMIT = deciles("age"), deciles("income"), deciles("limit")
SCORE = deciles("score", role=Role.SCORE)


def drawn(shares: list[float], hours: int, rows: int, seed: int) -> Array:
    return numpy.random.default_rng(seed).multinomial(rows, shares, size=hours)


def column(seed: int, *, now: list[float], since: int, rows: int = 1000) -> Array:
    """Return hours of which the last `since` follow `now`, those before what the reference says."""
    before, after = drawn(EVEN, HOURS - since, rows, seed), drawn(now, since, rows, seed + 1)
    return numpy.concatenate([before, after])


def judged(counts: dict[str, Array], versions: tuple[str, ...] = ("v41",)) -> dict[AnomalyKind, Anomaly]:
    columns: list[Bins] = [bins for bins in (AGE, INCOME, LIMIT, SCORE) if bins.column in counts]
    found = judge_drift(a_past(reference_of(*columns), counts, versions=versions))
    return {anomaly.kind: anomaly for anomaly in found.anomalies}


def by_version(old: Array, new: Array, since: int) -> Array:
    """Return two versions that share the rows since the newer one appeared."""
    silent = numpy.zeros_like(new)
    silent[-since:] = new[-since:]
    return numpy.stack([old, silent])


def causes(anomaly: Anomaly) -> list[str]:
    return [cause.kind for cause in anomaly.causes]


def test_nulls_without_a_new_version_point_upstream() -> None:
    found = judged({"age": column(1, now=NULLS, since=1)})[AnomalyKind.DATA_QUALITY]
    assert causes(found) == ["upstream_data"]
    assert found.evidence == ("no version changed when it began",)


def test_nulls_in_all_versions_point_upstream() -> None:
    old, new = column(1, now=NULLS, since=1), column(3, now=NULLS, since=1)
    found = judged({"age": by_version(old, new, 50)}, ("v41", "v42"))[AnomalyKind.DATA_QUALITY]
    assert causes(found) == ["upstream_data"]
    assert found.evidence[0] == "all versions get the same broken `age`"


def test_nulls_in_the_new_version_alone_point_at_it() -> None:
    old, new = column(1, now=EVEN, since=4), column(3, now=NULLS, since=4)
    found = judged({"age": by_version(old, new, 4)}, ("v41", "v42"))[AnomalyKind.DATA_QUALITY]
    assert causes(found) == ["new_version"]
    assert found.evidence[0].startswith("only the rows of v42 are broken (v42 ")


def test_nulls_that_begin_with_a_full_rollout_leave_it_open() -> None:
    old, new = column(1, now=EVEN, since=6), column(3, now=NULLS, since=6)
    old[-6:] = 0
    found = judged({"age": by_version(old, new, 6)}, ("v41", "v42"))[AnomalyKind.DATA_QUALITY]
    assert causes(found) == ["new_version", "upstream_data"]
    assert found.onset == AT // HOUR * HOUR - 5 * HOUR


def test_a_shift_that_came_step_by_step_is_the_population() -> None:
    steps = 24
    counts = column(1, now=EVEN, since=1)
    for step in range(steps):
        shares = numpy.asarray(EVEN) + (numpy.asarray(MOVED) - EVEN) * (step + 1) / steps
        counts[HOURS - steps + step] = drawn(shares.tolist(), 1, 2000, 100 + step)[0]
    found = judged({"age": counts})[AnomalyKind.FEATURE_DRIFT]
    assert causes(found) == ["population_shift"]
    assert found.evidence[0].startswith("came step by step")


def test_a_shift_that_came_at_once_may_be_a_pipeline() -> None:
    found = judged({"age": column(1, now=MOVED, since=12)})[AnomalyKind.FEATURE_DRIFT]
    assert causes(found) == ["population_shift", "upstream_data"]
    assert found.evidence[0].startswith("came within one window, at ")


def test_a_shift_in_the_middle_of_an_hour_came_at_once_too() -> None:
    counts = column(1, now=MOVED, since=11)
    mixed = 0.3 * numpy.asarray(EVEN) + 0.7 * numpy.asarray(MOVED)
    counts[HOURS - 12] = drawn(mixed.tolist(), 1, 2000, 7)[0]
    found = judged({"age": counts})[AnomalyKind.FEATURE_DRIFT]
    assert causes(found) == ["population_shift", "upstream_data"]
    assert found.evidence[0].startswith("came within one window, at ")


def test_a_shift_behind_hours_without_rows_is_not_told_to_have_come_at_once() -> None:
    counts = column(1, now=MOVED, since=12)
    counts[HOURS - 18 : HOURS - 12] = 0
    found = judged({"age": counts})[AnomalyKind.FEATURE_DRIFT]
    assert found.evidence[0].startswith("came about ")
    assert found.evidence[0].endswith(", beside windows without enough rows")
    assert "at once" not in str(found.causes)
    assert "from one window to the next" not in str(found.causes)


def test_inputs_that_move_together_unbroken_are_other_people() -> None:
    found = judged({name: column(seed, now=MOVED, since=12) for seed, name in enumerate(("age", "income"))})
    assert causes(found[AnomalyKind.FEATURE_DRIFT]) == ["population_shift", "upstream_data"]
    assert found[AnomalyKind.FEATURE_DRIFT].causes[0].confidence > 0.7


def test_the_more_inputs_move_together_the_surer_is_it_the_population() -> None:
    sure = []
    for names in (("age",), ("age", "income"), ("age", "income", "limit")):
        found = judged({name: column(seed, now=MOVED, since=12) for seed, name in enumerate(names)})
        cause = found[AnomalyKind.FEATURE_DRIFT].causes[0]
        assert cause.kind == "population_shift"
        sure.append(cause.confidence)
    assert 0.5 < sure[0] < 0.7 < sure[1] < 0.9 < sure[2]


def test_a_release_of_the_same_hour_leaves_an_input_that_moved_open() -> None:
    old, new = column(1, now=EVEN, since=6), column(3, now=MOVED, since=6)
    old[-6:] = 0
    found = judged({"age": by_version(old, new, 6)}, ("v41", "v42"))[AnomalyKind.FEATURE_DRIFT]
    assert causes(found) == ["population_shift", "new_version", "upstream_data"]
    assert found.causes[0].confidence < 0.6


def test_answers_that_are_null_may_be_the_fault_of_many() -> None:
    inputs, outputs = column(1, now=EVEN, since=1), column(5, now=NULLS, since=1)
    (broken,) = judged({"age": inputs, "score": outputs})[AnomalyKind.DATA_QUALITY].causes
    assert broken.kind == "upstream_data"
    (fed,) = judged({"age": outputs})[AnomalyKind.DATA_QUALITY].causes
    assert broken.confidence < 0.95 < fed.confidence


def test_answers_that_are_null_in_the_new_version_alone_point_at_it() -> None:
    inputs = by_version(column(1, now=EVEN, since=4), column(3, now=EVEN, since=4), 4)
    outputs = by_version(column(5, now=EVEN, since=4), column(7, now=NULLS, since=4), 4)
    found = judged({"age": inputs, "score": outputs}, ("v41", "v42"))[AnomalyKind.DATA_QUALITY]
    assert causes(found) == ["new_version"]


def test_same_inputs_and_other_outputs_point_at_the_version_beside() -> None:
    inputs = by_version(column(1, now=EVEN, since=8), column(3, now=EVEN, since=8), 8)
    outputs = by_version(column(5, now=EVEN, since=8), column(7, now=MOVED, since=8, rows=3000), 8)
    inputs[1, -8:] = drawn(EVEN, 8, 3000, 11)
    found = judged({"age": inputs, "score": outputs}, ("v41", "v42"))
    assert list(found) == [AnomalyKind.PREDICTION_DRIFT]
    assert causes(found[AnomalyKind.PREDICTION_DRIFT]) == ["new_version"]
    assert "same inputs" in found[AnomalyKind.PREDICTION_DRIFT].evidence[0]


def test_outputs_that_change_with_a_rollout_and_the_same_inputs_point_at_the_version() -> None:
    inputs = by_version(column(1, now=EVEN, since=8), column(3, now=EVEN, since=8), 8)
    outputs = by_version(column(5, now=EVEN, since=8), column(7, now=MOVED, since=8), 8)
    inputs[0, -8:] = outputs[0, -8:] = 0
    found = judged({"age": inputs, "score": outputs}, ("v41", "v42"))[AnomalyKind.PREDICTION_DRIFT]
    assert causes(found) == ["new_version"]
    assert found.evidence == ("none of its 1 inputs changed, and v42 appeared when it began",)


def test_outputs_that_change_with_their_inputs_point_upstream() -> None:
    counts = {"age": column(1, now=MOVED, since=8), "score": column(5, now=MOVED, since=8)}
    found = judged(counts)
    assert found[AnomalyKind.PREDICTION_DRIFT].causes == found[AnomalyKind.FEATURE_DRIFT].causes
    assert found[AnomalyKind.PREDICTION_DRIFT].evidence == ("its inputs moved, too: `age`",)


def test_outputs_that_change_with_broken_inputs_point_at_the_pipeline() -> None:
    counts = {"age": column(1, now=NULLS, since=8), "score": column(5, now=MOVED, since=8)}
    found = judged(counts)
    assert causes(found[AnomalyKind.PREDICTION_DRIFT]) == ["upstream_data"]
    assert found[AnomalyKind.PREDICTION_DRIFT].evidence == ("its inputs are broken, too: `age`",)


def test_outputs_that_change_alone_have_no_cause_that_was_tested() -> None:
    counts = {"age": column(1, now=EVEN, since=8), "score": column(5, now=MOVED, since=8)}
    found = judged(counts)[AnomalyKind.PREDICTION_DRIFT]
    assert found.causes == ()
    assert found.evidence == ("none of its 1 inputs changed, and no version appeared when it began",)


def test_versions_that_serve_beside_each_other_are_shown_side_by_side() -> None:
    inputs = by_version(column(1, now=EVEN, since=8), column(3, now=MOVED, since=8, rows=300), 8)
    past = a_past(reference_of(AGE), {"age": inputs}, versions=("v41", "v42"))
    views = judge_drift(past).view.versions
    assert [view.version for view in views] == ["v41", "v42"]
    assert [view.columns[0].verdict for view in views] == [Verdict.OK, Verdict.DRIFT]
    assert judge_drift(a_past(reference_of(AGE), {"age": inputs[0]})).view.versions == ()


@pytest.mark.parametrize("hours_ago", [3, 20])
def test_data_that_was_broken_and_is_whole_again_is_no_drift(hours_ago: int) -> None:
    counts = column(1, now=EVEN, since=1)
    counts[-hours_ago - 3 : -hours_ago + 2] = drawn(NULLS, 5, 1000, 9)[: len(counts[-hours_ago - 3 : -hours_ago + 2])]
    counts[-1] = drawn(EVEN, 1, 1000, 10)[0]
    assert judged({"age": counts}) == {}
