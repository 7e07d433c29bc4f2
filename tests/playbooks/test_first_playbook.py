"""Which of the shipped playbooks is offered first: for every kind and cause that can occur, and where it serves."""

import msgspec
import pytest

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity, Status
from console.domain.change import Change, ChangeKind
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.signal import KV_CACHE, QUEUE, SATURATION, Reading, State
from console.domain.snapshot import ModelView
from console.playbooks.library import Library
from console.playbooks.match import offers

ONSET = 10_000.0
LIBRARY = Library.load()
MODEL = Model("fraud", Label("fraud"), {"namespace": "ml"})
DEPLOYMENT = WorkloadFinding(Workload("prod", "ml", "Deployment", "fraud", "u1", replicas=4, ready=4))


def served_by(*presets: str, **readings: Reading) -> ModelView:
    return ModelView(MODEL, Status.CRITICAL, readings, workload=DEPLOYMENT, presets=presets)


FULL_CACHE = Reading(KV_CACHE, State.OK, 0.97)
LONG_QUEUE = Reading(QUEUE, State.OK, 40.0, expected=1.0)
PLAIN = {
    "a Deployment": served_by("model-label"),
    "KServe": served_by("kserve", "istio"),
    "Triton with a queue": served_by("triton", queue=LONG_QUEUE),
    "an idle vLLM": served_by("vllm", kv_cache=Reading(KV_CACHE, State.OK, 0.2)),
    "no cluster": ModelView(MODEL, Status.CRITICAL, {}),
}
FULL_LLM = {
    "vLLM with a full cache": served_by("vllm", kv_cache=FULL_CACHE),
    "vLLM with a queue": served_by("vllm", queue=LONG_QUEUE),
    "an exporter of its own with a full cache": served_by("model-label", kv_cache=FULL_CACHE),
    "TensorRT-LLM behind KServe with a queue": served_by("tensorrt-llm", "kserve", queue=LONG_QUEUE),
}
SERVING = PLAIN | FULL_LLM

KIND, CAUSE = AnomalyKind, CauseKind
FIRST: dict[AnomalyKind, dict[CauseKind, str]] = {
    KIND.LATENCY: {
        CAUSE.NEW_VERSION: "roll-back-version",
        CAUSE.TRAFFIC_SURGE: "scale-out",
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.BAD_REPLICA: "bad-replica",
        CAUSE.SATURATION: "scale-out",
        CAUSE.DEPENDENCY: "dependency-slow-or-failing",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "dependency-slow-or-failing",
    },
    KIND.ERRORS: {
        CAUSE.NEW_VERSION: "roll-back-version",
        CAUSE.TRAFFIC_SURGE: "scale-out",
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.BAD_REPLICA: "bad-replica",
        CAUSE.SATURATION: "scale-out",
        CAUSE.DEPENDENCY: "dependency-slow-or-failing",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "dependency-slow-or-failing",
    },
    KIND.SATURATION: {
        CAUSE.NEW_VERSION: "roll-back-version",
        CAUSE.TRAFFIC_SURGE: "scale-out",
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.BAD_REPLICA: "bad-replica",
        CAUSE.SATURATION: "scale-out",
        CAUSE.DEPENDENCY: "dependency-slow-or-failing",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "scale-out",
    },
    KIND.TRAFFIC: {
        CAUSE.NEW_VERSION: "traffic-gone",
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.DEPENDENCY: "traffic-gone",
        CAUSE.UNKNOWN: "traffic-gone",
    },
    KIND.FEATURE_DRIFT: {
        CAUSE.NEW_VERSION: "prediction-drift-after-release",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "population-shift",
    },
    KIND.PREDICTION_DRIFT: {
        CAUSE.NEW_VERSION: "prediction-drift-after-release",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "population-shift",
    },
    KIND.DATA_QUALITY: {
        CAUSE.NEW_VERSION: "roll-back-version",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
        CAUSE.UNKNOWN: "upstream-data-broken",
    },
    KIND.MODEL_QUALITY: {
        CAUSE.NEW_VERSION: "quality-drop",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "quality-drop",
        CAUSE.UNKNOWN: "quality-drop",
    },
    KIND.MISSING_DATA: {
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.DEPENDENCY: "metrics-missing",
        CAUSE.UNKNOWN: "metrics-missing",
    },
    KIND.ALERT: {
        CAUSE.NEW_VERSION: "roll-back-version",
        CAUSE.TRAFFIC_SURGE: "scale-out",
        CAUSE.CAPACITY_LOSS: "restore-capacity",
        CAUSE.BAD_REPLICA: "bad-replica",
        CAUSE.SATURATION: "scale-out",
        CAUSE.DEPENDENCY: "dependency-slow-or-failing",
        CAUSE.UPSTREAM_DATA: "upstream-data-broken",
        CAUSE.POPULATION_SHIFT: "population-shift",
    },
}
OF_A_FULL_LLM = (CAUSE.TRAFFIC_SURGE, CAUSE.SATURATION, CAUSE.UNKNOWN)
OF_LOAD = (KIND.LATENCY, KIND.ERRORS, KIND.SATURATION)


