from collections import Counter
from pathlib import Path

import pytest

from console.domain.model import Workload, WorkloadFinding
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Forbidden, Unreachable
from tests.actions.kubernetes.world import a_world
from tests.sources.cluster.canned import CannedTransport, namespace_answers, owned

FRAUD_SET = ("ReplicaSet", "fraud-1", "rs-1")
FRAUD = ("Deployment", "fraud", "d-1")
POD = owned("Pod", "fraud-1-a", "p-1", FRAUD_SET)
REPLICA_SET = owned("ReplicaSet", "fraud-1", "rs-1", FRAUD)
DEPLOYMENT = owned("Deployment", "fraud", "d-1", None)
AUTOSCALER = {
    "metadata": {"name": "fraud-hpa", "namespace": "ml"},
    "spec": {
        "maxReplicas": 9,
        "scaleTargetRef": {"apiVersion": "apps/v1beta2", "kind": "Deployment", "name": "fraud"},
    },
}


async def find(transport: CannedTransport, namespace: str | None, *pods: str) -> WorkloadFinding:
    return (await resolve_workloads(transport, {"fraud": Sought(namespace, pods)}))["fraud"]


async def reason(transport: CannedTransport, namespace: str | None, *pods: str) -> str:
    finding = await find(transport, namespace, *pods)
    assert finding.workload is None
    assert finding.reason is not None
    assert finding.reason.isprintable()
    return finding.reason


async def test_a_real_server_names_the_deployment_behind_the_pods(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        pods = tuple(pod.name for pod in world.cluster.pods("ml", "fraud"))
        world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)
        for namespace in ("ml", None):
            found = await resolve_workloads(world.transport, {"fraud": Sought(namespace, pods)})
            expected = Workload("simulated", "ml", "Deployment", "fraud", world.fraud.uid, 3, 3, autoscaler="fraud")
            assert found == {"fraud": WorkloadFinding(expected)}


