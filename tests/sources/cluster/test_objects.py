from typing import Any

import pytest

from console.sources.cluster.objects import MalformedAnswer, Metadata, Scalable, Selector, decode_object
from console.sources.cluster.writers import Writer, last_writer


def test_what_the_server_leaves_out_is_nothing() -> None:
    workload = decode_object({"metadata": {"name": "fraud"}, "spec": {}}, Scalable)
    assert workload.spec.replicas == 1
    assert workload.status.available_replicas == 0
    assert workload.metadata.controller is None


def test_nulls_stand_for_nothing() -> None:
    nulls = {"name": "fraud", "labels": None, "annotations": None, "ownerReferences": None, "managedFields": None}
    metadata = decode_object(nulls, Metadata)
    assert metadata.controller is None
    assert last_writer(metadata, "/spec/replicas") is None


def test_an_answer_of_another_shape_is_told_harmlessly() -> None:
    with pytest.raises(MalformedAnswer, match="the cluster's answer is not a Scalable") as malformed:
        decode_object({"metadata": {"name": 3}}, Scalable)
    assert str(malformed.value).isprintable()


def test_a_selector_is_written_as_the_parameter_of_a_list() -> None:
    document = {
        "matchLabels": {"tier": "online", "app": "fraud"},
        "matchExpressions": [
            {"key": "track", "operator": "In", "values": ["stable", "canary"]},
            {"key": "old", "operator": "NotIn", "values": ["yes"]},
            {"key": "gpu", "operator": "Exists"},
            {"key": "batch", "operator": "DoesNotExist", "values": None},
        ],
    }
    expected = "app=fraud,tier=online,track in (stable,canary),old notin (yes),gpu,!batch"
    assert decode_object(document, Selector).query == expected


def test_the_last_writer_of_the_replicas_is_told_not_of_other_fields() -> None:
    fields: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    metadata = decode_object(
        {
            "name": "fraud",
            "managedFields": [
                {"manager": "helm", "time": "2026-11-22T01:00:00Z", "fieldsV1": fields},
                {"manager": "kubectl", "time": "2026-11-22T03:21:05Z", "subresource": "scale"},
                {
                    "manager": "kube-controller-manager",
                    "time": "2026-11-22T03:22:00Z",
                    "subresource": "status",
                    "fieldsV1": {"f:status": {"f:replicas": {}}},
                },
            ],
        },
        Metadata,
    )
    writer = last_writer(metadata, "/spec/replicas")
    assert writer == Writer("kubectl", 1795317665.0)
    assert writer.shown == "kubectl at 03:21:05 UTC"


@pytest.mark.parametrize("is_set", [True, False])
def test_who_made_an_object_empty_did_not_set_what_others_put_into_it(is_set: bool) -> None:
    managed: list[dict[str, Any]] = [{"manager": "kubelet", "time": "2026-11-22T04:00:00Z", "fieldsV1": {"f:spec": {}}}]
    cordoned: dict[str, Any] = {"f:spec": {"f:unschedulable": {}}}
    if is_set:
        managed.insert(0, {"manager": "kubectl", "time": "2026-11-22T03:21:05Z", "fieldsV1": cordoned})
    metadata = decode_object({"name": "node-1", "managedFields": managed}, Metadata)
    writer = last_writer(
        metadata,
        "/spec/unschedulable",
        {"spec": {"podCIDR": "10.0.0.0/24", **({"unschedulable": True} if is_set else {})}},
    )
    assert (writer.manager if writer is not None else None) == ("kubectl" if is_set else None)


def test_who_made_an_object_empty_took_its_last_field_away() -> None:
    managed = [{"manager": "kubectl", "time": "2026-11-22T03:21:05Z", "fieldsV1": {"f:spec": {}}}]
    metadata = decode_object({"name": "node-1", "managedFields": managed}, Metadata)
    writer = last_writer(metadata, "/spec/unschedulable", {"spec": {}})
    assert writer is not None
    assert writer.manager == "kubectl"


def test_who_set_a_whole_that_is_never_merged_set_all_that_is_in_it() -> None:
    fields: dict[str, Any] = {"f:spec": {"f:candidates": {}}}
    managed = [{"manager": "kubectl", "time": "2026-11-22T03:21:05Z", "fieldsV1": fields}]
    metadata = decode_object({"name": "split", "managedFields": managed}, Metadata)
    document = {"spec": {"candidates": [{"name": "iris", "weight": 90}]}}
    writer = last_writer(metadata, "/spec/candidates/0/weight", document)
    assert writer is not None
    assert writer.manager == "kubectl"


@pytest.mark.parametrize("time", [None, "", "yesterday", "2026-11-22", "2026-11-22T03:21:05"])
def test_a_writer_whose_time_cannot_be_read_is_told_without_it(time: str | None) -> None:
    metadata = decode_object(
        {"name": "fraud", "managedFields": [{"manager": "a\x1b[2J", "time": time, "subresource": "scale"}]}, Metadata
    )
    writer = last_writer(metadata, "/spec/replicas")
    assert writer is not None
    assert (writer.at, writer.shown) == (None, "a␛[2J")


@pytest.mark.parametrize(
    ("labels", "selected"),
    [
        ({"app": "fraud", "track": "stable", "gpu": "a100"}, True),
        ({"app": "fraud", "track": "stable"}, False),
        ({"app": "fraud", "track": "blue", "gpu": ""}, False),
        ({"app": "fraud", "track": "stable", "gpu": "", "old": "yes"}, False),
        ({"app": "fraud", "track": "stable", "gpu": "", "old": "no"}, True),
        ({"app": "fraud", "track": "stable", "gpu": "", "batch": ""}, False),
        ({"track": "stable", "gpu": ""}, False),
    ],
)
def test_a_selector_tells_whose_labels_are_as_it_demands(labels: dict[str, str], *, selected: bool) -> None:
    document = {
        "matchLabels": {"app": "fraud"},
        "matchExpressions": [
            {"key": "track", "operator": "In", "values": ["stable", "canary"]},
            {"key": "old", "operator": "NotIn", "values": ["yes"]},
            {"key": "gpu", "operator": "Exists"},
            {"key": "batch", "operator": "DoesNotExist", "values": None},
        ],
    }
    selector = decode_object(document, Selector)
    assert selector.selects(labels) is selected
    assert Selector().selects(labels)
    assert not decode_object({"matchExpressions": [{"key": "app", "operator": "Like"}]}, Selector).selects(labels)
