import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from console.simulation.cluster import (
    Column,
    ControlPlane,
    ResourceType,
    Review,
    ScalePaths,
    SimulatedCluster,
    Webhook,
)
from tests.simulation.cluster.support import FakeClock

SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["image"],
            "properties": {
                "image": {"type": "string"},
                "size": {"type": "integer", "minimum": 0, "default": 1},
                "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "steps": {"type": "array", "items": {"type": "object", "properties": {"weight": {"type": "integer"}}}},
            },
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
FARMS = ResourceType(
    group="farm.example",
    version="v1alpha1",
    plural="farms",
    singular="farm",
    kind="Farm",
    short_names=("fm",),
    custom=True,
    status=True,
    scale=ScalePaths(replicas=".spec.size", status_replicas=".status.size", selector=".status.selector"),
    schema=SCHEMA,
    columns=(Column("Image", ".spec.image"),),
)
NOTES = ResourceType(
    group="farm.example", version="v1", plural="services", singular="service", kind="Service", custom=True
)
FARM = "/apis/farm.example/v1alpha1/namespaces/ml/farms/one"
JSON_PATCH = {"Content-Type": "application/json-patch+json"}
MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


class FarmController:
    """Grows every farm by one animal a second, until it has the wanted size."""

    def __init__(self, plane: ControlPlane) -> None:
        self._store = plane.store
        self._events = plane.events
        self._due: float | None = None

    def next_due(self) -> float | None:
        return self._due

    def reconcile(self, now: float) -> None:
        growing = [farm for farm in self._store.list(FARMS) if _size(farm) != farm["spec"]["size"]]
        if not growing:
            self._due = None
        elif self._due is None:
            self._due = now + 1
        elif self._due <= now:
            self._due = now + 1
            for farm in growing:
                draft = copy.deepcopy(farm)
                draft["status"] = {"size": _size(farm) + 1, "selector": "farm=one"}
                self._store.update(FARMS, draft)
                self._events.record(farm, reason="Grown", message="by one", source="farmer", at=now)


def _size(farm: dict[str, Any]) -> int:
    size: int = farm.get("status", {}).get("size", 0)
    return size


@pytest.fixture
def cluster(cluster: SimulatedCluster) -> SimulatedCluster:
    cluster.add_resource(FARMS)
    cluster.add_controller(FarmController)
    cluster.add_object(FARMS, {"metadata": {"name": "one", "namespace": "ml"}, "spec": {"image": "hen:1", "size": 2}})
    return cluster


@pytest.fixture
def farm(client: httpx.AsyncClient) -> Callable[[], Any]:
    async def read() -> dict[str, Any]:
        answer: dict[str, Any] = (await client.get(FARM)).json()
        return answer

    return read


async def test_discovery_and_definitions_list_it(client: httpx.AsyncClient) -> None:
    groups = (await client.get("/apis")).json()["groups"]
    assert "farm.example/v1alpha1" in [group["preferredVersion"]["groupVersion"] for group in groups]
    listed = (await client.get("/apis/farm.example/v1alpha1")).json()["resources"]
    assert [entry["name"] for entry in listed] == ["farms", "farms/status", "farms/scale"]
    assert listed[0]["shortNames"] == ["fm"]
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    definition = (await client.get(f"{definitions}/farms.farm.example")).json()
    assert definition["spec"]["versions"][0]["subresources"]["scale"]["specReplicasPath"] == ".spec.size"


async def test_a_controller_follows_the_clock(client: httpx.AsyncClient, clock: FakeClock, farm: Any) -> None:
    assert "status" not in await farm()
    clock.now += 1.5
    assert (await farm())["status"]["size"] == 1
    clock.now += 10
    assert (await farm())["status"] == {"size": 2, "selector": "farm=one"}
    events = (await client.get("/api/v1/namespaces/ml/events?fieldSelector=involvedObject.name=one")).json()["items"]
    assert [event["reason"] for event in events] == ["Grown", "Grown"]


async def test_its_scale_reads_and_writes_the_fields_that_its_definition_names(
    client: httpx.AsyncClient, clock: FakeClock, farm: Any
) -> None:
    clock.now += 10
    scale = (await client.get(f"{FARM}/scale")).json()
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 2, "selector": "farm=one"})
    wanted = [
        {"op": "test", "path": "/spec/replicas", "value": 2},
        {"op": "replace", "path": "/spec/replicas", "value": 5},
    ]
    dry = await client.patch(f"{FARM}/scale?dryRun=All", json=wanted, headers=JSON_PATCH)
    assert dry.json()["spec"] == {"replicas": 5}
    assert (await farm())["spec"]["size"] == 2
    await client.patch(f"{FARM}/scale", json=wanted, headers=JSON_PATCH)
    assert (await farm())["spec"]["size"] == 5
    assert (await client.patch(f"{FARM}/scale", json=wanted, headers=JSON_PATCH)).status_code == 422
    del wanted[0]
    wanted[0]["value"] = -1
    assert (await client.patch(f"{FARM}/scale", json=wanted, headers=JSON_PATCH)).status_code == 422


