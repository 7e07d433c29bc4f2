import msgspec
import pytest

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity, Status
from console.domain.change import Change, ChangeKind
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.signal import KV_CACHE, QUEUE, Reading, State
from console.domain.snapshot import ModelView
from console.playbooks.document import Playbook
from console.playbooks.head import Match, MatchAnomaly, MatchChange, MatchNot, Metadata
from console.playbooks.library import Library
from console.playbooks.load import load_text
from console.playbooks.match import offers
from tests.playbooks.examples import SMALLEST

WORKLOAD = Workload("prod", "ml", "Deployment", "fraud", "u1", replicas=4, ready=4)
VIEW = ModelView(
    Model("fraud", Label("fraud"), {"namespace": "ml"}),
    Status.CRITICAL,
    {},
    workload=WorkloadFinding(WORKLOAD),
)
SLOW = Anomaly(
    "fraud/latency_p99",
    AnomalyKind.LATENCY,
    "latency_p99",
    Severity.WARNING,
    1000.0,
    "p99 2.4 s",
    causes=(Cause(CauseKind.TRAFFIC_SURGE, 0.9, "traffic 2.6×"),),
)


def playbook(playbook_id: str, *matches: Match) -> Playbook:
    smallest = load_text(SMALLEST, "p.yaml").playbook
    assert smallest is not None
    metadata: Metadata = msgspec.structs.replace(smallest.metadata, id=playbook_id, title=playbook_id.title())
    return msgspec.structs.replace(smallest, metadata=metadata, match=matches)


def offered(
    *playbooks: Playbook, view: ModelView = VIEW, at: float | None = None, alerts: tuple[Alert, ...] = ()
) -> list[str]:
    return [offer.id for offer in offers(Library(playbooks), view, SLOW, at=at, alerts=alerts)]


LATENCY = MatchAnomaly(kind=(AnomalyKind.LATENCY,))


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(LATENCY), True),
        (Match(MatchAnomaly(kind=(AnomalyKind.ERRORS, AnomalyKind.LATENCY))), True),
        (Match(MatchAnomaly(kind=(AnomalyKind.ERRORS,))), False),
        (Match(MatchAnomaly(signal=("latency_p99",))), True),
        (Match(MatchAnomaly(signal=("latency_p50",))), False),
        (Match(MatchAnomaly(kind=(AnomalyKind.LATENCY,), min_severity=Severity.CRITICAL)), False),
        (Match(LATENCY, causes=(CauseKind.TRAFFIC_SURGE, CauseKind.SATURATION)), True),
        (Match(LATENCY, causes=(CauseKind.NEW_VERSION,)), False),
        (Match(LATENCY, serving=("deployment",)), True),
        (Match(LATENCY, serving=("statefulset",)), False),
        (Match(LATENCY, labels={"namespace": ("m?",)}), True),
        (Match(LATENCY, labels={"namespace": ("prod", "staging")}), False),
        (Match(LATENCY, labels={"team": ("*",)}), False),
        (Match(LATENCY, labels={"model": ("fra*",)}), True),
        (Match(LATENCY, not_=MatchNot(labels={"namespace": ("ml",)})), False),
        (Match(LATENCY, not_=MatchNot(serving=("deployment",))), False),
        (Match(LATENCY, not_=MatchNot(labels={"namespace": ("batch",)})), True),
    ],
)
def test_every_key_that_is_given_must_match(match: Match, expected: bool) -> None:
    assert offered(playbook("one", match)) == (["one"] if expected else [])


def test_how_long_an_anomaly_lasts_is_unknown_without_the_instant() -> None:
    lasting = playbook("lasting", Match(MatchAnomaly(kind=(AnomalyKind.LATENCY,), firing_for="3m")))
    assert offered(lasting) == []
    assert offered(lasting, at=1179.0) == []
    assert offered(lasting, at=1180.0) == ["lasting"]


