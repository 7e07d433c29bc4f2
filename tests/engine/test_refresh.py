"""Refreshes against real servers: what is broken is named with its playbook, and a dead source is one banner."""

import time
from collections.abc import AsyncIterator

import msgspec
import pytest

from console.domain.anomaly import AnomalyKind, Status
from console.domain.link import Link
from console.domain.moments import floor_to_step
from console.domain.series import Grid
from console.domain.signal import State
from console.engine.detail import DetailReader, step_for
from console.engine.load_curves import LoadCurves
from console.engine.refresh import Refresher
from console.headless.summary.words import troubled_sources
from console.settings.secrets import Secret, SecretUnavailable
from console.settings.settings import AlertmanagerSettings, LinkSettings, ServerSettings, Settings
from tests.history.test_store import SLOW_FOR, the_past
from tests.services import Alertmanager, Prometheus, Servers

END = floor_to_step(time.time() - 600.0, 300.0)


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus(history=the_past(END))


@pytest.fixture(scope="module")
def alertmanager(session_servers: Servers) -> Alertmanager:
    return session_servers.alertmanager()


def settings_for(*urls: str, alertmanager: str | None = None) -> Settings:
    return Settings(
        prometheus=ServerSettings(name="prometheus", urls=urls, timeout=5.0),
        alertmanager=(AlertmanagerSettings(name="alertmanager", urls=(alertmanager,)),) if alertmanager else (),
    )


def refresher_for(settings: Settings) -> Refresher:
    return Refresher(settings, environment={}, clock=lambda: END)


def detail_reader(refresher: Refresher, settings: Settings) -> DetailReader:
    return DetailReader(refresher.read_model, settings, refresher.links, LoadCurves(refresher.read_load))


@pytest.fixture
async def refresher(prometheus: Prometheus) -> AsyncIterator[Refresher]:
    async with refresher_for(settings_for(prometheus.url)) as refresher:
        yield refresher


async def test_a_broken_model_comes_first_with_the_playbook_that_fits(refresher: Refresher) -> None:
    snapshot = await refresher.take(END)
    assert (snapshot.status, snapshot.live, snapshot.read_only) == (Status.CRITICAL, False, True)
    fraud = snapshot.models[0]
    assert (fraud.model.id, fraud.anomalies[0].kind) == ("fraud", AnomalyKind.LATENCY)
    assert fraud.anomalies[0].playbooks[0].id == "dependency-slow-or-failing"
    assert snapshot.count(Status.OK) == 1


async def test_the_past_before_the_incident_was_healthy(refresher: Refresher) -> None:
    snapshot = await refresher.take(END - SLOW_FOR - 900.0)
    assert [view.status for view in snapshot.models] == [Status.OK] * 3


async def test_a_live_screen_and_a_cold_summary_agree(prometheus: Prometheus, refresher: Refresher) -> None:
    for earlier in (600.0, 540.0, 30.0):
        await refresher.take(END - earlier)
    warm = await refresher.take(END)
    async with refresher_for(settings_for(prometheus.url)) as cold:
        assert repr((await cold.take(END)).models) == repr(warm.models)


async def test_a_dead_source_is_one_banner_over_a_frozen_fleet(servers: Servers) -> None:
    dying = servers.prometheus(history=the_past(END))
    async with refresher_for(settings_for(dying.url)) as refresher:
        before = await refresher.take(END)
        dying.kill()
        after = await refresher.take(END + 15.0)
    assert [source.status for source in after.sources] == [Status.UNKNOWN]
    assert "connection refused" in str(after.sources[0].detail)
    assert after.status is Status.CRITICAL
    (known,) = before.models[0].anomalies
    unseen = msgspec.structs.replace(known, last_seen=before.models[0].readings["latency_p99"].seen)
    assert [view.anomalies for view in after.models if view.model.id == "fraud"] == [(unseen,)]
    assert after.find("ads") is not None
    ads = next(view for view in after.models if view.model.id == "ads")
    assert (ads.status, ads.readings["traffic"].state) == (Status.UNKNOWN, State.SOURCE_DOWN)
    assert ads.anomalies == ()


