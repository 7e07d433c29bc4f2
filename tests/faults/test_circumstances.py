"""What surrounds a broken model cannot be read: the refresh stays whole, and it is told what is not known."""

import time
from collections.abc import AsyncIterator

import pytest

from console.domain.anomaly import CauseKind, Status
from console.domain.moments import floor_to_step
from console.domain.snapshot import ModelView
from console.engine.refresh import Refresher
from console.settings.settings import ServerSettings, Settings
from tests.faults.lying_proxy import LyingProxy, asks
from tests.history.circumstances.past import (
    DAY,
    OLD_PODS,
    SINCE,
    a_bad_release,
    add_cluster,
    add_pod,
    pod_labels,
)
from tests.services import OpenMetricsHistory, Prometheus, Servers
from tests.sources.lying_server import CLOSE, HANG, Lie, Request, answer, failure

END = floor_to_step(time.time() - 600.0, 300.0)
READY = asks("kube_deployment_status_replicas_ready")
HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
LIES = {
    "hung": HANG,
    "closed": CLOSE,
    "503 with HTML": Lie(503, HTML, "text/html"),
    "too heavy": failure(422, "execution", "query processing would load too many samples"),
    "cut": Lie(200, b'{"status":"success","data":{"resultType":"matrix","res', promised=10_000),
    "deep": Lie(200, b'{"data":{"resultType":"matrix","result":[{"metric":' + b"[" * 100_000),
    "no labels": answer({"data": {"resultType": "matrix", "result": [{"metric": [1]}]}}),
}


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = a_bad_release(END)
    add_cluster(history, END)
    return session_servers.prometheus(history=history)


@pytest.fixture
async def proxy(prometheus: Prometheus) -> AsyncIterator[LyingProxy]:
    async with LyingProxy(prometheus.url) as proxy:
        yield proxy


def refresher_for(url: str, *, timeout: float = 5.0, patience: float | None = None) -> Refresher:
    settings = Settings(prometheus=ServerSettings(name="prometheus", urls=(url,), timeout=timeout), cache=False)
    return Refresher(settings, environment={}, clock=lambda: END, patience=patience)


def of_circumstances(request: Request) -> bool:
    """Choose what is asked of one model and of the cluster, and nothing of the fleet."""
    return asks('model="fraud"', "kube_")(request)


async def fraud_of(refresher: Refresher, at: float = END) -> ModelView:
    snapshot = await refresher.take(at)
    assert [source.status for source in snapshot.sources] == [Status.OK]
    return next(view for view in snapshot.models if view.model.id == "fraud")


@pytest.mark.parametrize("name", LIES)
async def test_one_query_that_fails_is_one_line(name: str, proxy: LyingProxy) -> None:
    proxy.lie(LIES[name], READY)
    async with refresher_for(proxy.url, timeout=2.0 if name == "hung" else 5.0) as refresher:
        fraud = await fraud_of(refresher)
    assert len(fraud.not_read) == 1
    assert fraud.anomalies[0].causes[0].kind is CauseKind.NEW_VERSION or name == "closed"


async def test_labels_that_are_not_told_leave_the_cluster_unread(proxy: LyingProxy) -> None:
    def labels_of_the_cluster(request: Request) -> bool:
        return request.path == "/api/v1/labels" and request.form.get("match[]") == ["kube_pod_owner"]

    proxy.lie(Lie(503, HTML, "text/html"), labels_of_the_cluster)
    async with refresher_for(proxy.url) as refresher:
        fraud = await fraud_of(refresher)
    assert [told.startswith("what runs its pods: ") for told in fraud.not_read] == [True]
    assert fraud.anomalies[0].causes[0].kind is CauseKind.NEW_VERSION


async def test_a_server_that_hangs_holds_no_screen_up(proxy: LyingProxy) -> None:
    proxy.lie(HANG, of_circumstances)
    async with refresher_for(proxy.url, timeout=20.0, patience=0.3) as refresher:
        fraud = await fraud_of(refresher)
        assert fraud.status is Status.CRITICAL
        assert fraud.not_read == ("versions, replicas and cluster: not read yet: the server takes its time",)


async def test_what_comes_late_is_taken_at_the_next_refresh(proxy: LyingProxy) -> None:
    proxy.lie(HANG, of_circumstances)
    async with refresher_for(proxy.url, timeout=2.0, patience=0.3) as refresher:
        assert "not read yet" in (await fraud_of(refresher, END - 15.0)).not_read[0]
        proxy.be_honest()
        while (fraud := await fraud_of(refresher)).not_read:
            pass
    assert fraud.anomalies[0].causes[0].kind is CauseKind.NEW_VERSION


async def test_a_server_that_closes_everything_more_is_told(proxy: LyingProxy) -> None:
    proxy.lie(CLOSE, of_circumstances)
    async with refresher_for(proxy.url) as refresher:
        fraud = await fraud_of(refresher)
    assert fraud.status is Status.CRITICAL
    assert fraud.not_read


HOSTILE = ("fr.*", 'a|b"c\\d', "fraud\n{x='y'}")


async def test_hostile_names_are_asked_for_as_they_are(servers: Servers) -> None:
    history = OpenMetricsHistory()
    for number, name in enumerate(("fraud", *HOSTILE)):
        for pod, seconds, start in ((f"p.+{number}|", 0.2, END - DAY), (f'"{number}\\', 2.0, END - SINCE)):
            labels = pod_labels(pod, "v1" if seconds < 1 else f"v2|{number}", model=name)
            add_pod(history, labels, start=start, end=END, seconds=seconds)
    async with refresher_for(servers.prometheus(history=history).url) as refresher:
        snapshot = await refresher.take(END)
    assert {view.model.name.raw for view in snapshot.models if view.incident} == {"fraud", *HOSTILE}
    for view in snapshot.models:
        first = view.anomalies[0].causes[0]
        assert first.kind is CauseKind.NEW_VERSION
        (version,) = [change.detail for change in view.changes if change.kind == "version"]
        assert version.startswith("v2|")
        assert version in first.detail


async def test_a_pattern_as_a_name_is_no_pattern(servers: Servers) -> None:
    history = a_bad_release(END)
    for name in ("fr.*", ".+"):
        labels = pod_labels(f"pod of {name}", "v1", model=name)
        add_pod(history, labels, start=END - DAY, end=END - SINCE, seconds=0.2)
    for pod in OLD_PODS:
        add_pod(history, pod_labels(f"other-{pod}", "v1", model="fine"), start=END - DAY, end=END, seconds=0.2)
    async with refresher_for(servers.prometheus(history=history).url) as refresher:
        snapshot = await refresher.take(END)
    fine = next(view for view in snapshot.models if view.model.id == "fine")
    assert (fine.status, fine.changes) == (Status.OK, ())
