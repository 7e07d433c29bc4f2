"""The links of a model: from its alerts and from the configuration, in an order that helps."""

import msgspec

from console.domain.alert import Alert
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.link import Link
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.engine.links import Links
from console.settings.settings import LinkSettings

END = 1795317614.0
START = END - 3600
WORKLOAD = Workload("prod-eu", "serving", "Deployment", "fraud-v42", "uid-1", replicas=3, ready=3)
FRAUD = ModelView(
    Model("ml/fraud", Label("fraud"), {"namespace": "ml"}), Status.OK, {}, versions={"v42": 0.9, "v41": 0.1}
)


def alert(name: str, **fields: object) -> Alert:
    return Alert(Label(name), {}, "critical", "firing", START, model_id="ml/fraud", **fields)  # type: ignore[arg-type]  # fields of a test's own choice


def links(*settings: LinkSettings, view: ModelView = FRAUD, alerts: tuple[Alert, ...] = ()) -> list[Link]:
    return list(Links(settings).of(view, alerts, START, END))


def configured(url: str, view: ModelView = FRAUD, match: str = "*") -> list[str]:
    return [link.url for link in links(LinkSettings("x", url, match), view=view)]


def test_runbooks_come_first_then_dashboards_and_the_expressions_last() -> None:
    alerts = (
        alert("Quiet", silenced=True, runbook_url="https://wiki/quiet"),
        alert("Slow", runbook_url="https://wiki/slow", generator_url="https://prom/graph", dashboard_url="https://g/d"),
    )
    assert links(LinkSettings("logs", "https://logs/{model}"), alerts=alerts) == [
        Link("runbook of Slow", "https://wiki/slow"),
        Link("runbook of Quiet", "https://wiki/quiet"),
        Link("dashboard of Slow", "https://g/d"),
        Link("logs", "https://logs/fraud"),
        Link("expression of Slow", "https://prom/graph"),
    ]


def test_an_address_is_offered_once() -> None:
    alerts = tuple(alert(name, runbook_url="https://wiki/latency") for name in ("Slow", "Slower"))
    assert links(alerts=alerts) == [Link("runbook of Slow", "https://wiki/latency")]


def test_alerts_of_other_models_and_those_that_do_not_fire_lead_nowhere() -> None:
    other = msgspec.structs.replace(alert("Other", runbook_url="https://wiki/other"), model_id="ads")
    held = msgspec.structs.replace(alert("Held", runbook_url="https://wiki/held"), state="inhibited")
    assert links(alerts=(other, held, alert("Bare"), alert("Blank", runbook_url=" "))) == []


def test_what_is_no_address_is_kept_to_be_read() -> None:
    hostile = alert("Slow", runbook_url="javascript:alert(1)\x1b[2J")
    assert links(alerts=(hostile,)) == [Link("runbook of Slow", "javascript:alert(1)\x1b[2J", opens=False)]


def test_every_placeholder_has_its_value() -> None:
    view = msgspec.structs.replace(FRAUD, workload=WorkloadFinding(WORKLOAD))
    assert configured("https://x/{model}/{namespace}/{version}/{workload}", view) == [
        "https://x/fraud/ml/v42/fraud-v42"
    ]
    assert configured("https://x/{from_s}/{to_s}/{from_ms}/{to_ms}") == [
        "https://x/1795314014/1795317614/1795314014000/1795317614000"
    ]
    assert configured("https://x/{from}/{to}") == ["https://x/2026-11-22T02%3A20%3A14Z/2026-11-22T03%3A20%3A14Z"]


def test_the_namespace_is_that_of_the_workload_where_the_metrics_name_none() -> None:
    bare = msgspec.structs.replace(FRAUD, model=Model("fraud", Label("fraud")))
    assert configured("https://x/{namespace}", bare) == []
    found = msgspec.structs.replace(bare, workload=WorkloadFinding(WORKLOAD))
    assert configured("https://x/{namespace}", found) == ["https://x/serving"]


def test_a_link_is_for_the_models_that_it_matches_and_whose_values_are_known() -> None:
    assert configured("https://x/{model}", match="ml/*") == ["https://x/fraud"]
    assert configured("https://x/{model}", match="fraud") == ["https://x/fraud"]
    assert configured("https://x/{model}", match="ads*") == []
    assert configured("https://x/{cluster}") == []
    assert configured("https://x/{version}", msgspec.structs.replace(FRAUD, versions={})) == []


def test_each_model_gets_its_own() -> None:
    ads = ModelView(Model("ads", Label("ads")), Status.OK, {})
    slow = alert("Slow", runbook_url="https://wiki/slow")
    views = Links((LinkSettings("logs", "https://logs/{model}"),)).onto((FRAUD, ads), (slow,), START, END)
    assert [[link.url for link in view.links] for view in views] == [
        ["https://wiki/slow", "https://logs/fraud"],
        ["https://logs/ads"],
    ]