async def test_a_namespace_is_listed_once_per_kind_however_many_models_it_serves(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        wanted: dict[str, Sought] = {}
        for number in range(20):
            name = f"model-{number}"
            namespace = "ml" if number % 2 else "shop"
            world.cluster.add_deployment(
                namespace=namespace, name=name, replicas=1, image="i:1", labels={}, created=world.clock.now
            )
            wanted[name] = Sought(namespace, tuple(pod.name for pod in world.cluster.pods(namespace, name)))
        found = await resolve_workloads(world.transport, wanted)
        names = {model: finding.workload.name for model, finding in found.items() if finding.workload}
        assert names == {model: model for model in wanted}
        counts = Counter(request.path for request in world.cluster.requests)
        assert len(counts) == 10
        assert set(counts.values()) == {1}


async def test_a_stateful_set_owns_its_pods_directly() -> None:
    pod = owned("Pod", "fraud-0", "p-1", ("StatefulSet", "fraud", "s-1"))
    stateful_set = owned("StatefulSet", "fraud", "s-1", None)
    transport = CannedTransport(namespace_answers(pods=[pod], statefulsets=[stateful_set]))
    expected = Workload("prod-eu", "ml", "StatefulSet", "fraud", "s-1", 2, 1)
    assert await find(transport, "ml", "fraud-0") == WorkloadFinding(expected)


async def test_an_autoscaler_is_matched_by_group_kind_name_and_namespace() -> None:
    other_kind = {**AUTOSCALER, "spec": {"maxReplicas": 9, "scaleTargetRef": {"kind": "Rollout", "name": "fraud"}}}
    elsewhere = {**AUTOSCALER, "metadata": {"name": "fraud-hpa", "namespace": "shop"}}
    for autoscaler, expected in ((AUTOSCALER, "fraud-hpa"), (other_kind, None), (elsewhere, None)):
        answers = namespace_answers(
            pods=[POD],
            replicasets=[REPLICA_SET],
            deployments=[DEPLOYMENT],
            horizontalpodautoscalers=[autoscaler],
        )
        finding = await find(CannedTransport(answers), "ml", "fraud-1-a")
        assert finding.workload is not None
        assert finding.workload.autoscaler == expected


@pytest.mark.parametrize(
    ("replica_set_owner", "pod_owner", "expected"),
    [
        (("Rollout", "fraud", "r-1"), FRAUD_SET, "Rollout fraud owns its pods: this console acts on Deployments"),
        (None, FRAUD_SET, "ReplicaSet fraud-1 owns its pods: this console acts on Deployments"),
        (FRAUD, ("DaemonSet", "node", "x"), "DaemonSet node owns its pods: this console acts on Deployments"),
        (FRAUD, None, "pod fraud-1-a belongs to no workload"),
        (FRAUD, FRAUD_SET, "Deployment fraud owns its pods but is not in the cluster"),
    ],
)
async def test_owners_that_cannot_be_acted_on_are_named(
    replica_set_owner: tuple[str, str, str] | None, pod_owner: tuple[str, str, str] | None, expected: str
) -> None:
    pod = owned("Pod", "fraud-1-a", "p-1", pod_owner)
    replica_set = owned("ReplicaSet", "fraud-1", "rs-1", replica_set_owner)
    transport = CannedTransport(namespace_answers(pods=[pod], replicasets=[replica_set]))
    assert (await reason(transport, "ml", "fraud-1-a")).startswith(expected)


async def test_pods_of_several_workloads_are_ambiguous() -> None:
    other = owned("Pod", "canary-0", "p-2", ("StatefulSet", "canary", "s-1"))
    transport = CannedTransport(
        namespace_answers(pods=[POD, other], replicasets=[REPLICA_SET], deployments=[DEPLOYMENT])
    )
    expected = "ambiguous: its pods belong to Deployment fraud, StatefulSet canary"
    assert await reason(transport, "ml", "fraud-1-a", "canary-0") == expected


async def test_pods_of_the_same_name_in_two_namespaces_are_ambiguous() -> None:
    twin = owned("Pod", "fraud-1-a", "p-2", FRAUD_SET, namespace="shop")
    transport = CannedTransport(namespace_answers(None, pods=[POD, twin]))
    assert await reason(transport, None, "fraud-1-a") == "ambiguous: pods of these names are in namespaces ml, shop"


async def test_pods_that_ended_meanwhile_do_not_hide_the_workload() -> None:
    transport = CannedTransport(namespace_answers(pods=[POD], replicasets=[REPLICA_SET], deployments=[DEPLOYMENT]))
    finding = await find(transport, "ml", "fraud-1-gone", "fraud-1-a")
    assert finding.workload is not None
    assert finding.workload.uid == "d-1"


async def test_pods_that_are_not_there_are_told() -> None:
    transport = CannedTransport(namespace_answers())
    told = await reason(transport, "ml", "a", "b", "c", "d", "\x1b[2J")
    assert told == "none of its pods is in namespace ml: ␛[2J, a, b and 2 more"


async def test_a_model_without_pods_asks_the_cluster_nothing() -> None:
    transport = CannedTransport({})
    assert await reason(transport, "ml") == "the metrics name no pods"
    assert transport.asked == []


@pytest.mark.parametrize("namespace", ["../../secrets", "ML", "a/b", "", "\x1b[2J", "x" * 300])
async def test_a_hostile_namespace_never_becomes_a_path(namespace: str) -> None:
    transport = CannedTransport({})
    assert (await reason(transport, namespace, "fraud-1-a")).endswith("is no name of a namespace")
    assert transport.asked == []


async def test_a_cluster_that_cannot_be_read_is_a_reason_for_its_models_only() -> None:
    shop_pod = owned("Pod", "ads-0", "p-9", ("StatefulSet", "ads", "s-9"), namespace="shop")
    shop_set = owned("StatefulSet", "ads", "s-9", None, namespace="shop")
    answers = namespace_answers("shop", pods=[shop_pod], statefulsets=[shop_set])
    answers["/api/v1/namespaces/ml/pods"] = Forbidden("GET", "pods is forbidden", status=403, reason="Forbidden")
    found = await resolve_workloads(
        CannedTransport(answers), {"fraud": Sought("ml", ("fraud-1-a",)), "ads": Sought("shop", ("ads-0",))}
    )
    assert found["fraud"].reason == "namespace ml cannot be read: 403 Forbidden: pods is forbidden"
    assert found["ads"].workload is not None


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (None, "; if that is context prod-eu, name it in kubernetes.cluster"),
        ("eu-1", ", context prod-eu is eu-1 (kubernetes.cluster)"),
    ],
)
async def test_a_model_of_another_cluster_has_no_workload_though_its_pods_bear_the_same_names(
    cluster: str | None, expected: str
) -> None:
    transport = CannedTransport({})
    wanted = {"us/fraud": Sought("ml", ("fraud-1-a",), "us-2\x1b[2J")}
    found = await resolve_workloads(transport, wanted, cluster=cluster)
    told = f"the metrics say that it runs in cluster us-2␛[2J{expected}"
    assert found == {"us/fraud": WorkloadFinding(None, told)}
    assert transport.asked == []


