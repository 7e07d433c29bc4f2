"""The real kubectl judges the simulated cluster: what it prints is its own reading of the API."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from console.simulation.cluster import Column, Release, ResourceType, ScalePaths, SimulatedCluster
from tests.simulation.cluster.kubectl import Kubectl, kubectl_for
from tests.simulation.cluster.support import NOON, FakeClock

FARMS = ResourceType(
    group="farm.example",
    version="v1",
    plural="farms",
    singular="farm",
    kind="Farm",
    short_names=("fm",),
    custom=True,
    status=True,
    scale=ScalePaths(),
    columns=(Column("Size", ".spec.replicas", "integer"), Column("Age", ".metadata.creationTimestamp", "date")),
)


@pytest.fixture
def cluster(clock: FakeClock) -> SimulatedCluster:
    cluster = SimulatedCluster(clock=clock)
    cluster.add_deployment(
        namespace="ml",
        name="fraud",
        replicas=3,
        image="registry.example/fraud:v41",
        labels={"app": "fraud", "version": "v41"},
        created=NOON - 3600,
        earlier=(Release(image="registry.example/fraud:v40", labels={"version": "v40"}, created=NOON - 7200),),
    )
    cluster.add_stateful_set(
        namespace="ml", name="store", replicas=2, image="store:1", labels={"app": "store"}, created=NOON - 3600
    )
    cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)
    cluster.add_resource(FARMS)
    cluster.add_object(FARMS, {"metadata": {"name": "one", "namespace": "ml"}, "spec": {"replicas": 2}})
    return cluster


@pytest.fixture
async def kubectl(cluster: SimulatedCluster, tmp_path: Path) -> AsyncIterator[Kubectl]:
    async with kubectl_for(cluster, tmp_path) as kubectl:
        yield kubectl


def rows(printed: str) -> list[list[str]]:
    return [line.split() for line in printed.splitlines()]


async def replicas(kubectl: Kubectl, what: str = "deployment/fraud") -> Any:
    return json.loads(await kubectl("get", what, "-o", "json"))["spec"]["replicas"]


async def test_get_prints_tables_and_whole_objects(kubectl: Kubectl) -> None:
    assert rows(await kubectl("get", "deployments")) == [
        ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"],
        ["fraud", "3/3", "3", "3", "2h"],
    ]
    wide = rows(await kubectl("get", "pods", "-l", "app=store", "-o", "wide"))
    assert wide[0] == ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    assert [row[0] for row in wide[1:]] == ["store-0", "store-1"]
    read = yaml.safe_load(await kubectl("get", "deployment", "fraud", "-o", "yaml"))
    assert (read["kind"], read["spec"]["replicas"]) == ("Deployment", 3)
    assert rows(await kubectl("get", "farms,crd"))[1][:2] == ["farm.farm.example/one", "2"]
    assert "farms.farm.example" in await kubectl("get", "crd")


async def test_describe_tells_state_and_events(kubectl: Kubectl) -> None:
    await kubectl("scale", "deployment/fraud", "--replicas=4")
    told = await kubectl("describe", "deployment", "fraud")
    assert "NewReplicaSetAvailable" in told
    assert "registry.example/fraud:v41" in told


async def test_scale_with_and_without_dry_run_and_precondition(kubectl: Kubectl, clock: FakeClock) -> None:
    printed = await kubectl("scale", "deployment/fraud", "--replicas=5", "--dry-run=server")
    assert printed == "deployment.apps/fraud scaled (server dry run)\n"
    assert await replicas(kubectl) == 3
    told = await kubectl.refused("scale", "deployment/fraud", "--replicas=5", "--current-replicas=4")
    assert "Expected replicas to be 4, was 3" in told
    await kubectl("scale", "deployment/fraud", "--replicas=5", "--current-replicas=3")
    assert await replicas(kubectl) == 5
    await kubectl("scale", "farm/one", "statefulset/store", "--replicas=3")
    assert [await replicas(kubectl, what) for what in ("farm/one", "statefulset/store")] == [3, 3]


async def test_a_deployment_is_rolled_back_restarted_paused_and_resumed(
    cluster: SimulatedCluster, kubectl: Kubectl, clock: FakeClock
) -> None:
    assert [row[0] for row in rows(await kubectl("rollout", "history", "deployment/fraud"))[2:4]] == ["1", "2"]
    printed = await kubectl("rollout", "undo", "deployment/fraud", "--dry-run=server")
    assert printed == "deployment.apps/fraud rolled back (server dry run)\n"
    await kubectl("rollout", "undo", "deployment/fraud")
    clock.now += 120
    assert "successfully rolled out" in await kubectl("rollout", "status", "deployment/fraud")
    assert {pod.version for pod in cluster.pods("ml", "fraud")} == {"v40"}
    await kubectl("rollout", "restart", "deployment/fraud")
    await kubectl("rollout", "pause", "deployment/fraud")
    assert "paused" in await kubectl.refused("rollout", "undo", "deployment/fraud")
    await kubectl("rollout", "resume", "deployment/fraud")
    clock.now += 120
    assert "successfully rolled out" in await kubectl("rollout", "status", "deployment/fraud")


async def test_a_stateful_set_is_restarted_pod_by_pod_and_rolled_back(kubectl: Kubectl, clock: FakeClock) -> None:
    for revisions in (["1", "2"], ["2", "3"]):
        verb = "restart" if revisions[0] == "1" else "undo"
        await kubectl("rollout", verb, "statefulset/store")
        clock.now += 120
        assert "complete" in await kubectl("rollout", "status", "statefulset/store")
        history = rows(await kubectl("rollout", "history", "statefulset/store"))
        assert [row[0] for row in history[2:4]] == revisions


async def test_logs_deletion_and_cordon(cluster: SimulatedCluster, kubectl: Kubectl, clock: FakeClock) -> None:
    cluster.write_log("ml", "store-0", ["started", "GET /predict 200"])
    assert await kubectl("logs", "store-0", "--tail=1") == "GET /predict 200\n"
    assert "previous terminated container" in await kubectl.refused("logs", "store-0", "--previous")
    await kubectl("cordon", "node-a")
    assert rows(await kubectl("get", "node", "node-a"))[1][1] == "Ready,SchedulingDisabled"
    await kubectl("delete", "pod", "store-0", "--wait=false")
    clock.now += 60
    pods = json.loads(await kubectl("get", "pods", "-o", "json"))["items"]
    nodes = {pod["metadata"]["name"]: pod["spec"]["nodeName"] for pod in pods}
    assert nodes["store-0"] in {"node-b", "node-c"}
    await kubectl("uncordon", "node-a")
    assert rows(await kubectl("get", "node", "node-a"))[1][1] == "Ready"


async def test_permissions_are_told_and_enforced(cluster: SimulatedCluster, kubectl: Kubectl) -> None:
    assert await kubectl("auth", "can-i", "patch", "deployments", "--subresource=scale") == "yes\n"
    cluster.deny(verb="patch", group="apps", resource="deployments", subresource="scale")
    code, printed, _ = await kubectl.run("auth", "can-i", "patch", "deployments", "--subresource=scale")
    assert (code, printed) == (1, "no\n")
    assert "is forbidden" in await kubectl.refused("scale", "deployment/fraud", "--replicas=5")


async def test_create_is_validated_by_the_server(kubectl: Kubectl, tmp_path: Path) -> None:
    written = tmp_path / "map.json"
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "b"}}
    written.write_text(json.dumps(document))
    assert "(server dry run)" in await kubectl("create", "-f", str(written), "--dry-run=server")
    await kubectl("create", "-f", str(written))
    assert "AlreadyExists" in await kubectl.refused("create", "-f", str(written))
    written.write_text(json.dumps(document | {"date": 1}))
    assert 'unknown field "date"' in await kubectl.refused("create", "-f", str(written))


async def test_server_side_apply_owns_fields_and_refuses_what_others_own(kubectl: Kubectl, tmp_path: Path) -> None:
    written = tmp_path / "map.json"
    document = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "b"}}
    written.write_text(json.dumps(document))
    apply = ("apply", "--server-side", "-f", str(written))
    assert await kubectl(*apply) == "configmap/m serverside-applied\n"
    assert await kubectl(*apply, "--dry-run=server") == "configmap/m serverside-applied (server dry run)\n"
    written.write_text(json.dumps(document | {"data": {"a": "c"}}))
    assert 'conflict with "kubectl": .data.a' in await kubectl.refused(*apply, "--field-manager=other")
    await kubectl(*apply, "--field-manager=other", "--force-conflicts")


async def test_a_dry_run_of_a_drain_deletes_nothing(cluster: SimulatedCluster, kubectl: Kubectl) -> None:
    before = [pod.name for pod in cluster.pods("ml", "fraud")]
    assert "node/node-a drained (server dry run)" in await kubectl("drain", "node-a", "--dry-run=server")
    assert [pod.name for pod in cluster.pods("ml", "fraud")] == before


async def test_autoscalers_tell_their_targets_and_why_they_stand_still(kubectl: Kubectl, clock: FakeClock) -> None:
    clock.now += 20
    header, row = rows(await kubectl("get", "hpa"))
    assert header == ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
    assert row[:4] == ["fraud", "Deployment/fraud", "cpu:", "<unknown>/70%"]
    told = await kubectl("describe", "hpa", "fraud")
    assert "FailedGetResourceMetric" in told
    assert "Metrics API not available" in await kubectl.refused("top", "pods")


async def test_all_kinds_are_listed_and_conditions_waited_for(kubectl: Kubectl) -> None:
    assert {row[0].partition("/")[0] for row in rows(await kubectl("get", "all", "-o", "name")) if row} >= {
        "pod",
        "deployment.apps",
        "replicaset.apps",
        "statefulset.apps",
        "horizontalpodautoscaler.autoscaling",
    }
    assert rows(await kubectl("get", "events"))[0] == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert "condition met" in await kubectl("wait", "--for=condition=Available", "deployment/fraud", "--timeout=5s")


async def test_a_watch_shows_changes_in_the_same_table(kubectl: Kubectl, cluster: SimulatedCluster) -> None:
    _, printed, _ = await kubectl.run("get", "pods", "-l", "app=store", "--watch", "--request-timeout=1s")
    assert [row[0] for row in rows(printed)] == ["NAME", "store-0", "store-1"]
    assert any(request.query.get("watch") == "true" for request in cluster.requests)