def anomaly_of(
    kind: AnomalyKind,
    *causes: tuple[CauseKind, float],
    signal: str | None = None,
    value: float | None = None,
    severity: Severity = Severity.CRITICAL,
) -> Anomaly:
    found = tuple(Cause(cause, confidence, "") for cause, confidence in causes)
    return Anomaly(
        f"fraud/{kind}", kind, signal, Severity.CRITICAL, ONSET, "", value=value, expected=10.0, causes=found
    )


def offered(view: ModelView, anomaly: Anomaly, *, is_fleet_wide: bool = False, after: float = 600.0) -> list[str]:
    return [offer.id for offer in offers(LIBRARY, view, anomaly, at=ONSET + after, is_fleet_wide=is_fleet_wide)]


@pytest.mark.parametrize("kind", FIRST)
def test_the_first_playbook_of_a_kind_and_its_cause(kind: AnomalyKind) -> None:
    value = 0.0 if kind is KIND.TRAFFIC else 20.0
    wrong = []
    for cause, expected in FIRST[kind].items():
        for name, view in SERVING.items():
            right = expected
            if view in FULL_LLM.values() and kind in OF_LOAD and cause in OF_A_FULL_LLM:
                right = "llm-saturation"
            elif LONG_QUEUE in view.readings.values() and kind in OF_LOAD and cause is CAUSE.UNKNOWN:
                right = "scale-out"
            # A second, lesser cause changes nothing, whatever it asks for.
            for lesser in CAUSE:
                found = offered(view, anomaly_of(kind, (cause, 0.7), (lesser, 0.2), value=value))
                if lesser is not cause and found[:1] != [right]:
                    wrong.append((cause, lesser, name, found))
    assert wrong == []


def test_every_shipped_playbook_is_somebodys_first() -> None:
    first = {playbook for causes in FIRST.values() for playbook in causes.values()}
    elsewhere = {"llm-saturation", "agent-runaway", "budget-burning-slowly", "fleet-wide"}
    assert first | elsewhere == {head.id for head in LIBRARY.heads}


@pytest.mark.parametrize("view", [PLAIN["a Deployment"], PLAIN["KServe"], PLAIN["no cluster"]])
def test_errors_that_nothing_explains_are_a_slow_burn_while_they_are_no_emergency(view: ModelView) -> None:
    # 20 of 3,000 or of 300: at 7 times the promise the month is gone in four days, at 66 times in half of one.
    slow, fast = (
        msgspec.structs.replace(anomaly_of(KIND.ERRORS), value=20 / requests, objective=0.001)
        for requests in (3_000, 300)
    )
    assert offered(view, slow, after=7200.0)[0] == "budget-burning-slowly"
    assert offered(view, slow, after=600.0)[:2] == ["dependency-slow-or-failing", "budget-burning-slowly"]
    bad_pod = msgspec.structs.replace(slow, causes=(Cause(CAUSE.BAD_REPLICA, 0.8, ""),))
    assert offered(view, bad_pod, after=7200.0)[:2] == ["bad-replica", "budget-burning-slowly"]
    assert "budget-burning-slowly" not in offered(view, fast, after=7200.0)


