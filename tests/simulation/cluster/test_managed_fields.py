from typing import Any

from console.simulation.cluster.managed_fields import with_writer


def writer(manager: str, subresource: str = "") -> dict[str, Any]:
    return {"manager": manager, "operation": "Update"} | ({"subresource": subresource} if subresource else {})


def owned(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {entry["manager"]: entry["fieldsV1"] for entry in entries}


def test_a_writer_owns_what_it_changed_and_the_one_before_no_more() -> None:
    first: dict[str, Any] = {
        "metadata": {"name": "fraud", "labels": {"app": "fraud"}},
        "spec": {"replicas": 3, "paused": True},
    }
    first["metadata"]["managedFields"] = with_writer({}, first, writer("helm"))
    assert owned(first["metadata"]["managedFields"])["helm"]["f:spec"] == {"f:paused": {}, "f:replicas": {}}
    second = {"metadata": first["metadata"], "spec": {"replicas": 6, "paused": True}}
    entries = owned(with_writer(first, second, writer("kubectl", "scale")))
    assert entries["kubectl"] == {"f:spec": {"f:replicas": {}}}
    assert entries["helm"]["f:spec"] == {"f:paused": {}}


def test_items_of_lists_are_recorded_by_their_names() -> None:
    before = {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]}}
    after = {"metadata": {}, "spec": {"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]}}
    (entry,) = with_writer(before, after, writer("kubectl"))
    assert entry["fieldsV1"] == {"f:spec": {"f:containers": {'k:{"name":"b"}': {"f:image": {}}}}}


def test_a_writer_that_only_removes_leaves_no_mark() -> None:
    before = {"metadata": {}, "spec": {"paused": True, "replicas": 1}}
    assert with_writer(before, {"metadata": {}, "spec": {"replicas": 1}}, writer("kubectl")) == []
