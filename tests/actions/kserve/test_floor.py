from typing import Any

import pytest

from console.actions.kserve.floor import floor_notes, floor_refusals, floor_settings, floor_tier, stable_floor
from console.actions.kserve.inference_service import Mode
from console.domain.action import RiskTier
from tests.actions.kserve.services import a_service

MIN, MAX = "/spec/predictor/minReplicas", "/spec/predictor/maxReplicas"
CLASS = "serving.kserve.io/autoscalerClass"


@pytest.mark.parametrize(
    ("predictor", "wanted", "settings"),
    [
        ({}, 4, {MIN: 4}),
        ({"minReplicas": 2, "maxReplicas": 0}, 4, {MIN: 4}),
        ({"minReplicas": 2, "maxReplicas": 4}, 4, {MIN: 4}),
        ({"minReplicas": 2, "maxReplicas": 4}, 5, {MIN: 5, MAX: 5}),
        ({"minReplicas": None, "maxReplicas": None}, 1, {MIN: 1}),
    ],
)
def test_the_ceiling_rises_with_the_floor(predictor: dict[str, Any], wanted: int, settings: dict[str, int]) -> None:
    assert floor_settings(a_service(predictor), wanted) == settings


@pytest.mark.parametrize(
    ("least", "canaries", "ready", "stable"),
    [
        (10, [], [], 10),
        (10, [("v2", 20, None)], [], 10),
        (10, [("v2", 20, None)], ["v2"], 8),
        (10, [("v2", 20, None), ("v3", 30, None)], ["v2"], 8),
        (10, [("v2", 20, None), ("v3", 30, None)], ["v2", "v3"], 5),
        (2, [("v2", 50, None)], ["v2"], 1),
        (10, [("v2", 20, 3)], ["v2"], 7),
        (3, [("v2", 0, None)], ["v2"], 3),
        (3, [("v2", 1, None)], ["v2"], 2),
    ],
)
def test_ready_canaries_count_towards_the_floor_as_in_kserves_own_cases(
    least: int, canaries: list[tuple[str, int, int | None]], ready: list[str], stable: int
) -> None:
    entries = [
        {"trafficPercent": percent, "predictor": {"name": name, "minReplicas": own}} for name, percent, own in canaries
    ]
    statuses = [{"name": name, "ready": name in ready, "trafficPercent": percent} for name, percent, _ in canaries]
    service = a_service({"minReplicas": least}, canary=entries, canaryStatuses=statuses)
    assert stable_floor(service) == stable


def test_who_sets_the_replicas_decides_what_can_be_asked_for() -> None:
    def refused(autoscaler: str, wanted: int, **options: Any) -> tuple[str, ...]:
        service = a_service({"minReplicas": 2}, annotations={CLASS: autoscaler, **options})
        return floor_refusals(service, Mode.STANDARD, wanted)

    assert refused("hpa", 4) == refused("keda", 0) == refused("none", 0) == ()
    assert refused("hpa", 0) == ("the autoscaler that KServe makes for it keeps at least 1 replica",)
    (external,) = refused("external", 4)
    assert "autoscalerClass external" in external
    (stopped,) = refused("none", 4, **{"serving.kserve.io/stop": "true"})
    assert "is stopped" in stopped


def test_only_a_revision_with_all_the_traffic_can_get_other_replicas() -> None:
    traffic = [{"revisionName": "r-2", "latestRevision": True, "percent": 10}, {"revisionName": "r-1", "percent": 90}]
    rollout = {"latestReadyRevision": "r-2", "traffic": traffic}
    (split,) = floor_refusals(a_service(rollout=rollout), Mode.KNATIVE, 4)
    assert split.startswith("r-1 serves 90 % of the traffic and keeps the replicas with which it was made")
    whole = {**rollout, "traffic": [{"revisionName": "r-2", "latestRevision": True, "percent": 100}]}
    assert floor_refusals(a_service(rollout=whole), Mode.KNATIVE, 4) == ()
    assert floor_refusals(a_service(), Mode.KNATIVE, 4) == ()


def test_notes_say_what_the_floor_does() -> None:
    def told(mode: Mode, wanted: int, predictor: dict[str, Any], **options: Any) -> str:
        return "; ".join(floor_notes(a_service(predictor, **options), mode, wanted))

    assert "between 3 and 6" in told(Mode.STANDARD, 3, {"maxReplicas": 6})
    assert "keeps exactly 8: no maxReplicas" in told(Mode.STANDARD, 8, {"maxReplicas": 6})
    assert told(Mode.STANDARD, 3, {}, annotations={CLASS: "none"}) == ""
    assert "makes a new revision of the same model" in told(Mode.KNATIVE, 3, {})
    assert "no more than that" in told(Mode.KNATIVE, 3, {"maxReplicas": 3})
    assert "fewer is only allowed" in told(Mode.STANDARD, 1, {"minReplicas": 2})
    canary = [{"trafficPercent": 10, "predictor": {"name": "v2"}}]
    assert "count towards it: v2" in told(Mode.STANDARD, 3, {}, canary=canary)


@pytest.mark.parametrize(
    ("seen", "wanted", "running", "tier"),
    [
        (2, 4, 2, RiskTier.BOUNDED),
        (2, 5, 2, RiskTier.WIDE),
        (1, 5, 4, RiskTier.BOUNDED),
        (4, 2, 4, RiskTier.WIDE),
        (4, 0, 4, RiskTier.HARD_TO_UNDO),
    ],
)
def test_the_risk_is_measured_by_what_runs(seen: int, wanted: int, running: int, tier: RiskTier) -> None:
    assert floor_tier(seen, wanted, running) is tier