@pytest.mark.parametrize("view", SERVING.values(), ids=SERVING)
def test_tokens_that_run_away_are_an_agent(view: ModelView) -> None:
    for causes in ((), ((CAUSE.TRAFFIC_SURGE, 0.6),), ((CAUSE.UNKNOWN, 0.5),)):
        assert offered(view, anomaly_of(KIND.TRAFFIC, *causes, signal="tokens", value=40.0))[0] == "agent-runaway"


def test_more_calls_of_a_client_that_counts_tokens_are_an_agent() -> None:
    more = anomaly_of(KIND.TRAFFIC, (CAUSE.TRAFFIC_SURGE, 0.8), signal="traffic", value=40.0)
    assert offered(served_by("otel-genai"), more)[0] == "agent-runaway"


@pytest.mark.parametrize("view", SERVING.values(), ids=SERVING)
def test_much_traffic_is_not_traffic_that_is_gone(view: ModelView) -> None:
    found = offered(view, anomaly_of(KIND.TRAFFIC, (CAUSE.TRAFFIC_SURGE, 0.9), signal="traffic", value=40.0))
    assert found == ["scale-out"]


@pytest.mark.parametrize("view", SERVING.values(), ids=SERVING)
def test_a_late_first_token_is_an_llm_without_room(view: ModelView) -> None:
    late = anomaly_of(KIND.LATENCY, (CAUSE.TRAFFIC_SURGE, 0.8), signal="time_to_first_token")
    assert offered(view, late)[0] == "llm-saturation"
    lost = anomaly_of(KIND.LATENCY, (CAUSE.CAPACITY_LOSS, 0.8), signal="time_to_first_token")
    assert offered(view, lost)[0] == "restore-capacity"


@pytest.mark.parametrize("kind", FIRST)
def test_what_broke_many_models_at_once_is_looked_at_as_one(kind: AnomalyKind) -> None:
    for view in SERVING.values():
        for cause in CAUSE:
            assert offered(view, anomaly_of(kind, (cause, 0.99)), is_fleet_wide=True)[0] == "fleet-wide"


def test_what_is_full_is_scaled_out_before_anything_explains_it() -> None:
    """A Triton with a queue, a model whose workers are all busy: nobody has read yet what surrounds them."""
    busy = served_by("model-label", saturation=Reading(SATURATION, State.OK, 0.97))
    assert offered(busy, anomaly_of(KIND.LATENCY))[0] == "scale-out"
    assert offered(PLAIN["Triton with a queue"], anomaly_of(KIND.LATENCY))[0] == "scale-out"
    assert offered(busy, anomaly_of(KIND.LATENCY, (CAUSE.DEPENDENCY, 0.6)))[0] == "dependency-slow-or-failing"


def test_what_nothing_explains_and_began_with_a_release_is_rolled_back() -> None:
    view = msgspec.structs.replace(PLAIN["KServe"], changes=(Change(ChangeKind.VERSION, ONSET - 300.0, "v42"),))
    assert offered(view, anomaly_of(KIND.LATENCY))[0] == "roll-back-version"
    assert offered(view, anomaly_of(KIND.ERRORS))[0] == "roll-back-version"
    assert offered(view, anomaly_of(KIND.PREDICTION_DRIFT))[0] == "prediction-drift-after-release"
    assert offered(view, anomaly_of(KIND.LATENCY, (CAUSE.CAPACITY_LOSS, 0.8)))[0] == "restore-capacity"


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        ("KubePodCrashLooping", ["restore-capacity"]),
        ("KubeHpaMaxedOut", ["scale-out"]),
        ("TargetDown", ["metrics-missing"]),
        ("ErrorBudgetBurn", ["budget-burning-slowly"]),
        ("RunawayAgentTokens", ["agent-runaway"]),
        ("SomethingOfTheirOwn", []),
    ],
)
def test_alerts_by_their_well_known_names(alert: str, expected: list[str]) -> None:
    anomaly = Anomaly(f"fraud/alert/{alert}", KIND.ALERT, None, Severity.CRITICAL, ONSET, "")
    assert offered(PLAIN["a Deployment"], anomaly) == expected