def test_only_firing_alerts_of_the_model_match() -> None:
    alerted = playbook("alerted", Match(alerts=("Slow",)))
    mine = Alert(Label("Slow"), {}, None, "firing", 1000.0, model_id="fraud")
    assert offered(alerted, alerts=(mine,)) == ["alerted"]
    assert offered(alerted, alerts=(msgspec.structs.replace(mine, state="pending"),)) == []
    assert offered(alerted, alerts=(msgspec.structs.replace(mine, model_id="ads"),)) == []


def test_a_workload_that_is_not_known_matches_no_serving() -> None:
    view = msgspec.structs.replace(VIEW, workload=WorkloadFinding(None, "ambiguous"))
    assert offered(playbook("one", Match(LATENCY, serving=("deployment",))), view=view) == []


def test_the_most_specific_comes_first_then_the_rank_then_the_id() -> None:
    assert offered(
        playbook("general", Match(LATENCY, rank=100)),
        playbook("b-equal", Match(LATENCY, serving=("deployment",), rank=10)),
        playbook("a-equal", Match(LATENCY, serving=("deployment",), rank=10)),
        playbook("higher", Match(LATENCY, serving=("deployment",), rank=20)),
        playbook("most", Match(LATENCY, causes=(CauseKind.TRAFFIC_SURGE,), serving=("deployment",), rank=0)),
    ) == ["most", "higher", "a-equal", "b-equal", "general"]


def with_causes(*causes: tuple[CauseKind, float]) -> Anomaly:
    return msgspec.structs.replace(SLOW, causes=tuple(Cause(kind, confidence, "") for kind, confidence in causes))


FOR_SURGE = playbook("surge", Match(LATENCY, causes=(CauseKind.TRAFFIC_SURGE,), serving=("deployment",), rank=100))
FOR_VERSION = playbook("version", Match(LATENCY, causes=(CauseKind.NEW_VERSION,), rank=0))


def test_the_playbook_of_the_best_cause_comes_first_even_where_another_asks_for_more() -> None:
    anomaly = with_causes((CauseKind.NEW_VERSION, 0.6), (CauseKind.TRAFFIC_SURGE, 0.3))
    found = offers(Library((FOR_SURGE, FOR_VERSION)), VIEW, anomaly)
    assert [(offer.id, offer.cause) for offer in found] == [
        ("version", CauseKind.NEW_VERSION),
        ("surge", CauseKind.TRAFFIC_SURGE),
    ]


def test_one_that_asks_for_no_cause_fits_the_best() -> None:
    anomaly = with_causes((CauseKind.NEW_VERSION, 0.6), (CauseKind.TRAFFIC_SURGE, 0.3))
    for_all = playbook("all", Match(LATENCY))
    found = offers(Library((FOR_SURGE, FOR_VERSION, for_all)), VIEW, anomaly)
    assert [(offer.id, offer.cause) for offer in found] == [
        ("version", CauseKind.NEW_VERSION),
        ("all", None),
        ("surge", CauseKind.TRAFFIC_SURGE),
    ]


def test_an_anomaly_that_nothing_explains_is_unknown() -> None:
    plain = playbook("plain", Match(LATENCY, causes=(CauseKind.UNKNOWN,)))
    assert [offer.id for offer in offers(Library((plain,)), VIEW, with_causes())] == ["plain"]
    assert [offer.id for offer in offers(Library((plain,)), VIEW, with_causes((CauseKind.UNKNOWN, 0.4)))] == ["plain"]
    assert offers(Library((plain,)), VIEW, SLOW) == ()


def test_a_likely_cause_comes_before_a_guess() -> None:
    guess = playbook("guess", Match(LATENCY, causes=(CauseKind.UNKNOWN,), serving=("deployment",)))
    library = Library((guess, FOR_VERSION))
    likely = offers(library, VIEW, with_causes((CauseKind.UNKNOWN, 0.45), (CauseKind.NEW_VERSION, 0.4)))
    unlikely = offers(library, VIEW, with_causes((CauseKind.UNKNOWN, 0.7), (CauseKind.NEW_VERSION, 0.2)))
    assert [offer.id for offer in likely] == ["version", "guess"]
    assert [offer.id for offer in unlikely] == ["guess", "version"]


