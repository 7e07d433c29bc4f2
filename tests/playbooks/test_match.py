import msgspec
import pytest

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity, Status
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.playbooks.document import Playbook
from console.playbooks.head import Match, MatchAnomaly, MatchNot, Metadata
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


def playbook(playbook_id: str, match: Match) -> Playbook:
    smallest = load_text(SMALLEST, "p.yaml").playbook
    assert smallest is not None
    metadata: Metadata = msgspec.structs.replace(smallest.metadata, id=playbook_id, title=playbook_id.title())
    return msgspec.structs.replace(smallest, metadata=metadata, match=match)


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


def test_an_offer_carries_the_title() -> None:
    offer = offers(Library((playbook("one", Match(LATENCY)),)), VIEW, SLOW)[0]
    assert (offer.id, offer.title) == ("one", "One")
