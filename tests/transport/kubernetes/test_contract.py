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
    KubernetesTransport,
    NotFound,
    PatchType,
    PreconditionFailed,
    object_path,
)
from tests.transport.kubernetes.exchanges import DEPLOYMENT, LEASES, replicas, scale


async def test_dry_run_then_commit(cluster: SimulatedCluster, either: KubernetesTransport) -> None:
    assert (await scale(either, 5, dry_run=True))["spec"] == {"replicas": 5}
    assert await replicas(either) == 3
    assert (await scale(either, 5))["spec"] == {"replicas": 5}
    assert await replicas(either) == 5
    committed = cluster.requests[-2]
    assert committed.query["fieldManager"] == "incident-console"
    if isinstance(either, Kr8sTransport):  # kubectl is strict in the dry run only, and signs by its own name
        assert committed.query["fieldValidation"] == "Strict"
        assert committed.headers["user-agent"].startswith("incident-console/")


async def test_lists_take_selectors(either: KubernetesTransport) -> None:
    pods = await either.get(object_path("v1", "pods", namespace="ml"), query={"labelSelector": "app=fraud"})
    assert len(pods["items"]) == 3


async def test_a_wrong_test_is_a_failed_precondition_and_changes_nothing(either: KubernetesTransport) -> None:
    with pytest.raises(PreconditionFailed) as caught:
        await scale(either, 5, seen=4)
    assert (caught.value.status, caught.value.reason) == (422, "Invalid")
    assert not caught.value.may_have_been_applied
    assert await replicas(either) == 3


async def test_a_text_that_go_writes_with_escapes_is_found_to_be_what_was_seen(either: KubernetesTransport) -> None:
    path, command = "/metadata/annotations/start", "cat <in && run >out"
    await either.patch(
        DEPLOYMENT, {"metadata": {"annotations": {"start": command}}}, content_type=PatchType.MERGE, dry_run=False
    )
    operations = [
        {"op": "test", "path": path, "value": command},
        {"op": "replace", "path": path, "value": "run & wait"},
    ]
    changed = await either.patch(DEPLOYMENT, operations, content_type=PatchType.JSON, dry_run=False)
    assert changed["metadata"]["annotations"]["start"] == "run & wait"


async def test_what_validation_refuses_is_not_a_failed_precondition(either: KubernetesTransport) -> None:
    with pytest.raises(Invalid) as caught:
        await scale(either, -1)
    assert caught.value.details["causes"][0]["field"] == "spec.replicas"
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "add", "path": "/spec/replica", "value": 5},
    ]
    with pytest.raises(Invalid, match=r'unknown field "spec\.replica"$'):
        await either.patch(DEPLOYMENT, operations, content_type=PatchType.JSON, dry_run=True)


async def test_merge_and_strategic_merge_patches(either: KubernetesTransport) -> None:
    note = {"metadata": {"annotations": {"note": "x"}}}
    noted = await either.patch(DEPLOYMENT, note, content_type=PatchType.MERGE, dry_run=False)
    assert noted["metadata"]["annotations"]["note"] == "x"
    restart = {"spec": {"template": {"metadata": note["metadata"]}}}
    restarted = await either.patch(DEPLOYMENT, restart, content_type=PatchType.STRATEGIC_MERGE, dry_run=True)
    assert restarted["spec"]["template"]["metadata"]["annotations"] == {"note": "x"}


async def test_a_second_lease_already_exists(either: KubernetesTransport) -> None:
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "lock"},
        "spec": {"holderIdentity": "ann@host", "leaseDurationSeconds": 120},
    }
    assert (await either.create(LEASES, lease, dry_run=True))["metadata"]["name"] == "lock"
    created = await either.create(LEASES, lease)
    assert created["metadata"]["uid"]
    with pytest.raises(AlreadyExists):
        await either.create(LEASES, lease)


async def test_a_server_newer_than_the_library_knows_causes_no_warning(either: KubernetesTransport) -> None:
    assert (await either.get("/version"))["gitVersion"] == "v1.36.1"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await either.get(DEPLOYMENT)
    assert not [warning for warning in caught if "supported" in str(warning.message)]


async def test_every_error_is_of_one_family(cluster: SimulatedCluster, either: KubernetesTransport) -> None:
    for status in (400, 405, 409, 410, 413, 415, 422, 503):
        cluster.faults.add(Fault(method="PATCH", status=status))
        with pytest.raises(KubernetesError) as caught:
            await scale(either, 5)
        assert caught.value.status == status
        assert caught.value.may_have_been_applied is (status >= 500)
    assert await replicas(either) == 3


async def test_a_replacement_counts_only_for_the_version_that_was_read(either: KubernetesTransport) -> None:
    lease = {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "lock"},
        "spec": {"holderIdentity": "ann@host", "leaseDurationSeconds": 120},
    }
    created = await either.create(LEASES, lease)
    renewed = {**created, "spec": {**created["spec"], "holderIdentity": "bob@host"}}
    assert (await either.replace(f"{LEASES}/lock", renewed, dry_run=True))["spec"]["holderIdentity"] == "bob@host"
    assert (await either.replace(f"{LEASES}/lock", renewed))["spec"]["holderIdentity"] == "bob@host"
    with pytest.raises(Conflict) as caught:
        await either.replace(f"{LEASES}/lock", renewed)
    assert not isinstance(caught.value, AlreadyExists)
    with pytest.raises(ValueError, match="resourceVersion"):
        await either.replace(f"{LEASES}/lock", lease)


async def test_a_deletion_hits_only_the_object_that_was_meant(
    cluster: SimulatedCluster, either: KubernetesTransport
) -> None:
    pods = object_path("v1", "pods", namespace="ml")
    pod = (await either.get(pods))["items"][0]["metadata"]
    path = object_path("v1", "pods", namespace="ml", name=pod["name"])
    with pytest.raises(Conflict):
        await either.delete(path, uid="somebody-else")
    with pytest.raises(ValueError, match="uid"):
        await either.delete(path, uid="")
    await either.delete(path, uid=pod["uid"], dry_run=True)
    assert "deletionTimestamp" not in (await either.get(path))["metadata"]
    await either.delete(path, uid=pod["uid"])
    assert "deletionTimestamp" in (await either.get(path))["metadata"]
    assert [request.mutates for request in cluster.requests if request.method == "DELETE"] == [True, False, True]


async def test_what_is_no_json_is_text(cluster: SimulatedCluster, either: KubernetesTransport) -> None:
    cluster.faults.add(Fault(path="/version", body=b"one\n\xfftwo\n"))
    assert await either.get_text("/version") == "one\n\ufffdtwo\n"
    with pytest.raises(NotFound):
        await either.get_text(object_path("v1", "pods", namespace="ml", name="gone"))
