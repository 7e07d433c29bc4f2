import asyncio
import json
from typing import Any

import httpx
import pytest

from console.simulation.cluster import Fault, SimulatedCluster
from tests.simulation.cluster.support import DEPLOYMENT, FakeClock

SCALE = f"{DEPLOYMENT}/scale"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/ml/leases"
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


def to(replicas: Any, seen: Any = 3) -> list[dict[str, Any]]:
    return [
        {"op": "test", "path": "/spec/replicas", "value": seen},
        {"op": "replace", "path": "/spec/replicas", "value": replicas},
    ]


async def replicas(client: httpx.AsyncClient) -> Any:
    return (await client.get(DEPLOYMENT)).json()["spec"]["replicas"]


async def test_discovery_leads_to_every_resource(client: httpx.AsyncClient) -> None:
    groups = [group["preferredVersion"]["groupVersion"] for group in (await client.get("/apis")).json()["groups"]]
    lists = [f"/apis/{group}" for group in groups] + ["/api/v1"]
    found = {}
    for path in lists:
        for resource in (await client.get(path)).json()["resources"]:
            found[resource["name"]] = (path, resource)
    assert found["deployments/scale"][1]["kind"] == "Scale"
    for name, (path, resource) in found.items():
        if "list" in resource["verbs"]:
            answer = (await client.get(f"{path}/{name}")).json()
            assert answer["kind"] == f"{resource['kind']}List"


async def test_a_dry_run_shows_the_result_and_persists_nothing(client: httpx.AsyncClient) -> None:
    before = (await client.get(DEPLOYMENT)).json()
    for path, body in ((SCALE, to(5)), (DEPLOYMENT, to(5))):
        answer = await client.patch(f"{path}?dryRun=All", json=body, headers=JSON_PATCH)
        assert answer.status_code == 200
        assert answer.json()["spec"]["replicas"] == 5
    shown = await client.patch(f"{DEPLOYMENT}?dryRun=All", json=to(5), headers=JSON_PATCH)
    assert shown.json()["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert (await client.get(DEPLOYMENT)).json() == before


async def test_a_failed_test_operation_is_422_in_generic_words_and_changes_nothing(client: httpx.AsyncClient) -> None:
    before = (await client.get(DEPLOYMENT)).json()
    answer = await client.patch(SCALE, json=to(5, seen=4), headers=JSON_PATCH)
    assert answer.status_code == 422
    assert answer.json() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "the server rejected our request due to an error in our request",
        "reason": "Invalid",
        "details": {},
        "code": 422,
    }
    assert (await client.get(DEPLOYMENT)).json() == before


async def test_the_scale_of_zero_has_no_replicas_field(client: httpx.AsyncClient) -> None:
    await client.patch(SCALE, json=to(0), headers=JSON_PATCH)
    assert (await client.get(SCALE)).json()["spec"] == {}
    assert (await client.patch(SCALE, json=to(3, seen=0), headers=JSON_PATCH)).status_code == 422
    assert (await client.patch(SCALE, json=to(3, seen=None), headers=JSON_PATCH)).status_code == 200
    assert await replicas(client) == 3


async def test_generation_counts_changes_of_the_spec_only(client: httpx.AsyncClient, clock: FakeClock) -> None:
    first = (await client.get(DEPLOYMENT)).json()["metadata"]
    note = {"metadata": {"annotations": {"note": "x"}}}
    noted = (await client.patch(DEPLOYMENT, json=note, headers=MERGE_PATCH)).json()["metadata"]
    assert noted["generation"] == first["generation"]
    assert int(noted["resourceVersion"]) > int(first["resourceVersion"])
    again = (await client.patch(DEPLOYMENT, json=note, headers=MERGE_PATCH)).json()["metadata"]
    assert again["resourceVersion"] == noted["resourceVersion"]
    await client.patch(SCALE, json=to(4), headers=JSON_PATCH)
    assert (await client.get(DEPLOYMENT)).json()["metadata"]["generation"] == first["generation"] + 1