async def test_of_two_clusters_the_one_that_is_named_is_looked_at() -> None:
    transport = CannedTransport(namespace_answers(pods=[POD], replicasets=[REPLICA_SET], deployments=[DEPLOYMENT]))
    pods = ("fraud-1-a",)
    wanted = {"eu-1/fraud": Sought("ml", pods, "eu-1"), "us-2/fraud": Sought("ml", pods, "us-2")}
    found = await resolve_workloads(transport, wanted, cluster="eu-1")
    assert [model_id for model_id, finding in found.items() if finding.workload] == ["eu-1/fraud"]


async def test_a_workload_knows_all_the_models_that_it_serves() -> None:
    transport = CannedTransport(namespace_answers(pods=[POD], replicasets=[REPLICA_SET], deployments=[DEPLOYMENT]))
    wanted = {model_id: Sought("ml", ("fraud-1-a",)) for model_id in ("fraud", "ads")}
    found = await resolve_workloads(transport, wanted)
    assert {finding.workload and finding.workload.shared_by for finding in found.values()} == {("ads", "fraud")}


async def test_a_dead_cluster_is_a_reason() -> None:
    paths = namespace_answers(None)
    transport = CannedTransport({path: Unreachable("GET", "no connection") for path in paths})
    expected = "the cluster cannot be read: the cluster cannot be reached: no connection"
    assert await reason(transport, None, "fraud-1-a") == expected


@pytest.mark.parametrize("lie", [{"items": [7]}, {"items": "x"}, {"items": [{"metadata": {}}]}])
async def test_a_cluster_that_lies_is_a_reason(lie: dict[str, object]) -> None:
    answers = {**namespace_answers(), "/api/v1/namespaces/ml/pods": lie}
    assert "the cluster's answer is not a" in await reason(CannedTransport(answers), "ml", "fraud-1-a")


async def test_a_name_that_no_cluster_can_hold_is_not_acted_on() -> None:
    deployment = owned("Deployment", "../evil", "d-1", None)
    transport = CannedTransport(namespace_answers(pods=[POD], replicasets=[REPLICA_SET], deployments=[deployment]))
    assert "that no cluster can hold" in await reason(transport, "ml", "fraud-1-a")


async def test_owners_that_own_each_other_do_not_hang() -> None:
    looping = owned("ReplicaSet", "fraud-1", "rs-1", FRAUD_SET)
    transport = CannedTransport(namespace_answers(pods=[POD], replicasets=[looping]))
    assert (await reason(transport, "ml", "fraud-1-a")).startswith("ReplicaSet fraud-1 owns its pods")
