"""Circumstances against a real Prometheus whose past is known."""

import time

import pytest

from console.domain.change import ChangeKind
from console.domain.circumstances import Circumstances
from console.domain.moments import floor_to_step
from console.domain.series import Series
from console.history.circumstances.cluster import NOT_EXPORTED
from console.history.circumstances.reader import Sought
from console.history.store import HistoryStore
from console.history.tally import Tally
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint
from tests.history.circumstances.past import NEW_POD, NODES, OLD_PODS, SINCE, a_bad_release, add_cluster
from tests.services import Servers

END = floor_to_step(time.time() - 600.0, 300.0)


def last(series: Series | None) -> float:
    assert series is not None
    return series.last


async def circumstances_at(url: str, at: float, onset: float) -> Circumstances:
    async with PrometheusClient([Endpoint(url)]) as client:
        store = HistoryStore(client, load_presets(), Settings())
        history = (await store.load(at)).history
        (fraud,) = [past.model for past in history.models if past.model.id == "fraud"]
        fleet = [past.model for past in history.models]
        sought = [Sought(fraud, onset, "latency_p99")]
        found = await store.circumstances_reader(client).read(sought, fleet, history.at, Tally())
        return found["fraud"]


@pytest.fixture(scope="module")
def url(session_servers: Servers) -> str:
    history = a_bad_release(END)
    add_cluster(history, END)
    return session_servers.prometheus(history=history).url


async def test_versions_and_replicas_are_told_apart(url: str) -> None:
    found = await circumstances_at(url, END, END - SINCE)
    assert [part.name for part in found.versions] == ["v1", "v2"]
    old, new = found.versions
    assert last(old.traffic) == pytest.approx(10.0)
    assert last(new.latency) == pytest.approx(2.0)
    assert last(old.error_ratio) == 0.0
    assert last(new.error_ratio) == pytest.approx(0.1)
    assert last(old.latency_high) < 0.3 < 1.0 < last(new.latency_high)
    assert [part.name for part in found.replicas] == sorted(NODES)
    assert {part.name: part.version for part in found.replicas} == {**dict.fromkeys(OLD_PODS, "v1"), NEW_POD: "v2"}
    assert found.missing == ()


async def test_the_cluster_tells_ready_and_wanted_replicas_and_nodes(url: str) -> None:
    found = await circumstances_at(url, END, END - SINCE)
    assert {part.name: part.node for part in found.replicas} == NODES
    assert found.capacity.ready is not None
    ready = dict(found.capacity.ready.points())
    assert (ready[END - SINCE - 60.0], ready[END]) == (2.0, 3.0)
    assert last(found.capacity.wanted) == 3.0
    assert last(found.capacity.measured) == 3.0


async def test_the_autoscaler_restarts_and_rollouts_are_told(url: str) -> None:
    found = await circumstances_at(url, END, END - SINCE)
    capacity = found.capacity
    assert (capacity.autoscaler_most, last(capacity.autoscaler_wants)) == (4.0, 4.0)
    assert capacity.restarts is not None
    assert dict(capacity.restarts.points())[END - SINCE - 60.0] == 0.0
    assert capacity.restarts.last == 2.0
    told = [(change.kind, change.at, change.detail) for change in found.changes]
    assert told == [
        (ChangeKind.RESTART, END - SINCE, f"{OLD_PODS[0]} restarted 2 times"),
        (ChangeKind.ROLLOUT, END - SINCE, "rollout of fraud to fraud-7d8e9f"),
    ]


RENAMED = {"namespace": "exported_namespace", "pod": "exported_pod"}


async def test_labels_that_the_server_renamed_are_found(servers: Servers) -> None:
    history = a_bad_release(END)
    add_cluster(history, END, renamed=RENAMED, extra={"namespace": "monitoring", "pod": "kube-state-metrics-0"})
    found = await circumstances_at(servers.prometheus(history=history).url, END, END - SINCE)
    assert {part.name: part.node for part in found.replicas} == NODES
    assert last(found.capacity.wanted) == 3.0


async def test_two_exporters_count_once(servers: Servers) -> None:
    history = a_bad_release(END)
    add_cluster(history, END)
    add_cluster(history, END, extra={"instance": "10.0.0.10:8080"})
    found = await circumstances_at(servers.prometheus(history=history).url, END, END - SINCE)
    assert (last(found.capacity.ready), found.capacity.autoscaler_most) == (3.0, 4.0)
    assert (last(found.capacity.restarts), found.missing) == (2.0, ())


async def test_a_pod_of_the_same_name_in_another_cluster_is_no_guess(servers: Servers) -> None:
    history = a_bad_release(END)
    for cluster in ("blue", "green"):
        add_cluster(history, END, extra={"cluster": cluster})
    found = await circumstances_at(servers.prometheus(history=history).url, END, END - SINCE)
    assert found.missing == ("its workload: pods of these names are in blue/ml, green/ml",)
    assert found.capacity.wanted is None
    assert {part.node for part in found.replicas} == {None}
    assert found.capacity.ready == found.capacity.measured


async def test_another_namespace_is_another_workload(servers: Servers) -> None:
    history = a_bad_release(END)
    add_cluster(history, END, namespace="elsewhere")
    found = await circumstances_at(servers.prometheus(history=history).url, END, END - SINCE)
    assert found.missing == ("its workload: kube-state-metrics knows none of its pods",)


async def test_without_kube_state_metrics_replicas_that_have_metrics_count(servers: Servers) -> None:
    found = await circumstances_at(servers.prometheus(history=a_bad_release(END)).url, END, END - SINCE)
    assert found.missing == (NOT_EXPORTED,)
    assert found.capacity.ready is not None
    ready = dict(found.capacity.ready.points())
    assert (ready[END - SINCE - 60.0], ready[END]) == (2.0, 3.0)