def test_equal_ones_are_ties() -> None:
    one, two = playbook("one", Match(LATENCY)), playbook("two", Match(LATENCY))
    other = playbook("other", Match(LATENCY, rank=10))
    found = offers(Library((two, other, one)), VIEW, SLOW)
    assert [(offer.id, offer.ties) for offer in found] == [("one", ("two",)), ("two", ("one",)), ("other", ())]


def test_a_difference_of_confidence_that_nobody_sees_is_a_tie() -> None:
    surge = playbook("surge", Match(LATENCY, causes=(CauseKind.TRAFFIC_SURGE,)))
    version = playbook("version", Match(LATENCY, causes=(CauseKind.NEW_VERSION,)))
    anomaly = with_causes((CauseKind.NEW_VERSION, 0.502), (CauseKind.TRAFFIC_SURGE, 0.498))
    assert [offer.ties for offer in offers(Library((surge, version)), VIEW, anomaly)] == [("version",), ("surge",)]


def test_of_several_alternatives_the_best_counts() -> None:
    both = playbook("both", Match(MatchAnomaly(kind=(AnomalyKind.ERRORS,))), Match(LATENCY, rank=90))
    assert offered(playbook("other", Match(LATENCY)), both) == ["both", "other"]
    assert offered(playbook("none", Match(MatchAnomaly(kind=(AnomalyKind.ERRORS,))), Match(alerts=("X",)))) == []


@pytest.mark.parametrize(
    ("kind", "at", "expected"),
    [
        (ChangeKind.VERSION, 1000.0 - 3600.0, True),
        (ChangeKind.VERSION, 1000.0 - 3601.0, False),
        (ChangeKind.VERSION, 1060.0, True),
        (ChangeKind.VERSION, 1061.0, False),
        (ChangeKind.REPLICAS, 990.0, False),
    ],
)
def test_a_change_matches_shortly_before_the_onset(kind: ChangeKind, at: float, expected: bool) -> None:
    released = playbook("released", Match(LATENCY, change=MatchChange((ChangeKind.VERSION, ChangeKind.ROLLOUT), "1h")))
    view = msgspec.structs.replace(VIEW, changes=(Change(kind, at, "v42"),))
    assert offered(released, view=view) == (["released"] if expected else [])


def test_a_release_is_seen_within_the_hour_in_which_a_log_tells_a_drift() -> None:
    released = playbook("released", Match(change=MatchChange((ChangeKind.VERSION,), "1h")))
    drift = Anomaly("f", AnomalyKind.PREDICTION_DRIFT, "prediction_drift", Severity.WARNING, 3600.0, "")
    view = msgspec.structs.replace(VIEW, changes=(Change(ChangeKind.VERSION, 7100.0, "v42"),))
    assert [offer.id for offer in offers(Library((released,)), view, drift)] == ["released"]


@pytest.mark.parametrize(
    ("value", "expected", "direction"),
    [(2.0, 1.0, "high"), (0.0, 1.0, "low"), (1.0, 1.0, None), (None, 1.0, None), (1.0, None, None)],
)
def test_a_direction_is_that_of_the_value_beside_what_is_expected(
    value: float | None, expected: float | None, direction: str | None
) -> None:
    books = (
        playbook("over", Match(MatchAnomaly(direction="high"), serving=("deployment",))),
        playbook("under", Match(MatchAnomaly(direction="low"), serving=("deployment",))),
    )
    anomaly = msgspec.structs.replace(SLOW, value=value, expected=expected)
    told = {"over": "high", "under": "low"}
    assert [told[offer.id] for offer in offers(Library(books), VIEW, anomaly)] == ([direction] if direction else [])


