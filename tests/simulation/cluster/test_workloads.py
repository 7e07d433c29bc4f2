"""What surrounds the workloads of the simulated cluster: logs, quotas, nodes, StatefulSets and what is left behind."""

from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.resources import QUOTAS
from tests.simulation.cluster.support import DEPLOYMENT, NOON, FakeClock

PODS = "/api/v1/namespaces/ml/pods"
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


async def scale(client: httpx.AsyncClient, replicas: int, path: str = DEPLOYMENT) -> None:
    answer = await client.patch(f"{path}/scale", json={"spec": {"replicas": replicas}}, headers=MERGE_PATCH)
    assert answer.status_code == 200


async def names(client: httpx.AsyncClient, path: str = PODS) -> list[str]:
    return [item["metadata"]["name"] for item in (await client.get(path)).json()["items"]]


async def test_a_log_is_read_by_tail_container_and_run(cluster: SimulatedCluster, client: httpx.AsyncClient) -> None:
    pod = cluster.pods("ml", "fraud")[0].name
    cluster.write_log("ml", pod, ["one", "two", "out of memory"])
    assert (await client.get(f"{PODS}/{pod}/log?tailLines=2")).text == "two\nout of memory\n"
    assert (await client.get(f"{PODS}/{pod}/log?limitBytes=5")).text == "one\nt"
    assert (await client.get(f"{PODS}/{pod}/log?timestamps=true&tailLines=1")).text.startswith("20")
    for query in ("container=other", "previous=true", "tailLines=x"):
        assert (await client.get(f"{PODS}/{pod}/log?{query}")).status_code == 400
    cluster.break_pod("ml", pod, reason="OOMKilled", exit_code=137)
    assert (await client.get(f"{PODS}/{pod}/log?previous=true&tailLines=1")).text == "out of memory\n"
    (status,) = (await client.get(f"{PODS}/{pod}")).json()["status"]["containerStatuses"]
    assert status["lastState"]["terminated"]["reason"] == "OOMKilled"
    cluster.deny(resource="pods", subresource="log")
    assert (await client.get(f"{PODS}/{pod}/log")).status_code == 403


async def test_a_quota_stops_pods_and_says_so(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    cluster.add_object(QUOTAS, {"metadata": {"name": "small", "namespace": "ml"}, "spec": {"hard": {"pods": "4"}}})
    quota = (await client.get("/api/v1/namespaces/ml/resourcequotas/small")).json()
    assert quota["status"] == {"hard": {"pods": "4"}, "used": {"pods": "3"}}
    await scale(client, 6)
    clock.now += 30
    deployment = (await client.get(DEPLOYMENT)).json()
    assert (deployment["spec"]["replicas"], deployment["status"]["replicas"]) == (6, 4)
    (failure,) = [each for each in deployment["status"]["conditions"] if each["type"] == "ReplicaFailure"]
    assert "exceeded quota: small, requested: pods=1, used: pods=4, limited: pods=4" in failure["message"]
    events = (await client.get("/api/v1/namespaces/ml/events?fieldSelector=reason=FailedCreate")).json()["items"]
    assert len(events) == 1
    await scale(client, 4)
    clock.now += 30
    conditions = (await client.get(DEPLOYMENT)).json()["status"]["conditions"]
    assert "ReplicaFailure" not in [each["type"] for each in conditions]


async def test_a_cordoned_node_takes_no_pod(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    for node in ("node-a", "node-b", "node-c"):
        await client.patch(f"/api/v1/nodes/{node}", json={"spec": {"unschedulable": True}}, headers=MERGE_PATCH)
    await scale(client, 4)
    clock.now += 30
    pods = (await client.get(f"{PODS}?fieldSelector=status.phase=Pending")).json()["items"]
    (condition,) = [each for each in pods[0]["status"]["conditions"] if each["type"] == "PodScheduled"]
    assert condition["message"] == "0/3 nodes are available: 3 node(s) were unschedulable."
    await client.patch("/api/v1/nodes/node-a", json={"spec": {"unschedulable": None}}, headers=MERGE_PATCH)
    clock.now += 30
    assert len(cluster.pods("ml", "fraud")) == 4
    assert all(pod.node for pod in cluster.pods("ml", "fraud"))


async def test_a_stateful_set_grows_in_order_and_shrinks_from_the_end(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    path = "/apis/apps/v1/namespaces/ml/statefulsets/store"
    cluster.add_stateful_set(
        namespace="ml", name="store", replicas=1, image="store:1", labels={"app": "store"}, created=NOON - 60
    )
    await scale(client, 3, path)
    clock.now += 9
    stores = f"{PODS}?labelSelector=app=store"
    assert await names(client, stores) == ["store-0", "store-1", "store-2"]
    assert (await client.get(path)).json()["status"]["readyReplicas"] == 2
    clock.now += 30
    assert (await client.get(path)).json()["status"]["readyReplicas"] == 3
    await scale(client, 1, path)
    clock.now += 3
    assert await names(client, stores) == ["store-0", "store-1"]
    clock.now += 30
    assert await names(client, stores) == ["store-0"]


@pytest.mark.parametrize("kind", ["deployments/fraud", "statefulsets/store"])
async def test_what_belongs_to_a_deleted_workload_goes_too(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, kind: str
) -> None:
    cluster.add_stateful_set(
        namespace="ml", name="store", replicas=2, image="store:1", labels={"app": "store"}, created=NOON - 60
    )
    before: dict[str, Any] = {}
    for plural in ("replicasets", "controllerrevisions"):
        before[plural] = await names(client, f"/apis/apps/v1/namespaces/ml/{plural}")
    assert (await client.delete(f"/apis/apps/v1/namespaces/ml/{kind}")).status_code == 200
    clock.now += 60
    left = {plural: await names(client, f"/apis/apps/v1/namespaces/ml/{plural}") for plural in before}
    if kind.startswith("deployments"):
        assert (left["replicasets"], len(left["controllerrevisions"])) == ([], 1)
        assert await names(client) == ["store-0", "store-1"]
    else:
        assert (left["controllerrevisions"], len(left["replicasets"])) == ([], 1)
        assert len(await names(client)) == 3