async def test_an_update_from_an_old_version_is_a_conflict(client: httpx.AsyncClient) -> None:
    old = (await client.get(SCALE)).json()
    await client.patch(SCALE, json=to(4), headers=JSON_PATCH)
    answer = await client.put(SCALE, json={**old, "spec": {"replicas": 9}})
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert answer.json()["details"] == {"name": "fraud", "group": "apps", "kind": "deployments"}
    fresh = (await client.get(SCALE)).json()
    assert (await client.put(SCALE, json={**fresh, "spec": {"replicas": 9}})).status_code == 200
    assert await replicas(client) == 9


@pytest.mark.parametrize("where", ["/metadata/uid", "/metadata/resourceVersion"])
async def test_writing_another_identity_is_a_conflict(client: httpx.AsyncClient, where: str) -> None:
    answer = await client.patch(DEPLOYMENT, json=[{"op": "replace", "path": where, "value": "17"}], headers=JSON_PATCH)
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"spec": {"replicas": -1}}, "spec.replicas"),
        ({"spec": {"selector": {"matchLabels": {"app": "other"}}}}, "spec.selector"),
        ({"spec": {"template": {"metadata": {"labels": {"app": "other"}}}}}, "spec.template.metadata.labels"),
        ({"spec": {"strategy": {"type": "Recreate"}}}, "spec.strategy.type"),
        ({"spec": {"replicas": "many"}}, "patch"),
    ],
)
async def test_validation_names_the_field(client: httpx.AsyncClient, patch: dict[str, Any], field: str) -> None:
    answer = await client.patch(DEPLOYMENT, json=patch, headers=MERGE_PATCH)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert field in {cause["field"] for cause in answer.json()["details"]["causes"]}
    assert await replicas(client) == 3


async def test_strict_validation_refuses_unknown_fields_that_are_otherwise_dropped(client: httpx.AsyncClient) -> None:
    patch = {"spec": {"replica": 9}}
    strict = await client.patch(f"{DEPLOYMENT}?fieldValidation=Strict", json=patch, headers=MERGE_PATCH)
    assert strict.status_code == 422
    assert 'unknown field "spec.replica"' in strict.json()["message"]
    assert strict.json()["details"]["causes"]
    lease = {"metadata": {"name": "lock"}, "spec": {"holder": "me"}}
    created = await client.post(f"{LEASES}?fieldValidation=Strict", json=lease)
    assert (created.status_code, created.json()["reason"]) == (400, "BadRequest")
    assert 'unknown field "spec.holder"' in created.json()["message"]
    assert (await client.patch(DEPLOYMENT, json=patch, headers=MERGE_PATCH)).status_code == 200
    assert "replica" not in (await client.get(DEPLOYMENT)).json()["spec"]


async def test_the_second_lease_of_a_name_already_exists(client: httpx.AsyncClient) -> None:
    lease = {"metadata": {"name": "lock"}, "spec": {"holderIdentity": "ann@host", "leaseDurationSeconds": 120}}
    assert (await client.post(f"{LEASES}?dryRun=All", json=lease)).status_code == 201
    first = await client.post(LEASES, json=lease)
    assert (first.status_code, first.json()["metadata"]["namespace"]) == (201, "ml")
    second = await client.post(LEASES, json=lease)
    assert (second.status_code, second.json()["reason"]) == (409, "AlreadyExists")
    assert second.json()["message"] == 'leases.coordination.k8s.io "lock" already exists'


async def test_a_denial_holds_for_requests_and_reviews_alike(
    cluster: SimulatedCluster, client: httpx.AsyncClient
) -> None:
    cluster.deny(verb="patch", resource="deployments", subresource="scale")
    answer = await client.patch(SCALE, json=to(5), headers=JSON_PATCH)
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")
    assert answer.json()["message"] == (
        'deployments.apps "fraud" is forbidden: User "on-call" cannot patch resource "deployments/scale" '
        'in API group "apps" in the namespace "ml"'
    )
    reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    attributes = {"verb": "patch", "group": "apps", "resource": "deployments", "namespace": "ml"}
    for subresource, allowed in (("scale", False), ("", True)):
        review = {"spec": {"resourceAttributes": {**attributes, "subresource": subresource}}}
        assert (await client.post(reviews, json=review)).json()["status"]["allowed"] is allowed


