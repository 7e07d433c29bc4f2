from typing import Any

import httpx
import pytest

from console.simulation.cluster import Release, SimulatedCluster
from tests.simulation.cluster.support import DEPLOYMENT, NOON, FakeClock

RESTART = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}


async def read(client: httpx.AsyncClient, path: str = DEPLOYMENT) -> dict[str, Any]:
    response = await client.get(path)
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document


async def merge(client: httpx.AsyncClient, path: str, patch: dict[str, Any]) -> None:
    response = await client.patch(path, json=patch, headers={"Content-Type": "application/merge-patch+json"})
    assert response.status_code == 200, response.text


async def scale(client: httpx.AsyncClient, replicas: int) -> None:
    await merge(client, f"{DEPLOYMENT}/scale", {"spec": {"replicas": replicas}})


def ready(cluster: SimulatedCluster) -> int:
    return sum(pod.ready for pod in cluster.pods("ml", "fraud"))


async def test_what_is_added_in_the_past_has_been_ready_since_then(cluster: SimulatedCluster) -> None:
    pods = cluster.pods("ml", "fraud")
    assert [pod.ready_since for pod in pods] == [NOON - 3600 + 8] * 3
    assert {pod.version for pod in pods} == {"v41"}
    assert len({pod.node for pod in pods}) == 3


async def test_the_same_seed_gives_the_same_names(clock: FakeClock) -> None:
    def names(seed: int) -> list[str]:
        cluster = SimulatedCluster(clock=clock, seed=seed)
        cluster.add_deployment(namespace="ml", name="fraud", replicas=2, image="i", labels={}, created=NOON)
        return [pod.name for pod in cluster.pods("ml", "fraud")]

    assert names(1) == names(1) != names(2)


