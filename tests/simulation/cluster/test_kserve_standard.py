from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from tests.simulation.cluster.inference import MERGE_PATCH, SCORING, Reader, add_scoring, model
from tests.simulation.cluster.support import FakeClock

DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/scoring-predictor"
AUTOSCALER = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/scoring-predictor"
SOURCE_URI = "internal.serving.kserve.io/storage-initializer-sourceuri"
NO_AUTOSCALER = {"serving.kserve.io/autoscalerClass": "none"}


def canary(name: str, percent: int, **fields: Any) -> dict[str, Any]:
    return {"trafficPercent": percent, "predictor": {"name": name, **model(name), **fields}}


@pytest.fixture
def read(client: httpx.AsyncClient) -> Reader:
    return Reader(client)


async def test_it_owns_a_deployment_and_an_autoscaler_and_puts_back_what_others_change_there(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, read: Reader
) -> None:
    add_scoring(cluster, model("v41", minReplicas=2, maxReplicas=4))
    clock.now += 60
    deployment = await read.deployment()
    assert deployment["metadata"]["ownerReferences"][0]["kind"] == "InferenceService"
    assert deployment["spec"]["replicas"] == deployment["status"]["availableReplicas"] == 2
    template = deployment["spec"]["template"]
    assert template["metadata"]["annotations"][SOURCE_URI] == "s3://models/scoring/v41"
    assert (await read.status())["deploymentMode"] == "Standard"

    image = {"containers": [{"name": "kserve-container", "image": "other"}]}
    await client.patch(DEPLOYMENT, json={"spec": {"template": {"spec": image}}}, headers=MERGE_PATCH)
    await client.patch(AUTOSCALER, json={"spec": {"minReplicas": 4}}, headers=MERGE_PATCH)
    assert (await read.deployment())["spec"]["template"] == template
    assert (await read.get(AUTOSCALER))["spec"]["minReplicas"] == 2
    await client.patch(f"{DEPLOYMENT}/scale", json={"spec": {"replicas": 1}}, headers=MERGE_PATCH)
    assert (await read.deployment())["spec"]["replicas"] == 1
    clock.now += 20
    assert (await read.deployment())["spec"]["replicas"] == 2


async def test_without_an_autoscaler_the_replicas_are_put_back_at_once(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, read: Reader
) -> None:
    add_scoring(cluster, model("v41", minReplicas=3), annotations=NO_AUTOSCALER)
    clock.now += 20
    assert (await client.get(AUTOSCALER)).status_code == 404
    await client.patch(f"{DEPLOYMENT}/scale", json={"spec": {"replicas": 5}}, headers=MERGE_PATCH)
    assert (await read.deployment())["spec"]["replicas"] == 3
    await client.patch(SCORING, json={"spec": {"predictor": {"minReplicas": None}}}, headers=MERGE_PATCH)
    assert (await read.deployment())["spec"]["replicas"] == 1


async def test_ready_canaries_count_towards_the_floor_and_go_with_their_entry(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, read: Reader
) -> None:
    both = [canary("v42", 25), canary("v43", 10, minReplicas=2)]
    add_scoring(cluster, model("v41", minReplicas=4), annotations=NO_AUTOSCALER, canary=both)
    assert (await read.replicas())["scoring-predictor"] == 4
    clock.now += 60
    ready = {"scoring-predictor": 1, "scoring-v42-predictor": 1, "scoring-v43-predictor": 2}
    assert await read.replicas() == ready
    assert [found["ready"] for found in (await read.status())["canaryStatuses"]] == [True, True]
    await client.patch(SCORING, json={"spec": {"canary": []}}, headers=MERGE_PATCH)
    clock.now += 60
    assert await read.replicas() == {"scoring-predictor": 4}
    assert "canaryStatuses" not in await read.status()
    pods = await read.get("/api/v1/namespaces/ml/pods?labelSelector=version=v42")
    assert pods["items"] == []


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"predictor": {"minReplicas": 5, "maxReplicas": 4}}, "'MinReplicas' cannot be greater than MaxReplicas"),
        ({"predictor": {"minReplicas": -1}}, "'MinReplicas' cannot be less than 0"),
        ({"canary": [canary("a", 60), canary("b", 50)]}, "must not exceed 100"),
        ({"canary": [canary("a", 1), canary("a", 1)]}, "a predictor.name of its own"),
    ],
)
async def test_the_webhook_refuses(
    cluster: SimulatedCluster, client: httpx.AsyncClient, spec: dict[str, Any], why: str
) -> None:
    add_scoring(cluster, model("v41"))
    answer = await client.patch(f"{SCORING}?dryRun=All", json={"spec": spec}, headers=MERGE_PATCH)
    assert answer.status_code == 403
    assert why in answer.json()["message"]


@pytest.mark.parametrize(
    ("predictor", "image", "source"),
    [
        (model("v41"), "kserve/sklearnserver:v0.20.0", "s3://models/scoring/v41"),
        ({"xgboost": {"storageUri": "gs://m/1", "runtimeVersion": "1.2"}}, "kserve/xgboostserver:1.2", "gs://m/1"),
        ({"containers": [{"image": "own:1", "env": [{"name": "STORAGE_URI", "value": "s3://x"}]}]}, "own:1", "s3://x"),
        ({"containers": [{"image": "own:2"}]}, "own:2", None),
    ],
)
async def test_every_form_of_a_predictor_is_served(
    cluster: SimulatedCluster, read: Reader, predictor: dict[str, Any], image: str, source: str | None
) -> None:
    add_scoring(cluster, predictor)
    template = (await read.deployment())["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == image
    assert template["metadata"]["annotations"].get(SOURCE_URI) == source