async def test_a_source_that_never_answered_leaves_an_empty_unknown_fleet() -> None:
    async with refresher_for(settings_for("http://127.0.0.1:1")) as refresher:
        snapshot = await refresher.take(None)
    assert (snapshot.models, snapshot.status) == ((), Status.UNKNOWN)


async def test_the_next_replica_answers_when_the_first_is_gone(prometheus: Prometheus) -> None:
    async with refresher_for(settings_for("http://127.0.0.1:1", prometheus.url)) as refresher:
        snapshot = await refresher.take(END)
    assert snapshot.status is Status.CRITICAL
    (source,) = snapshot.sources
    assert (source.name, source.replica) == ("prometheus", prometheus.address)
    assert source.shown_name == f"prometheus via {prometheus.address}"


async def test_alerts_of_alertmanager_are_attached_to_the_model_they_name(
    prometheus: Prometheus, alertmanager: Alertmanager
) -> None:
    alertmanager.fire("DriftHigh", {"model": "ads", "severity": "critical"})
    async with refresher_for(settings_for(prometheus.url, alertmanager=alertmanager.url)) as refresher:
        snapshot = await refresher.take(None)
    assert [source.name for source in snapshot.sources] == ["prometheus", "alertmanager"]
    ads = snapshot.find("ads")
    assert ads is not None
    assert (ads.status, ads.anomalies[0].summary) == (Status.CRITICAL, "alert DriftHigh is firing")


async def test_alerts_stay_while_their_alertmanager_is_down(prometheus: Prometheus, servers: Servers) -> None:
    dying = servers.alertmanager()
    dying.fire("DriftHigh", {"model": "ads", "severity": "critical"})
    async with refresher_for(settings_for(prometheus.url, alertmanager=dying.url)) as refresher:
        await refresher.take(None)
        dying.kill()
        snapshot = await refresher.take(None)
    assert snapshot.sources[1].status is Status.UNKNOWN
    ads = snapshot.find("ads")
    assert ads is not None
    assert ads.status is Status.CRITICAL
    assert [alert.model_id for alert in snapshot.alerts] == ["ads"]


async def test_one_member_of_an_alertmanager_that_is_down_is_a_note(
    prometheus: Prometheus, alertmanager: Alertmanager
) -> None:
    alertmanager.fire("DriftHigh", {"model": "ads", "severity": "critical"})
    settings = msgspec.structs.replace(
        settings_for(prometheus.url),
        alertmanager=(AlertmanagerSettings("alertmanager", urls=("http://127.0.0.1:1", alertmanager.url)),),
    )
    async with refresher_for(settings) as refresher:
        snapshot = await refresher.take(None)
    source = snapshot.sources[1]
    assert (source.status, source.partial) == (Status.OK, False)
    assert source.detail == "1 of 2 members did not answer: 127.0.0.1:1: connection refused"
    assert source.missing_members == ("127.0.0.1:1",)
    assert "ads" in [alert.model_id for alert in snapshot.alerts]
    assert troubled_sources(snapshot) == [("NOTE", "alertmanager", source.detail)]


async def test_a_dead_alertmanager_is_told_and_hides_nothing_else(prometheus: Prometheus) -> None:
    settings = settings_for(prometheus.url, alertmanager="http://127.0.0.1:1")
    async with refresher_for(settings) as refresher:
        snapshot = await refresher.take(None)
    assert [source.status for source in snapshot.sources] == [Status.OK, Status.UNKNOWN]
    assert len(snapshot.models) == 3


