from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.domain.alert import Alert
from console.domain.label import Label
from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.alertmanager.merging import merged
from console.transport.http import Endpoint, NotJson, Unreachable
from tests.services import Alertmanager, Servers, wait_until
from tests.services.alertmanager import ClusterMember
from tests.services.server import fetch_json, free_port
from tests.sources.lying_server import HANG, Lie, LyingServer, answer

STARTED = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
INHIBITS = """
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
  - source_matchers: [alertname = ClusterDown]
    target_matchers: [alertname = ModelSlow]
"""


def silence(alertmanager: Alertmanager, name: str) -> None:
    wanted = {
        "matchers": [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}],
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "createdBy": "test",
        "comment": "test",
    }
    assert fetch_json(f"{alertmanager.url}/api/v2/silences", wanted)["silenceID"]


def told_alert(**fields: Any) -> dict[str, Any]:
    status = {"state": "active", "silencedBy": [], "inhibitedBy": []}
    return {"startsAt": "2026-11-22T03:12:02Z", "status": status, "fingerprint": "0123456789abcdef", **fields}


async def test_alerts_of_a_real_alertmanager(servers: Servers) -> None:
    alertmanager = servers.alertmanager(config=INHIBITS)
    notes = {"summary": "p99 is 2.4 s\x1b[2J", "runbook_url": "https://runbooks.example/latency"}
    alertmanager.fire(
        "ModelLatencyHigh", {"model": "fraud", "severity": "critical"}, annotations=notes, starts_at=STARTED
    )
    alertmanager.fire("ModelErrors", {"model": "churn"}, starts_at=STARTED + timedelta(seconds=1))
    alertmanager.fire("ClusterDown", {}, starts_at=STARTED + timedelta(seconds=2))
    alertmanager.fire("ModelSlow", {}, starts_at=STARTED + timedelta(seconds=3))
    silence(alertmanager, "ModelErrors")
    async with AlertmanagerClient([Endpoint.parse(alertmanager.url)]) as client:
        told = await client.alerts()
    assert told.seconds > 0
    assert [(alert.name.raw, alert.state, alert.silenced) for alert in told.alerts] == [
        ("ModelLatencyHigh", "firing", False),
        ("ModelErrors", "firing", True),
        ("ClusterDown", "firing", False),
        ("ModelSlow", "inhibited", False),
    ]
    assert told.alerts[0] == Alert(
        name=Label("ModelLatencyHigh"),
        labels={"alertname": "ModelLatencyHigh", "model": "fraud", "severity": "critical"},
        severity="critical",
        state="firing",
        since=STARTED.timestamp(),
        runbook_url=notes["runbook_url"],
        summary=notes["summary"],
        fingerprint="e432df13446d5b84",  # a hash of the labels alone
    )


async def test_an_alert_of_a_newer_server_may_be_muted() -> None:
    status = {"state": "suppressed", "silencedBy": [], "inhibitedBy": [], "mutedBy": ["nights"]}
    told = {
        "labels": {"alertname": "A"},
        "annotations": {},
        "startsAt": "2026-11-22T03:12:02.123456789Z",
        "status": status,
    }
    async with LyingServer(answer([told])) as server, AlertmanagerClient([Endpoint.parse(server.url)]) as client:
        (alert,) = (await client.alerts()).alerts
    assert (alert.state, alert.silenced) == ("muted", False)
    assert alert.since == pytest.approx(datetime(2026, 11, 22, 3, 12, 2, 123457, UTC).timestamp())


@pytest.mark.parametrize(
    "lie",
    [
        Lie(200, b"<html>sign in</html>", "text/html"),
        answer({"status": "success", "data": []}),
        answer([{"labels": {}, "startsAt": "yesterday", "status": {"state": "active"}}]),
    ],
)
async def test_what_is_no_alertmanager_is_refused(lie: Lie) -> None:
    async with LyingServer(lie) as server, AlertmanagerClient([Endpoint.parse(server.url)]) as client:
        with pytest.raises(NotJson):
            await client.alerts()