@pytest.mark.parametrize(
    ("method", "path", "code", "reason"),
    [
        ("GET", "/apis/apps/v1/namespaces/ml/deployments/nobody", 404, "NotFound"),
        ("PATCH", "/apis/apps/v1/namespaces/ml/deployments/nobody/scale", 404, "NotFound"),
        ("POST", "/apis/coordination.k8s.io/v1/namespaces/nowhere/leases", 404, "NotFound"),
        ("DELETE", "/apis/apps/v1/namespaces/ml/deployments", 405, "MethodNotAllowed"),
        ("POST", "/apis/apps/v1/deployments", 405, "MethodNotAllowed"),
        ("PATCH", DEPLOYMENT, 415, "UnsupportedMediaType"),
        ("GET", "/api/v1/pods?labelSelector=a=b=c", 400, "BadRequest"),
        ("GET", "/apis/apps/v1/deployments?fieldSelector=spec.replicas=3", 400, "BadRequest"),
    ],
)
async def test_failures_are_status_objects(
    client: httpx.AsyncClient, method: str, path: str, code: int, reason: str
) -> None:
    answer = await client.request(method, path, content=b"{}", headers={"Content-Type": "application/json"})
    status = answer.json()
    assert (answer.status_code, status["code"], status["reason"]) == (code, code, reason)
    assert (status["kind"], status["status"]) == ("Status", "Failure")


async def test_a_path_that_nobody_serves_is_plain_text(client: httpx.AsyncClient) -> None:
    answer = await client.get("/apis/example.org/v1/things")
    assert (answer.status_code, answer.text) == (404, "404 page not found\n")


async def test_without_the_token_nothing_is_told(client: httpx.AsyncClient) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}):
        answer = await client.get("/api/v1/pods", headers=headers)
        assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized")


@pytest.mark.parametrize(
    ("selector", "count"),
    [
        ("app=fraud", 3),
        ("app==fraud,version=v41", 3),
        ("app!=fraud", 2),
        ("version in (v41, v40)", 3),
        ("version notin (v41)", 2),
        ("version", 3),
        ("!version", 2),
        ("app=nobody", 0),
    ],
)
async def test_label_selectors(cluster: SimulatedCluster, client: httpx.AsyncClient, selector: str, count: int) -> None:
    cluster.add_deployment(namespace="ml", name="other", replicas=2, image="i", labels={}, created=0)
    pods = await client.get("/api/v1/namespaces/ml/pods", params={"labelSelector": selector})
    assert len(pods.json()["items"]) == count


async def test_a_list_comes_in_pages_when_a_limit_is_asked_for(client: httpx.AsyncClient) -> None:
    names: list[str] = []
    token = ""
    for _ in range(2):
        page = (await client.get("/api/v1/pods", params={"limit": 2, "continue": token})).json()
        names += [pod["metadata"]["name"] for pod in page["items"]]
        token = page["metadata"].get("continue", "")
    assert len(set(names)) == 3
    assert token == ""


