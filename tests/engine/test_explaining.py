"""Refreshes say why something broke: by versions, replicas and the cluster around it."""

import time

import msgspec
import pytest

from console.detect.judge import judge
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind, Incident, Severity, Status
from console.domain.change import ChangeKind
from console.domain.moments import floor_to_step
from console.engine.explaining import Explainer
from console.engine.refresh import Refresher
from console.history.store import Loaded
from console.settings.settings import ServerSettings, Settings
from tests.history.circumstances.past import DAY, SINCE, a_bad_release, add_cluster, add_pod, pod_labels
from tests.services import Prometheus, Servers

END = floor_to_step(time.time() - 600.0, 300.0)


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = a_bad_release(END)
    add_cluster(history, END)
    return session_servers.prometheus(history=history)


def refresher_for(*urls: str, timeout: float = 5.0, patience: float | None = None) -> Refresher:
    server = ServerSettings(name="prometheus", urls=urls, timeout=timeout)
    settings = Settings(prometheus=server, cache=False)
    return Refresher(settings, environment={}, clock=lambda: END, patience=patience)


async def test_a_slow_release_is_named_with_its_confidence(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus.url) as refresher:
        (fraud,) = (await refresher.take(END)).models
    assert fraud.status is Status.CRITICAL
    latency = fraud.anomalies[0]
    assert latency.causes[0].kind is CauseKind.NEW_VERSION
    assert "v2" in latency.causes[0].detail
    assert [change.detail for change in fraud.changes if change.kind is ChangeKind.VERSION] == ["v2"]
    assert fraud.not_read == ()


async def test_a_healthy_fleet_is_asked_nothing_more(prometheus: Prometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.history.store.HistoryStore.circumstances_reader", None)
    async with refresher_for(prometheus.url) as refresher:
        (fraud,) = (await refresher.take(END - 2 * SINCE)).models
    assert fraud.status is Status.OK


async def test_a_warm_screen_and_a_cold_summary_tell_the_same_causes(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus.url, patience=2.0) as screen:
        for earlier in (75.0, 30.0, 15.0):
            await screen.take(END - earlier)
        warm = await screen.take(END)
    async with refresher_for(prometheus.url) as cold:
        assert repr((await cold.take(END)).models) == repr(warm.models)


async def test_what_is_not_looked_into_says_so(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.engine.circumstances.MOST_MODELS", 1)
    monkeypatch.setattr("console.engine.explaining.MOST_MODELS", 1)
    history = a_bad_release(END)
    for pod, version, start, seconds in (("eta-a", "v1", END - DAY, 0.2), ("eta-b", "v2", END - SINCE / 2, 2.0)):
        add_pod(history, pod_labels(pod, version, model="eta"), start=start, end=END, seconds=seconds)
    async with refresher_for(servers.prometheus(history=history).url) as refresher:
        fraud, eta = (await refresher.take(END)).models
    assert (fraud.model.id, fraud.anomalies[0].causes[0].kind) == ("fraud", CauseKind.NEW_VERSION)
    assert (eta.anomalies[0].causes, len(eta.not_read)) == ((), 1)


async def test_what_broke_behind_an_older_drift_is_explained_too(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus.url) as refresher:
        assert refresher.metrics is not None
        loaded = await refresher.metrics.load(END)
        assert isinstance(loaded, Loaded)
        settings = Settings(prometheus=ServerSettings(name="prometheus", urls=(prometheus.url,)), cache=False)
        (view,) = judge(loaded.history, settings.judgement, (), ())
        assert view.incident is not None
        drift = Anomaly("fraud/drift", AnomalyKind.FEATURE_DRIFT, "drift", Severity.CRITICAL, END - DAY, "it drifted")
        older = Incident("fraud", drift.onset, (drift,))
        behind = msgspec.structs.replace(view, incident=older, other_incidents=(view.incident,))
        explainer = Explainer(settings, refresher.metrics, None)
        (told,), _ = await explainer.explained([behind], loaded.history, frozenset())
        await explainer.aclose()
    assert told.incident == older
    assert told.other_incidents[0].anomalies[0].causes[0].kind is CauseKind.NEW_VERSION