async def test_all_members_of_a_real_cluster_are_read_and_merged(servers: Servers) -> None:
    gossip = free_port()
    first = servers.alertmanager(cluster=ClusterMember(gossip))
    second = servers.alertmanager(cluster=ClusterMember(free_port(), peer=gossip))
    both = {"model": "fraud"}
    first.fire("SeenByBoth", both, starts_at=STARTED + timedelta(seconds=5))
    second.fire("SeenByBoth", both, starts_at=STARTED)
    first.fire("SeenByTheFirst", {}, starts_at=STARTED + timedelta(seconds=6))
    second.fire("SeenByTheSecond", {}, starts_at=STARTED + timedelta(seconds=7))
    silence(second, "SeenByTheFirst")
    wait_until(lambda: first.get_json("/api/v2/silences"), "the silence reached the first member")
    names = ["SeenByBoth", "SeenByTheFirst", "SeenByTheSecond"]
    async with AlertmanagerClient([Endpoint.parse(first.url), Endpoint.parse(second.url)]) as client:
        told = await client.alerts()
        assert [alert.name.raw for alert in told.alerts] == names
        assert [alert.silenced for alert in told.alerts] == [False, True, False]
        assert (told.alerts[0].since, told.missing) == (STARTED.timestamp(), None)
        fingerprints = {alert["fingerprint"] for server in (first, second) for alert in server.alerts()}
        assert {alert.fingerprint for alert in told.alerts} == fingerprints
        second.kill()
        told = await client.alerts()
        assert [alert.name.raw for alert in told.alerts] == names[:2]
        assert told.missing == f"1 of 2 members did not answer: {second.address}: connection refused"
        first.kill()
        with pytest.raises(Unreachable, match=rf"{first.address}: connection refused; {second.address}: connection"):
            await client.alerts()


async def test_a_member_that_hangs_or_lies_is_noted_and_the_others_are_heard() -> None:
    known = told_alert(labels={"alertname": "A"})
    async with (
        LyingServer(HANG) as slow,
        LyingServer(Lie(200, b"<html>")) as liar,
        LyingServer(answer([known])) as good,
    ):
        endpoints = [Endpoint.parse(server.url) for server in (slow, liar, good)]
        async with AlertmanagerClient(endpoints, timeout_seconds=1.0) as client:
            told = await client.alerts()
    assert [alert.name.raw for alert in told.alerts] == ["A"]
    assert told.missing_members == tuple(endpoint.name for endpoint in endpoints[:2])
    assert told.missing is not None
    assert told.missing.startswith("2 of 3 members did not answer: ")
    assert told.missing.isprintable()
    assert {len(server.requests) for server in (slow, liar, good)} == {1}


async def test_what_links_are_made_of_is_kept() -> None:
    notes = {"dashboard": "https://grafana.example/d/1", "runbook_url": "runbooks/latency.md"}
    told = told_alert(labels={"alertname": "A"}, annotations=notes, generatorURL="http://prom:9090/graph?g0.expr=up")
    empty = told_alert(labels={"alertname": "B"}, generatorURL="", annotations={})
    lie = answer([told, empty])
    async with LyingServer(lie) as server, AlertmanagerClient([Endpoint.parse(server.url)]) as client:
        first, second = (await client.alerts()).alerts
    assert (first.dashboard_url, first.generator_url) == (notes["dashboard"], told["generatorURL"])
    assert (first.runbook_url, first.fingerprint) == (notes["runbook_url"], "0123456789abcdef")
    assert (second.dashboard_url, second.generator_url, second.runbook_url) == (None, None, None)


def test_a_client_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        AlertmanagerClient([])


async def test_nobody_there() -> None:
    async with AlertmanagerClient([Endpoint.parse("http://127.0.0.1:1")], random=lambda: 0.0) as client:
        with pytest.raises(Unreachable, match="connection refused"):
            await client.alerts()


def test_one_alert_of_two_servers_is_one() -> None:
    def alert(name: str, since: float, *, silenced: bool = False, state: str = "firing") -> Alert:
        return Alert(Label(name), {"alertname": name}, None, state, since, silenced)

    both = merged([[alert("b", 20), alert("a", 20)], [alert("b", 10, silenced=True)]])
    assert both == (alert("b", 10, silenced=True), alert("a", 20))
    assert merged([[alert("a", 1, state="inhibited")], [alert("a", 1)]]) == (alert("a", 1),)
    assert merged([[alert("a", 1, state="muted")], [alert("a", 1, state="muted")]]) == (alert("a", 1, state="muted"),)
