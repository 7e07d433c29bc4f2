"""The transport against a simulated cluster over real HTTP."""

import warnings

import pytest

from console.simulation.cluster import Fault, SimulatedCluster
from console.transport.kubernetes import (
    AlreadyExists,
    Conflict,
    Invalid,
    Kr8sTransport,
    KubernetesError,
    NotFound,
    PatchType,
    PreconditionFailed,
    object_path,
)
from tests.transport.kubernetes.exchanges import DEPLOYMENT, LEASES, replicas, scale


async def test_dry_run_then_commit(cluster: SimulatedCluster, transport: Kr8sTransport) -> None:
    assert (await scale(transport, 5, dry_run=True))["spec"] == {"replicas": 5}
    assert await replicas(transport) == 3
    assert (await scale(transport, 5))["spec"] == {"replicas": 5}
    assert await replicas(transport) == 5
    committed = cluster.requests[-2]
    assert committed.query == {"fieldManager": "incident-console", "fieldValidation": "Strict"}
    assert committed.headers["user-agent"].startswith("incident-console/")


async def test_lists_take_selectors(transport: Kr8sTransport) -> None:
    pods = await transport.get(object_path("v1", "pods", namespace="ml"), query={"labelSelector": "app=fraud"})
    assert len(pods["items"]) == 3


async def test_a_wrong_test_is_a_failed_precondition_and_changes_nothing(transport: Kr8sTransport) -> None:
    with pytest.raises(PreconditionFailed) as caught:
        await scale(transport, 5, seen=4)
    assert (caught.value.status, caught.value.reason) == (422, "Invalid")
    assert not caught.value.may_have_been_applied
    assert await replicas(transport) == 3


async def test_what_validation_refuses_is_not_a_failed_precondition(transport: Kr8sTransport) -> None:
    with pytest.raises(Invalid) as caught:
        await scale(transport, -1)
    assert caught.value.details["causes"][0]["field"] == "spec.replicas"
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "add", "path": "/spec/replica", "value": 5},
    ]
    with pytest.raises(Invalid, match=r'unknown field "spec\.replica"$'):
        await transport.patch(DEPLOYMENT, operations, content_type=PatchType.JSON, dry_run=False)


async def test_merge_and_strategic_merge_patches(transport: Kr8sTransport) -> None:
    note = {"metadata": {"annotations": {"note": "x"}}}
    noted = await transport.patch(DEPLOYMENT, note, content_type=PatchType.MERGE, dry_run=False)
    assert noted["metadata"]["annotations"]["note"] == "x"
    restart = {"spec": {"template": {"metadata": note["metadata"]}}}
    restarted = await transport.patch(DEPLOYMENT, restart, content_type=PatchType.STRATEGIC_MERGE, dry_run=True)
    assert restarted["spec"]["template"]["metadata"]["annotations"] == {"note": "x"}


async def test_a_second_lease_already_exists(transport: Kr8sTransport) -> None:
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "lock"},
        "spec": {"holderIdentity": "ann@host", "leaseDurationSeconds": 120},
    }
    assert (await transport.create(LEASES, lease, dry_run=True))["metadata"]["name"] == "lock"
    created = await transport.create(LEASES, lease)
    assert created["metadata"]["uid"]
    with pytest.raises(AlreadyExists):
        await transport.create(LEASES, lease)


async def test_a_server_newer_than_the_library_knows_causes_no_warning(transport: Kr8sTransport) -> None:
    assert (await transport.get("/version"))["gitVersion"] == "v1.36.1"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await transport.get(DEPLOYMENT)
    assert not [warning for warning in caught if "supported" in str(warning.message)]


async def test_every_error_is_of_one_family(cluster: SimulatedCluster, transport: Kr8sTransport) -> None:
    for status in (400, 405, 409, 410, 413, 415, 422, 503, 301):
        cluster.faults.add(Fault(method="PATCH", status=status))
        with pytest.raises(KubernetesError) as caught:
            await scale(transport, 5)
        assert caught.value.status == status
        assert caught.value.may_have_been_applied is (status >= 500)
    assert await replicas(transport) == 3


async def test_a_replacement_counts_only_for_the_version_that_was_read(transport: Kr8sTransport) -> None:
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "lock"},
        "spec": {"holderIdentity": "ann@host", "leaseDurationSeconds": 120},
    }
    created = await transport.create(LEASES, lease)
    renewed = {**created, "spec": {**created["spec"], "holderIdentity": "bob@host"}}
    assert (await transport.replace(f"{LEASES}/lock", renewed, dry_run=True))["spec"]["holderIdentity"] == "bob@host"
    assert (await transport.replace(f"{LEASES}/lock", renewed))["spec"]["holderIdentity"] == "bob@host"
    with pytest.raises(Conflict) as caught:
        await transport.replace(f"{LEASES}/lock", renewed)
    assert not isinstance(caught.value, AlreadyExists)
    with pytest.raises(ValueError, match="resourceVersion"):
        await transport.replace(f"{LEASES}/lock", lease)


async def test_a_deletion_hits_only_the_object_that_was_meant(
    cluster: SimulatedCluster, transport: Kr8sTransport
) -> None:
    pods = object_path("v1", "pods", namespace="ml")
    pod = (await transport.get(pods))["items"][0]["metadata"]
    path = object_path("v1", "pods", namespace="ml", name=pod["name"])
    with pytest.raises(Conflict):
        await transport.delete(path, uid="somebody-else")
    with pytest.raises(ValueError, match="uid"):
        await transport.delete(path, uid="")
    await transport.delete(path, uid=pod["uid"], dry_run=True)
    assert "deletionTimestamp" not in (await transport.get(path))["metadata"]
    await transport.delete(path, uid=pod["uid"])
    assert "deletionTimestamp" in (await transport.get(path))["metadata"]
    assert [request.mutates for request in cluster.requests if request.method == "DELETE"] == [True, False, True]


async def test_what_is_no_json_is_text(cluster: SimulatedCluster, transport: Kr8sTransport) -> None:
    cluster.faults.add(Fault(path="/version", body=b"one\n\xfftwo\n"))
    assert await transport.get_text("/version") == "one\n\ufffdtwo\n"
    with pytest.raises(NotFound):
        await transport.get_text(object_path("v1", "pods", namespace="ml", name="gone"))
