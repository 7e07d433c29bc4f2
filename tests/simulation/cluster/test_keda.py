"""A ScaledObject owns its autoscaler: whoever changes that is undone, whoever pauses is heeded."""

from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.keda import PAUSED, PAUSED_REPLICAS, SCALED_OBJECTS, add_keda
from tests.simulation.cluster.support import DEPLOYMENT, FakeClock

SCALED = "/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects/fraud"
AUTOSCALER = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/keda-hpa-fraud"
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


@pytest.fixture
def cluster(cluster: SimulatedCluster) -> SimulatedCluster:
    add_keda(cluster)
    spec = {
        "scaleTargetRef": {"name": "fraud"},
        "minReplicaCount": 2,
        "maxReplicaCount": 6,
        "triggers": [{"type": "prometheus", "metadata": {}}],
    }
    cluster.add_object(SCALED_OBJECTS, {"metadata": {"name": "fraud", "namespace": "ml"}, "spec": spec})
    return cluster


async def patch(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
    return await client.patch(path, json=body, headers=MERGE_PATCH)


async def test_its_autoscaler_is_put_back_and_follows_it(client: httpx.AsyncClient, clock: FakeClock) -> None:
    held = (await client.get(AUTOSCALER)).json()
    assert (held["spec"]["minReplicas"], held["spec"]["maxReplicas"]) == (2, 6)
    assert held["metadata"]["ownerReferences"][0]["kind"] == "ScaledObject"
    await patch(client, AUTOSCALER, {"spec": {"minReplicas": 5}})
    assert (await client.get(AUTOSCALER)).json()["spec"]["minReplicas"] == 2
    await patch(client, SCALED, {"spec": {"minReplicaCount": 5}})
    clock.now += 30
    assert (await client.get(DEPLOYMENT)).json()["spec"]["replicas"] == 5


async def test_a_pause_takes_the_autoscaler_away_and_pins_the_count(client: httpx.AsyncClient) -> None:
    await patch(client, SCALED, {"metadata": {"annotations": {PAUSED_REPLICAS: "7"}}})
    assert (await client.get(AUTOSCALER)).status_code == 404
    assert (await client.get(DEPLOYMENT)).json()["spec"]["replicas"] == 7
    assert (await client.get(SCALED)).json()["status"]["pausedReplicaCount"] == 7
    await patch(client, SCALED, {"metadata": {"annotations": {PAUSED_REPLICAS: None}}})
    assert (await client.get(AUTOSCALER)).status_code == 200


async def test_a_count_that_is_held_is_set_again_and_one_of_a_mere_pause_is_not(client: httpx.AsyncClient) -> None:
    await patch(client, SCALED, {"metadata": {"annotations": {PAUSED_REPLICAS: "7"}}})
    await patch(client, DEPLOYMENT, {"spec": {"replicas": 4}})
    assert (await client.get(DEPLOYMENT)).json()["spec"]["replicas"] == 7
    await patch(client, SCALED, {"metadata": {"annotations": {PAUSED_REPLICAS: None, PAUSED: "yes"}}})
    await patch(client, DEPLOYMENT, {"spec": {"replicas": 4}})
    assert (await client.get(DEPLOYMENT)).json()["spec"]["replicas"] == 4
    await patch(client, SCALED, {"metadata": {"annotations": {PAUSED: "false"}}})
    assert (await client.get(AUTOSCALER)).status_code == 200


async def test_its_webhook_refuses_a_floor_above_the_ceiling(client: httpx.AsyncClient) -> None:
    answer = await patch(client, f"{SCALED}?dryRun=All", {"spec": {"minReplicaCount": 9}})
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")
    assert "MinReplicaCount=9 must be less than MaxReplicaCount=6" in answer.json()["message"]


async def test_it_goes_with_its_autoscaler(client: httpx.AsyncClient) -> None:
    await client.delete(SCALED)
    assert (await client.get(AUTOSCALER)).status_code == 404


async def test_an_autoscaler_keeps_a_stateful_set_in_bounds_too(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    cluster.add_stateful_set(
        namespace="ml", name="store", replicas=1, image="store:1", labels={"app": "store"}, created=clock.now
    )
    spec = {"scaleTargetRef": {"name": "store", "kind": "StatefulSet"}, "minReplicaCount": 3, "maxReplicaCount": 6}
    cluster.add_object(SCALED_OBJECTS, {"metadata": {"name": "store", "namespace": "ml"}, "spec": spec})
    clock.now += 20
    stored = (await client.get("/apis/apps/v1/namespaces/ml/statefulsets/store")).json()
    assert stored["spec"]["replicas"] == 3