async def test_only_the_status_subresource_writes_the_status_and_it_does_not_raise_the_generation(
    client: httpx.AsyncClient, farm: Any
) -> None:
    before = await farm()
    both = {"spec": {"image": "hen:2"}, "status": {"phase": "x"}}
    await client.patch(FARM, json=both, headers=MERGE_PATCH)
    changed = await farm()
    assert changed["metadata"]["generation"] == before["metadata"]["generation"] + 1
    assert "status" not in changed
    both["spec"]["image"] = "hen:3"
    await client.patch(f"{FARM}/status", json=both, headers=MERGE_PATCH)
    written = await farm()
    assert (written["spec"]["image"], written["status"]) == ("hen:2", {"phase": "x"})
    assert written["metadata"]["generation"] == changed["metadata"]["generation"]
    assert int(written["metadata"]["resourceVersion"]) > int(changed["metadata"]["resourceVersion"])


async def test_strategic_merge_is_refused_as_the_api_refuses_it_for_custom_resources(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/strategic-merge-patch+json"}
    for path in (FARM, f"{FARM}/scale", f"{FARM}/status"):
        answer = await client.patch(path, json={"spec": {}}, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (415, "UnsupportedMediaType")


async def test_its_schema_prunes_defaults_and_validates(client: httpx.AsyncClient) -> None:
    farms = FARM.removesuffix("/one")

    def named(name: str, spec: Any) -> dict[str, Any]:
        return {"apiVersion": "farm.example/v1alpha1", "kind": "Farm", "metadata": {"name": name}, "spec": spec}

    spec = {"image": "hen:1", "wings": 2, "extra": {"any": 1}, "steps": [{"weight": 5, "w": 1}]}
    created = (await client.post(farms, json=named("two", spec))).json()
    assert created["spec"] == {"image": "hen:1", "size": 1, "extra": {"any": 1}, "steps": [{"weight": 5}]}
    strict = await client.post(f"{farms}?fieldValidation=Strict", json=named("three", spec))
    assert strict.status_code == 400
    assert 'unknown field "spec.wings", unknown field "spec.steps[0].w"' in strict.json()["message"]
    wrong = await client.post(farms, json=named("three", {"size": "many", "steps": [{"weight": 1.5}]}))
    assert (wrong.status_code, wrong.json()["reason"]) == (422, "Invalid")
    assert {(cause["field"], cause["reason"]) for cause in wrong.json()["details"]["causes"]} == {
        ("spec.image", "FieldValueRequired"),
        ("spec.size", "FieldValueTypeInvalid"),
        ("spec.steps[0].weight", "FieldValueTypeInvalid"),
    }


async def test_a_webhook_refuses_writes_and_dry_runs_alike(
    cluster: SimulatedCluster, client: httpx.AsyncClient, farm: Any
) -> None:
    def refusal(review: Review) -> str | None:
        return "hens only" if review.new is not None and "hen" not in review.new["spec"]["image"] else None

    cluster.add_webhook(Webhook(name="farms.example", group="farm.example", plural="farms", refusal=refusal))
    before = await farm()
    for query in ("", "?dryRun=All"):
        answer = await client.patch(f"{FARM}{query}", json={"spec": {"image": "cow:1"}}, headers=MERGE_PATCH)
        assert answer.status_code == 403
        assert answer.json()["message"] == 'admission webhook "farms.example" denied the request: hens only'
    assert await farm() == before
    assert (await client.patch(FARM, json={"spec": {"image": "hen:2"}}, headers=MERGE_PATCH)).status_code == 200


async def test_a_kind_without_subresources_says_so_and_a_shared_plural_is_no_clash(
    cluster: SimulatedCluster, client: httpx.AsyncClient
) -> None:
    cluster.add_resource(NOTES)
    cluster.add_object(NOTES, {"metadata": {"name": "n", "namespace": "ml"}, "spec": {"a": 1}, "status": {"b": 1}})
    path = "/apis/farm.example/v1/namespaces/ml/services/n"
    assert (await client.get(f"{path}/scale")).json()["message"] == 'services.farm.example "n" not found'
    patched = await client.patch(path, json={"status": {"b": 2}}, headers=MERGE_PATCH)
    assert (patched.json()["status"], patched.json()["metadata"]["generation"]) == ({"b": 2}, 2)
    with pytest.raises(ValueError, match="served already"):
        cluster.add_resource(NOTES)


async def test_a_deletion_means_one_uid(client: httpx.AsyncClient, farm: Any) -> None:
    uid = (await farm())["metadata"]["uid"]
    other = await client.request("DELETE", FARM, json={"preconditions": {"uid": "other"}})
    assert (other.status_code, other.json()["reason"]) == (409, "Conflict")
    dry = await client.request("DELETE", FARM, json={"preconditions": {"uid": uid}, "dryRun": ["All"]})
    assert dry.status_code == 200
    assert (await client.get(FARM)).status_code == 200
    await client.request("DELETE", FARM, json={"preconditions": {"uid": uid}})
    assert (await client.get(FARM)).status_code == 404