async def test_links_are_for_the_range_that_is_shown(prometheus: Prometheus, alertmanager: Alertmanager) -> None:
    alertmanager.fire("DriftHigh", {"model": "ads"}, annotations={"runbook_url": "https://wiki.example/drift"})
    template = LinkSettings("dashboard", "https://grafana.example/d/x?m={model}&from={from_s}&to={to_s}")
    settings = settings_for(prometheus.url, alertmanager=alertmanager.url)
    async with refresher_for(msgspec.structs.replace(settings, links=(template,))) as refresher:
        snapshot = await refresher.take(None)
        ads = snapshot.find("ads")
        assert ads is not None
        detail = await detail_reader(refresher, settings).take(snapshot, ads, 7200.0, 3600.0)
    runbook, dashboard, *_ = ads.links
    assert runbook == Link("runbook of DriftHigh", "https://wiki.example/drift")
    assert dashboard.url == f"https://grafana.example/d/x?m=ads&from={int(END) - 3600}&to={int(END)}"
    assert detail.links[1].url == f"https://grafana.example/d/x?m=ads&from={int(detail.start)}&to={int(detail.end)}"


async def test_detail_of_a_model_over_another_range(refresher: Refresher) -> None:
    snapshot = await refresher.take(END)
    reader = detail_reader(refresher, settings_for("http://unused"))
    detail = await reader.take(snapshot, snapshot.models[0], span=6 * 3600.0, shift=3600.0)
    latency = detail.panels[0]
    assert latency.signal.name == "latency_p99"
    assert list(latency.lines) == ["latency_p99", "latency_p95", "latency_p50", "latency_mean"]
    assert latency.objective_label == "limit 0.75 s"
    assert 0.0 <= END - 3600.0 - detail.end < 120.0  # the step of this range
    assert latency.lines["latency_p99"].last == pytest.approx(0.2485, rel=0.02)
    assert [panel.signal.name for panel in detail.panels[:3]] == ["latency_p99", "error_ratio", "traffic"]


async def test_what_a_model_carried_is_read_with_its_replicas_and_its_latency(refresher: Refresher) -> None:
    snapshot = await refresher.take(END)
    fraud = snapshot.models[0]
    past = await refresher.read_load(fraud.model, "latency_p99", END)
    assert past is not None
    assert past.traffic.grid == past.replicas.grid == past.latency.grid == Grid.until(END, 7 * 86_400.0, 300.0)
    assert (past.signal, past.replicas.last) == ("latency_p99", fraud.replicas)
    assert past.traffic.last == pytest.approx(fraud.readings["traffic"].value, rel=0.1)
    assert await refresher.read_load(fraud.model, "time_to_first_token", END) is None
    detail = await detail_reader(refresher, settings_for("http://unused")).take(snapshot, fraud, 3600.0, 0.0)
    assert detail.capacity.in_words() != ""


async def test_detail_stays_while_the_source_is_silent(servers: Servers) -> None:
    dying = servers.prometheus(history=the_past(END))
    settings = settings_for(dying.url)
    async with refresher_for(settings) as refresher:
        reader = detail_reader(refresher, settings)
        before = await refresher.take(END)
        read = await reader.take(before, before.models[0], span=3600.0, shift=0.0)
        dying.kill()
        after = await refresher.take(END + 60.0)
        fraud = next(view for view in after.models if view.model.id == "fraud")
        kept = await reader.take(after, fraud, span=3600.0, shift=0.0)
        other = await reader.take(after, fraud, span=7200.0, shift=0.0)
    assert "connection refused" in str(kept.detail)
    assert (kept.start, kept.end) == (read.start, read.end)
    assert repr([panel.lines for panel in kept.panels]) == repr([panel.lines for panel in read.panels])
    assert kept.panels[0].reading.state is State.SOURCE_DOWN
    assert all(series.last_seen() is None for panel in other.panels for series in panel.lines.values())


@pytest.mark.parametrize(("span", "step"), [(60.0, 15.0), (3600.0, 15.0), (86_400.0, 300.0), (60 * 86_400.0, 21_600.0)])
def test_the_step_of_a_range_comes_from_one_ladder(span: float, step: float) -> None:
    assert step_for(span, finest=15.0) == step


def test_a_missing_secret_is_said_before_anything_is_asked() -> None:
    server = ServerSettings(name="prometheus", urls=("http://127.0.0.1:1",), bearer=Secret(env="NO_SUCH_TOKEN"))
    with pytest.raises(SecretUnavailable, match="NO_SUCH_TOKEN is not set"):
        refresher_for(msgspec.structs.replace(settings_for("http://x"), prometheus=server))