async def test_a_watch_tells_of_changes(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/apis/apps/v1/deployments")).json()["metadata"]["resourceVersion"]
    query = {"watch": "true", "resourceVersion": listed, "fieldSelector": "metadata.name=fraud"}
    async with client.stream("GET", "/apis/apps/v1/deployments", params=query) as watch:
        lines = watch.aiter_lines()
        await client.patch(SCALE, json=to(7), headers=JSON_PATCH)
        event = json.loads(await asyncio.wait_for(anext(lines), 10))
    assert (event["type"], event["object"]["spec"]["replicas"]) == ("MODIFIED", 7)


async def test_the_record_of_requests_holds_everything_but_the_token(
    cluster: SimulatedCluster, client: httpx.AsyncClient
) -> None:
    cluster.forget_requests()
    await client.patch(f"{SCALE}?dryRun=All", json=to(4), headers=JSON_PATCH)
    (request,) = cluster.requests
    assert (request.method, request.path, request.query) == ("PATCH", SCALE, {"dryRun": "All"})
    assert request.body == to(4)
    assert "authorization" not in request.headers
    assert not request.mutates


async def owners(client: httpx.AsyncClient, *steps: str) -> list[tuple[str, str]]:
    """Who owns a field of the deployment: managers with the subresource that they wrote through."""
    entries = (await client.get(DEPLOYMENT)).json()["metadata"]["managedFields"]
    return [
        (entry["manager"], entry.get("subresource", ""))
        for entry in entries
        if steps[-1] in _below(entry["fieldsV1"], steps[:-1])
    ]


def _below(tree: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        tree = tree.get(step, {})
    return tree


async def test_who_wrote_which_field_is_recorded(client: httpx.AsyncClient) -> None:
    replicas_field = ("f:spec", "f:replicas")
    assert await owners(client, *replicas_field) == [("release", "")]
    await client.patch(f"{SCALE}?fieldManager=incident-console", json=to(4), headers=JSON_PATCH)
    assert await owners(client, *replicas_field) == [("incident-console", "scale")]
    await client.patch(f"{SCALE}?fieldManager=kubectl", json=to(4, seen=4), headers=JSON_PATCH)
    assert await owners(client, *replicas_field) == [("incident-console", "scale")]  # nothing was changed
    image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "fraud:v42"}]
    await client.patch(f"{DEPLOYMENT}?fieldManager=ann", json=image, headers=JSON_PATCH)
    container = ("f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"fraud"}')
    assert await owners(client, *container, "f:image") == [("ann", "")]
    assert await owners(client, *container, "f:ports") == [("release", "")]
    assert await owners(client, "f:status", "f:replicas") == [("kube-controller-manager", "status")]


async def test_a_field_that_is_removed_is_owned_by_nobody(client: httpx.AsyncClient) -> None:
    note = ("f:metadata", "f:annotations", "f:note")
    for written, owned_by in (("x", [("ann", "")]), (None, [])):
        body = {"metadata": {"annotations": {"note": written}}}
        await client.patch(f"{DEPLOYMENT}?fieldManager=ann", json=body, headers=MERGE_PATCH)
        assert await owners(client, *note) == owned_by
    assert await owners(client, "f:metadata", "f:annotations", "f:deployment.kubernetes.io/revision")


async def test_faults_happen_to_what_matches_and_as_often_as_asked(
    cluster: SimulatedCluster, client: httpx.AsyncClient
) -> None:
    cluster.faults.add(Fault(method="PATCH", path="*/scale", dry_run=False, status=429, retry_after=7, times=2))
    assert (await client.patch(f"{SCALE}?dryRun=All", json=to(4), headers=JSON_PATCH)).status_code == 200
    for _ in range(2):
        answer = await client.patch(SCALE, json=to(4), headers=JSON_PATCH)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert await replicas(client) == 3
    assert (await client.patch(SCALE, json=to(4), headers=JSON_PATCH)).status_code == 200


@pytest.mark.parametrize(("cut", "left"), [("before", 3), ("after", 4)])
async def test_a_cut_connection_gives_no_answer(
    cluster: SimulatedCluster, client: httpx.AsyncClient, cut: Any, left: int
) -> None:
    cluster.faults.add(Fault(method="PATCH", cut=cut))
    with pytest.raises(httpx.RemoteProtocolError):
        await client.patch(SCALE, json=to(4), headers=JSON_PATCH)
    assert await replicas(client) == left


@pytest.mark.parametrize(
    ("path", "names", "cells"),
    [
        (DEPLOYMENT, ["Name", "Ready", "Up-to-date", "Available", "Age"], ["fraud", "3/3", 3, 3, "1h"]),
        ("/api/v1/nodes", ["Name", "Status", "Roles", "Age"], ["node-a", "Ready", "<none>", "0s"]),
        ("/api/v1/pods?limit=1", ["Name", "Ready", "Status", "Restarts", "Age"], [None, "1/1", "Running", 0, "1h"]),
    ],
)
async def test_kubectl_gets_tables(client: httpx.AsyncClient, path: str, names: list[str], cells: list[Any]) -> None:
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    table = (await client.get(path, headers={"Accept": accept})).json()
    narrow = [column["name"] for column in table["columnDefinitions"] if column["priority"] == 0]
    assert (table["kind"], narrow) == ("Table", names)
    first = table["rows"][0]
    assert [cell if wanted is not None else None for cell, wanted in zip(first["cells"], cells, strict=False)] == cells
    assert first["object"]["metadata"]["name"] == first["cells"][0]


async def test_a_body_that_is_not_json_is_refused_by_its_type(client: httpx.AsyncClient) -> None:
    protobuf = {"Content-Type": "application/vnd.kubernetes.protobuf"}
    answer = await client.post(LEASES, content=b"k8s\x00", headers=protobuf)
    assert (answer.status_code, answer.json()["reason"]) == (415, "UnsupportedMediaType")