async def test_new_pods_are_ready_only_after_their_start_time(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await scale(client, 5)
    clock.now += 1
    assert len(cluster.pods("ml", "fraud")) == 5
    clock.now = NOON + 0.2 + 7.9
    assert ready(cluster) == 3
    clock.now = NOON + 0.2 + 8.1
    assert ready(cluster) == 5
    assert cluster.pods("ml", "fraud")[-1].ready_since == pytest.approx(NOON + 0.2 + 8)


async def test_a_jump_of_the_clock_dates_every_change_at_its_own_instant(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await scale(client, 5)
    clock.now += 3600
    newest = cluster.pods("ml", "fraud")[-1]
    assert newest.started == pytest.approx(NOON + 0.2)
    assert newest.ready_since == pytest.approx(NOON + 8.2)


async def test_the_controller_observes_a_changed_spec_a_little_later(
    client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await scale(client, 4)
    fresh = await read(client)
    assert fresh["status"]["observedGeneration"] == fresh["metadata"]["generation"] - 1
    clock.now += 0.3
    seen = await read(client)
    assert seen["status"]["observedGeneration"] == seen["metadata"]["generation"]
    assert int(seen["metadata"]["resourceVersion"]) > int(fresh["metadata"]["resourceVersion"])


async def test_counts_are_absent_not_zero_while_nothing_is_ready(clock: FakeClock) -> None:
    cluster = SimulatedCluster(clock=clock)
    cluster.add_deployment(namespace="ml", name="fraud", replicas=2, image="i", labels={}, created=NOON)
    async with cluster.serve() as served:
        headers = {"Authorization": f"Bearer {served.token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
            status = (await read(client))["status"]
    assert status["replicas"] == status["unavailableReplicas"] == 2
    assert not {"availableReplicas", "readyReplicas"} & status.keys()


async def test_pods_without_room_stay_pending_and_say_why(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await scale(client, 14)  # room for twelve
    clock.now += 60
    assert ready(cluster) == 12
    pending = await read(client, "/api/v1/namespaces/ml/pods?fieldSelector=status.phase=Pending")
    assert len(pending["items"]) == 2
    scheduled = pending["items"][0]["status"]["conditions"][0]
    assert (scheduled["type"], scheduled["status"], scheduled["reason"]) == ("PodScheduled", "False", "Unschedulable")
    events = await read(client, "/api/v1/namespaces/ml/events?fieldSelector=reason=FailedScheduling")
    assert len(events["items"]) == 2


async def test_a_place_that_becomes_free_is_taken_and_the_pod_still_needs_its_start_time(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await scale(client, 13)
    clock.now += 60
    name = cluster.pods("ml", "fraud")[0].name
    waiting = next(pod for pod in cluster.pods("ml", "fraud") if not pod.node)
    await client.delete(f"/api/v1/namespaces/ml/pods/{name}")
    clock.now += 3
    taken = next(pod for pod in cluster.pods("ml", "fraud") if pod.name == waiting.name)
    assert taken.node
    assert not taken.ready
    clock.now += 8
    assert next(pod for pod in cluster.pods("ml", "fraud") if pod.name == waiting.name).ready


async def test_scaling_down_ends_unready_pods_first(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    broken = cluster.pods("ml", "fraud")[0].name
    cluster.break_pod("ml", broken)
    assert ready(cluster) == 2
    await scale(client, 2)
    clock.now += 1
    assert broken not in {pod.name for pod in cluster.pods("ml", "fraud")}
    pods = await read(client, "/api/v1/namespaces/ml/pods?labelSelector=app=fraud")
    terminating = [pod for pod in pods["items"] if "deletionTimestamp" in pod["metadata"]]
    assert [pod["metadata"]["name"] for pod in terminating] == [broken]
    clock.now += 2
    assert len((await read(client, "/api/v1/namespaces/ml/pods"))["items"]) == 2


async def test_a_rollout_never_has_too_few_ready_pods_and_ends_with_the_new_version(
    cluster: SimulatedCluster, clock: FakeClock
) -> None:
    cluster.roll_out(namespace="ml", name="fraud", image="registry.example/fraud:v42", labels={"version": "v42"})
    for _ in range(60):
        clock.now += 1
        assert ready(cluster) >= 3
        assert len(cluster.pods("ml", "fraud")) <= 4
    assert {(pod.version, pod.ready) for pod in cluster.pods("ml", "fraud")} == {("v42", True)}


async def test_a_restart_is_a_new_revision_of_the_same_image(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    old = {pod.name for pod in cluster.pods("ml", "fraud")}
    await merge(client, DEPLOYMENT, RESTART)
    clock.now += 120
    assert not old & {pod.name for pod in cluster.pods("ml", "fraud")}
    sets = (await read(client, "/apis/apps/v1/namespaces/ml/replicasets"))["items"]
    revisions = {item["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for item in sets}
    images = {item["spec"]["template"]["spec"]["containers"][0]["image"] for item in sets}
    assert (revisions, images) == ({"1", "2"}, {"registry.example/fraud:v41"})
    assert (await read(client))["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"


async def test_going_back_to_an_old_template_reuses_its_replica_set_with_a_new_number(clock: FakeClock) -> None:
    cluster = SimulatedCluster(clock=clock)
    cluster.add_deployment(
        namespace="ml",
        name="fraud",
        replicas=2,
        image="fraud:v41",
        labels={"version": "v41"},
        created=NOON - 60,
        earlier=[Release(image="fraud:v40", labels={"version": "v40"}, created=NOON - 9000)],
    )
    cluster.roll_out(namespace="ml", name="fraud", image="fraud:v40", labels={"version": "v40"})
    clock.now += 120
    assert {pod.version for pod in cluster.pods("ml", "fraud")} == {"v40"}
    async with cluster.serve() as served:
        headers = {"Authorization": f"Bearer {served.token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
            sets = (await read(client, "/apis/apps/v1/namespaces/ml/replicasets"))["items"]
    numbers = {
        item["metadata"]["labels"]["version"]: item["metadata"]["annotations"]["deployment.kubernetes.io/revision"]
        for item in sets
    }
    assert numbers == {"v40": "3", "v41": "2"}


async def test_a_paused_deployment_does_not_roll(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    await merge(client, DEPLOYMENT, {"spec": {"paused": True}})
    cluster.roll_out(namespace="ml", name="fraud", image="fraud:v42", labels={"version": "v42"})
    clock.now += 60
    assert {pod.version for pod in cluster.pods("ml", "fraud")} == {"v41"}
    await merge(client, DEPLOYMENT, {"spec": {"paused": None}})
    clock.now += 120
    assert {pod.version for pod in cluster.pods("ml", "fraud")} == {"v42"}


async def test_a_rollout_without_progress_is_given_up_at_its_deadline(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    cluster.add_deployment(namespace="ml", name="filler", replicas=9, image="i", labels={}, created=NOON)
    cluster.roll_out(namespace="ml", name="fraud", image="fraud:v42", labels={"version": "v42"})
    clock.now += 700
    conditions = {held["type"]: held for held in (await read(client))["status"]["conditions"]}
    assert conditions["Progressing"]["status"] == "False"
    assert conditions["Progressing"]["reason"] == "ProgressDeadlineExceeded"
    assert conditions["Available"]["status"] == "True"


@pytest.mark.parametrize(("wanted", "settled"), [(9, 5), (1, 2), (4, 4), (0, 0)])
async def test_an_autoscaler_resets_what_leaves_its_bounds(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, wanted: int, settled: int
) -> None:
    cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=5)
    await scale(client, wanted)
    assert (await read(client))["spec"]["replicas"] == wanted
    clock.now += 40
    assert (await read(client))["spec"]["replicas"] == settled
    assert len(cluster.pods("ml", "fraud")) == settled


async def test_raising_an_autoscalers_floor_raises_the_replicas(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=5)
    path = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/fraud"
    clock.now += 60
    await merge(client, path, {"spec": {"minReplicas": 5}})
    clock.now += 60
    assert ready(cluster) == 5


async def test_a_quiet_day_costs_nothing(cluster: SimulatedCluster, clock: FakeClock) -> None:
    clock.now += 60
    cluster.advance()
    version = cluster._store.version
    clock.now += 86400
    cluster.advance()
    assert cluster._store.version == version
