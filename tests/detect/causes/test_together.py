"""Models that broke together, logs that leave a cause open, and confidence on simulated incidents."""

import msgspec
import pytest

from console.detect.causes import Broken, explain_together
from console.detect.causes.logged import explain_logged
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind, Progress, Severity
from console.domain.change import Change, ChangeKind
from console.domain.circumstances import Capacity, Circumstances, Dependency
from console.domain.label import Label
from console.domain.model import Model
from tests.detect.causes.surroundings import ONSET, anomaly, case_of, count, level, part, surroundings

SLOW = level(0.3, 2.4)
STEADY = level(95.0)
HOUR = ONSET - ONSET % 3600


def broken(name: str, circumstances: Circumstances | None = None, onset: float = ONSET) -> Broken:
    case = case_of(STEADY, SLOW)
    history = msgspec.structs.replace(case.history, model=Model(name, Label(name)))
    around = circumstances or surroundings(versions=(part("v41", STEADY, SLOW),), capacity=Capacity(ready=count(3)))
    return Broken(msgspec.structs.replace(case, history=history), (anomaly(onset=onset),), around)


def first_kinds(*models: Broken) -> list[CauseKind]:
    return [anomalies[0].causes[0].kind for anomalies in explain_together(models)]


def test_models_that_broke_at_the_same_time_share_a_dependency() -> None:
    assert first_kinds(broken("fraud"), broken("churn", onset=ONSET + 45)) == [CauseKind.DEPENDENCY] * 2


def test_two_that_broke_together_are_less_sure_than_three() -> None:
    two, three = (
        explain_together([broken(f"model-{number}", onset=ONSET + number) for number in range(count_)])[0][0].causes[0]
        for count_ in (2, 3)
    )
    assert two.confidence < three.confidence
    assert three.confidence >= 0.8


def test_a_model_that_broke_alone_shares_nothing() -> None:
    assert first_kinds(broken("fraud"), broken("churn", onset=ONSET - 400)) == [CauseKind.UNKNOWN] * 2


def test_models_that_broke_in_different_ways_share_nothing() -> None:
    gone = msgspec.structs.replace(anomaly(AnomalyKind.TRAFFIC), signal="traffic")
    silent = msgspec.structs.replace(broken("churn"), anomalies=(gone,))
    told = explain_together((broken("fraud"), silent))
    assert told[0][0].causes[0].kind is CauseKind.UNKNOWN


def test_a_model_with_a_cause_of_its_own_says_nothing_about_others() -> None:
    released = surroundings(
        versions=(part("v41", level(95.0, 45.0), level(0.3)), part("v42", count(0.0, 50.0, ONSET - 180), level(2.6)))
    )
    assert first_kinds(broken("fraud"), broken("churn", released)) == [CauseKind.UNKNOWN, CauseKind.NEW_VERSION]


def test_the_dependency_that_they_share_is_named() -> None:
    around = surroundings(dependencies=(Dependency("feature-store", models=("fraud", "churn")),))
    told = explain_together((broken("fraud", around), broken("churn", around)))
    assert told[0][0].causes[0].detail == "churn on feature-store broke at the same time"


def test_what_is_over_gets_no_cause() -> None:
    over = broken("fraud")
    ended = tuple(msgspec.structs.replace(one, progress=Progress.RECOVERED) for one in over.anomalies)
    assert explain_together((msgspec.structs.replace(over, anomalies=ended),))[0][0].causes == ()


def logged(kind: AnomalyKind, onset: float = HOUR) -> Anomaly:
    return Anomaly(f"fraud/{kind}", kind, str(kind), Severity.WARNING, onset, f"{kind} it is")


def test_quality_that_fell_with_broken_inputs_has_their_cause() -> None:
    told = explain_logged((logged(AnomalyKind.MODEL_QUALITY), logged(AnomalyKind.DATA_QUALITY)), ())
    assert [one.causes[0].kind if one.causes else None for one in told] == [CauseKind.UPSTREAM_DATA, None]


def test_quality_that_fell_with_moved_inputs_has_theirs() -> None:
    told = explain_logged((logged(AnomalyKind.MODEL_QUALITY), logged(AnomalyKind.FEATURE_DRIFT)), ())
    assert told[0].causes[0].kind is CauseKind.POPULATION_SHIFT


@pytest.mark.parametrize(("at", "kind"), [(1800.0, CauseKind.NEW_VERSION), (-3000.0, CauseKind.UNKNOWN)])
def test_predictions_that_drift_alone_point_at_a_release_of_that_hour(at: float, kind: CauseKind) -> None:
    release = Change(ChangeKind.VERSION, HOUR + at, "v42")
    told = explain_logged((logged(AnomalyKind.PREDICTION_DRIFT),), (release,))
    assert told[0].causes[0].kind is kind


def test_what_nothing_explains_says_what_was_ruled_out() -> None:
    cause = explain_logged((logged(AnomalyKind.PREDICTION_DRIFT),), ())[0].causes[0]
    assert cause.kind is CauseKind.UNKNOWN
    assert cause.evidence == (
        "not upstream data: no input is broken",
        "not population shift: no input moved",
        "could not be read: releases of that hour",
    )


def test_traffic_that_is_gone_with_its_replicas_is_lost_capacity() -> None:
    gone = msgspec.structs.replace(anomaly(AnomalyKind.TRAFFIC), signal="traffic")
    traffic = level(95.0, 0.0)
    for ready, kind in ((count(3, 0, ONSET - 30), CauseKind.CAPACITY_LOSS), (count(3), CauseKind.UNKNOWN)):
        around = surroundings(capacity=Capacity(ready=ready))
        told = explain_together((Broken(case_of(traffic), (gone,), around),))
        assert told[0][0].causes[0].kind is kind


def test_a_model_that_broke_alone_in_a_fleet_is_less_likely_to_wait_for_others() -> None:
    alone, in_a_fleet = (explain_together([broken("fraud")], watched)[0][0].causes[0] for watched in (1, 40))
    assert (alone.kind, in_a_fleet.kind) == (CauseKind.UNKNOWN, CauseKind.UNKNOWN)
    assert in_a_fleet.confidence > alone.confidence
    assert "not dependency: none of 39 other models broke at the same time" in in_a_fleet.evidence


def test_a_cache_that_fills_at_models_that_broke_together_points_at_what_they_call() -> None:
    full = surroundings(capacity=Capacity(ready=count(3)), gauges={"KV cache": level(0.5, 0.98)})
    told = explain_together([broken(name, full) for name in ("fraud", "churn", "eta")])
    assert [anomalies[0].causes[0].kind for anomalies in told] == [CauseKind.DEPENDENCY] * 3
    assert told[0][0].causes[0].confidence >= 0.8
