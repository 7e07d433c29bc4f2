"""Server-side apply: who says what owns it, and takes from nobody what they say otherwise."""

import json
from typing import Any

import httpx
import pytest

from tests.simulation.cluster.support import DEPLOYMENT

MAP = "/api/v1/namespaces/ml/configmaps/limits"
APPLY = {"Content-Type": "application/apply-patch+yaml"}


def a_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "limits"}, "data": data}


async def apply(
    client: httpx.AsyncClient, path: str, document: dict[str, Any], by: str, **query: str
) -> httpx.Response:
    return await client.patch(path, params={"fieldManager": by, **query}, headers=APPLY, content=json.dumps(document))


def owners(found: dict[str, Any]) -> dict[tuple[str, str], Any]:
    entries = found["metadata"]["managedFields"]
    return {(entry["manager"], entry["operation"]): entry["fieldsV1"] for entry in entries}


async def test_it_creates_shares_and_takes_away_what_nobody_says_any_more(client: httpx.AsyncClient) -> None:
    made = await apply(client, MAP, a_map(most="4", least="1"), "git")
    assert made.status_code == 201
    assert owners(made.json()) == {("git", "Apply"): {"f:data": {"f:least": {}, "f:most": {}}}}
    shared = await apply(client, MAP, a_map(least="1"), "ann")
    assert shared.status_code == 200
    assert owners(shared.json())["ann", "Apply"] == {"f:data": {"f:least": {}}}
    assert shared.json()["data"] == {"most": "4", "least": "1"}
    less = await apply(client, MAP, a_map(), "git")
    assert less.json()["data"] == {"least": "1"}
    again = await apply(client, MAP, a_map(), "git")
    assert again.json()["metadata"]["resourceVersion"] == less.json()["metadata"]["resourceVersion"]


async def test_another_value_of_another_manager_is_a_conflict_unless_it_is_forced(client: httpx.AsyncClient) -> None:
    merge = {"Content-Type": "application/merge-patch+json"}
    await client.patch(DEPLOYMENT, params={"fieldManager": "kubectl"}, json={"spec": {"replicas": 5}}, headers=merge)
    wanted = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "fraud"},
        "spec": {"replicas": 4, "template": {"spec": {"containers": [{"name": "fraud", "image": "fraud:v9"}]}}},
    }
    refused = (await apply(client, DEPLOYMENT, wanted, "git")).json()
    assert (refused["code"], refused["reason"]) == (409, "Conflict")
    assert refused["message"].startswith('Apply failed with 2 conflicts: conflicts with "kubectl" using apps/v1 at ')
    assert {(cause["reason"], cause["field"]) for cause in refused["details"]["causes"]} == {
        ("FieldManagerConflict", ".spec.replicas"),
        ("FieldManagerConflict", '.spec.template.spec.containers[name="fraud"].image'),
    }
    tried = (await apply(client, DEPLOYMENT, wanted, "git", force="true", dryRun="All")).json()
    assert tried["spec"]["replicas"] == 4
    assert (await client.get(DEPLOYMENT)).json()["spec"]["replicas"] == 5
    forced = (await apply(client, DEPLOYMENT, wanted, "git", force="true")).json()
    assert (forced["spec"]["replicas"], forced["metadata"]["generation"]) == (4, 3)
    (container,) = forced["spec"]["template"]["spec"]["containers"]
    assert (container["image"], container["ports"][0]["containerPort"]) == ("fraud:v9", 8080)
    assert "f:replicas" in owners(forced)["git", "Apply"]["f:spec"]
    assert ("kubectl", "Update") not in owners(forced)


@pytest.mark.parametrize(
    ("by", "document", "status", "message"),
    [
        ("", a_map(), 422, "fieldManager: Required value: is required for apply patch"),
        ("git", a_map() | {"kind": "Secret"}, 400, "ConfigMap is applied here"),
        ("git", a_map() | {"metadata": {"name": "other"}}, 400, "does not match the name on the URL"),
        ("git", a_map() | {"metadata": {"managedFields": [{"manager": "x"}]}}, 400, "managedFields must be nil"),
    ],
)
async def test_what_cannot_be_applied_is_refused(
    client: httpx.AsyncClient, by: str, document: dict[str, Any], status: int, message: str
) -> None:
    refused = await apply(client, MAP, document, by)
    assert (refused.status_code, message in refused.json()["message"]) == (status, True)
