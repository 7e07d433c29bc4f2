from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from tests.simulation.cluster.inference import MERGE_PATCH, SCORING, Reader, add_scoring, model
from tests.simulation.cluster.support import FakeClock

KNATIVE: dict[str, Any] = {"mode": "Serverless"}
FIRST, SECOND = "scoring-predictor-00001", "scoring-predictor-00002"


@pytest.fixture
def read(client: httpx.AsyncClient) -> Reader:
    return Reader(client)


@pytest.fixture
def change(client: httpx.AsyncClient, clock: FakeClock) -> Any:
    async def patch(**fields: Any) -> None:
        await client.patch(SCORING, json={"spec": {"predictor": fields}}, headers=MERGE_PATCH)
        clock.now += 30

    return patch


async def test_a_changed_model_becomes_a_revision_that_gets_the_traffic_once_it_is_ready(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, read: Reader
) -> None:
    add_scoring(cluster, model("v41", minReplicas=2), **KNATIVE)
    assert "latestReadyRevision" not in await read.rollout()
    clock.now += 30
    assert await read.shares() == {"1": 100}
    rollout = await read.rollout()
    assert (rollout["latestRolledoutRevision"], rollout.get("previousRolledoutRevision")) == (FIRST, None)
    await client.patch(SCORING, json={"spec": {"predictor": model("v42")}}, headers=MERGE_PATCH)
    assert await read.shares() == {"1": 100}
    assert (await read.rollout())["latestCreatedRevision"] == SECOND
    clock.now += 30
    rollout = await read.rollout()
    assert (rollout["latestRolledoutRevision"], rollout["previousRolledoutRevision"]) == (SECOND, FIRST)
    assert await read.shares() == {"2": 100}
    assert await read.replicas() == {f"{FIRST}-deployment": 0, f"{SECOND}-deployment": 2}


async def test_a_share_of_zero_takes_the_newest_revision_back_and_its_removal_puts_it_on_again(
    cluster: SimulatedCluster, clock: FakeClock, read: Reader, change: Any
) -> None:
    add_scoring(cluster, model("v41"), **KNATIVE)
    clock.now += 30
    await change(**model("v42"))
    await change(canaryTrafficPercent=0)
    assert await read.shares() == {"2": 0, "1": 100}
    rollout = await read.rollout()
    assert (rollout["latestRolledoutRevision"], rollout["latestReadyRevision"]) == (FIRST, SECOND)
    await change(canaryTrafficPercent=None)
    assert await read.shares() == {"2": 100}
    rollout = await read.rollout()
    assert (rollout["latestRolledoutRevision"], rollout["previousRolledoutRevision"]) == (SECOND, FIRST)


async def test_a_canary_shares_the_traffic_with_the_revision_that_was_rolled_out(
    cluster: SimulatedCluster, clock: FakeClock, read: Reader, change: Any
) -> None:
    add_scoring(cluster, model("v41"), **KNATIVE)
    clock.now += 30
    await change(**model("v42"), canaryTrafficPercent=10)
    assert await read.shares() == {"2": 10, "1": 90}
    assert [target.get("tag") for target in (await read.rollout())["traffic"]] == [None, "prev"]
    await change(canaryTrafficPercent=0)
    assert await read.shares() == {"2": 0, "1": 100}


async def test_another_floor_makes_another_revision_of_the_same_model(
    cluster: SimulatedCluster, clock: FakeClock, read: Reader, change: Any
) -> None:
    add_scoring(cluster, model("v41"), **KNATIVE)
    clock.now += 30
    await change(minReplicas=3)
    assert (await read.rollout())["previousRolledoutRevision"] == FIRST
    assert (await read.replicas())[f"{SECOND}-deployment"] == 3


async def test_what_others_change_in_its_deployment_is_put_back(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, read: Reader
) -> None:
    add_scoring(cluster, model("v41", maxReplicas=2), **KNATIVE)
    clock.now += 30
    path = f"/apis/apps/v1/namespaces/ml/deployments/{FIRST}-deployment"
    image = {"containers": [{"name": "kserve-container", "image": "other"}]}
    changed = {"spec": {"replicas": 7, "template": {"spec": image}}}
    await client.patch(path, json=changed, headers=MERGE_PATCH)
    spec = (await read.get(path))["spec"]
    assert spec["replicas"] == 2
    assert spec["template"]["spec"]["containers"][0]["image"] == "kserve/sklearnserver:v0.20.0"
    owners = [(await read.get(path))["metadata"]["ownerReferences"][0]]
    for plural in ("revisions", "configurations", "services"):
        owner = await read.get(f"/apis/serving.knative.dev/v1/namespaces/ml/{plural}/{owners[-1]['name']}")
        owners += owner["metadata"]["ownerReferences"]
    assert [owner["kind"] for owner in owners] == ["Revision", "Configuration", "Service", "InferenceService"]