def test_warnings_only() -> None:
    mild = playbook("mild", Match(MatchAnomaly(kind=(AnomalyKind.LATENCY,), max_severity=Severity.WARNING)))
    assert offered(mild) == ["mild"]
    assert offers(Library((mild,)), VIEW, msgspec.structs.replace(SLOW, severity=Severity.CRITICAL)) == ()


def test_a_preset_serves_as_well_as_a_workload() -> None:
    view = msgspec.structs.replace(VIEW, presets=("vllm", "knative"), workload=None)
    assert offered(playbook("llm", Match(LATENCY, serving=("vllm",))), view=view) == ["llm"]
    assert offered(playbook("llm", Match(LATENCY, not_=MatchNot(serving=("vllm",)))), view=view) == []


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Reading(KV_CACHE, State.OK, 0.8), True),
        (Reading(KV_CACHE, State.PARTIAL, 1.0), True),
        (Reading(KV_CACHE, State.OK, 0.79), False),
        (Reading(KV_CACHE, State.STALE, 1.0), False),
        (Reading(QUEUE, State.OK, 9.0, expected=4.0), True),
        (Reading(QUEUE, State.OK, 8.0, expected=4.0), False),
        (Reading(QUEUE, State.OK, 0.9, expected=0.0), False),
        (Reading(QUEUE, State.OK, 1.0), True),
    ],
)
def test_what_is_full_is_at_its_limit(reading: Reading, expected: bool) -> None:
    view = msgspec.structs.replace(VIEW, readings={reading.signal.name: reading})
    full = playbook("full", Match(LATENCY, at_limit=("kv_cache", "queue")))
    assert offered(full, view=view) == (["full"] if expected else [])


def test_an_alert_is_matched_by_its_own_name() -> None:
    book = playbook("disk", Match(alerts=("Disk*",)))
    alerts = tuple(Alert(Label(name), {}, None, "firing", 1000.0, model_id="fraud") for name in ("DiskFull", "Slow"))
    anomalies = [Anomaly(f"fraud/alert/{name}", AnomalyKind.ALERT, None, Severity.WARNING, 1.0, "") for name in "ab"]
    anomalies.append(msgspec.structs.replace(anomalies[0], id="fraud/alert/DiskFull"))
    found = [offers(Library((book,)), VIEW, anomaly, alerts=alerts) for anomaly in anomalies]
    assert [len(each) for each in found] == [0, 0, 1]
    assert offered(book, alerts=alerts) == ["disk"]


def test_what_broke_the_fleet_comes_before_every_cause() -> None:
    fleet = playbook("fleet", Match(fleet_wide=True, rank=0))
    assert offered(FOR_SURGE, fleet) == ["surge"]
    found = offers(Library((FOR_SURGE, fleet)), VIEW, SLOW, is_fleet_wide=True)
    assert [offer.id for offer in found] == ["fleet", "surge"]


def test_an_offer_carries_the_title() -> None:
    offer = offers(Library((playbook("one", Match(LATENCY)),)), VIEW, SLOW)[0]
    assert (offer.id, offer.title) == ("one", "One")


@pytest.mark.parametrize(
    ("kind", "value", "is_offered"),
    [
        (AnomalyKind.ERRORS, 0.007, True),
        (AnomalyKind.ERRORS, 0.05, False),
        (AnomalyKind.ERRORS, None, False),
        (AnomalyKind.LATENCY, 0.007, False),
    ],
)
def test_a_slow_burn_is_told_from_a_fast_one_whatever_its_severity(
    kind: AnomalyKind, value: float | None, is_offered: bool
) -> None:
    slow = playbook("slow", Match(MatchAnomaly(max_burn=14.4)))
    failing = msgspec.structs.replace(SLOW, kind=kind, value=value, objective=0.001, severity=Severity.CRITICAL)
    assert bool(offers(Library((slow,)), VIEW, failing)) is is_offered
