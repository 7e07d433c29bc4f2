from datetime import UTC, datetime, timedelta

import pytest

from console.domain.alert import Alert
from console.domain.label import Label
from console.sources.alertmanager import AlertmanagerClient, merged
from console.transport.http import Endpoint, NotJson, Unreachable
from tests.services import Servers
from tests.services.server import fetch_json
from tests.sources.lying_server import CLOSE, Lie, LyingServer, answer

STARTED = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
INHIBITS = """
route: {receiver: nobody}
receivers: [{name: nobody}]
inhibit_rules:
  - source_matchers: [alertname = ClusterDown]
    target_matchers: [alertname = ModelSlow]
"""


async def test_alerts_of_a_real_alertmanager(servers: Servers) -> None:
    alertmanager = servers.alertmanager(config=INHIBITS)
    notes = {"summary": "p99 is 2.4 s\x1b[2J", "runbook_url": "https://runbooks.example/latency"}
    alertmanager.fire(
        "ModelLatencyHigh", {"model": "fraud", "severity": "critical"}, annotations=notes, starts_at=STARTED
    )
    alertmanager.fire("ModelErrors", {"model": "churn"}, starts_at=STARTED + timedelta(seconds=1))
    alertmanager.fire("ClusterDown", {}, starts_at=STARTED + timedelta(seconds=2))
    alertmanager.fire("ModelSlow", {}, starts_at=STARTED + timedelta(seconds=3))
    silence = {
        "matchers": [{"name": "alertname", "value": "ModelErrors", "isRegex": False, "isEqual": True}],
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "createdBy": "test",
        "comment": "test",
    }
    assert fetch_json(f"{alertmanager.url}/api/v2/silences", silence)["silenceID"]
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


async def test_the_next_replica_answers() -> None:
    async with LyingServer(CLOSE) as first, LyingServer(answer([])) as second:
        endpoints = [Endpoint.parse(first.url), Endpoint.parse(second.url)]
        async with AlertmanagerClient(endpoints) as client:
            assert (await client.alerts()).alerts == ()
            assert client.endpoint_name == endpoints[1].name


async def test_nobody_there() -> None:
    async with AlertmanagerClient([Endpoint.parse("http://127.0.0.1:1")], random=lambda: 0.0) as client:
        with pytest.raises(Unreachable, match="connection refused"):
            await client.alerts()


def test_one_alert_of_two_servers_is_one() -> None:
    def alert(name: str, since: float, *, silenced: bool = False) -> Alert:
        return Alert(Label(name), {"alertname": name}, None, "firing", since, silenced)

    both = merged([[alert("b", 20), alert("a", 20)], [alert("b", 10, silenced=True)]])
    assert both == (alert("b", 10, silenced=True), alert("a", 20))
