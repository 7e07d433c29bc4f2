from typing import Any

from console.simulation.cluster.managed_fields import WrittenBy, managed
from console.simulation.cluster.resources import DEPLOYMENTS, ResourceType
from tests.simulation.cluster.support import NOON

CUSTOM = ResourceType(group="g", version="v1", plural="rollouts", singular="rollout", kind="Rollout", custom=True)


def written(
    before: dict[str, Any] | None,
    after: dict[str, Any],
    manager: str,
    subresource: str = "",
    resource: ResourceType = DEPLOYMENTS,
    at: float = NOON,
) -> dict[str, Any]:
    """`after` with its owners."""
    by = WrittenBy(manager=manager, subresource=subresource)
    metadata = {**after["metadata"], "managedFields": managed(resource, before, after, by, at)}
    return {**after, "metadata": metadata}


def owned(found: dict[str, Any]) -> dict[str, Any]:
    return {entry["manager"]: entry["fieldsV1"] for entry in found["metadata"]["managedFields"]}


def test_a_writer_owns_what_it_changed_and_the_one_before_no_more() -> None:
    document: dict[str, Any] = {
        "metadata": {"name": "fraud", "labels": {"app": "fraud"}},
        "spec": {"replicas": 3, "paused": True},
    }
    first = written(None, document, "helm")
    assert owned(first)["helm"] == {
        "f:metadata": {"f:labels": {"f:app": {}}},
        "f:spec": {"f:paused": {}, "f:replicas": {}},
    }
    second = owned(written(first, {**first, "spec": {"replicas": 6, "paused": True}}, "kubectl", "scale"))
    assert second["kubectl"] == {"f:spec": {"f:replicas": {}}}
    assert second["helm"]["f:spec"] == {"f:paused": {}}


def test_items_of_lists_are_owned_by_their_names_in_kinds_that_are_built_in() -> None:
    before = {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}}
    after = {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]}}
    (entry,) = written(before, after, "kubectl")["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:spec": {"f:containers": {'k:{"name":"b"}': {"f:image": {}}}}}
    (entry,) = written(before, after, "kubectl", resource=CUSTOM)["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {"f:spec": {"f:containers": {}}}


def test_a_writer_that_only_removes_leaves_no_mark() -> None:
    first = written(None, {"metadata": {}, "spec": {"paused": True, "replicas": 1}}, "helm")
    second = written(first, {**first, "spec": {"replicas": 1}}, "kubectl")
    assert owned(second) == {"helm": {"f:spec": {"f:replicas": {}}}}


def test_an_entry_keeps_its_time_while_others_write() -> None:
    first = written(None, {"metadata": {}, "spec": {"replicas": 1, "paused": True}}, "helm")
    second = written(first, {**first, "spec": {"replicas": 2, "paused": True}}, "kubectl", at=NOON + 60)
    times = {entry["manager"]: entry["time"] for entry in second["metadata"]["managedFields"]}
    assert times["helm"] < times["kubectl"]


def test_a_write_through_scale_is_not_dated_and_forgotten_at_zero_as_on_a_real_server() -> None:
    first = written(None, {"metadata": {}, "spec": {"replicas": 3, "paused": True}}, "release")
    scaled = written(first, {**first, "spec": {"replicas": 5, "paused": True}}, "kubectl", "scale", at=NOON + 60)
    release, kubectl = scaled["metadata"]["managedFields"]
    assert (release["fieldsV1"], release["time"] != "") == ({"f:spec": {"f:paused": {}}}, True)
    assert (kubectl["fieldsV1"], kubectl["subresource"]) == ({"f:spec": {"f:replicas": {}}}, "scale")
    assert "time" not in kubectl
    nothing = written(scaled, {**scaled, "spec": {"replicas": 0, "paused": True}}, "kubectl", "scale", at=NOON + 120)
    assert nothing["metadata"]["managedFields"] == [release]
    again = written(nothing, {**nothing, "spec": {"replicas": 2, "paused": True}}, "kubectl", "scale", at=NOON + 180)
    assert again["metadata"]["managedFields"] == [release]
    edited = written(again, {**again, "spec": {"replicas": 4, "paused": True}}, "kubectl-edit", at=NOON + 240)
    assert edited["metadata"]["managedFields"][-1]["manager"] == "kubectl-edit"
