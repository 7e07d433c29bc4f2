"""What `kubectl get` prints: the API server makes the table, the client only draws it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from console.domain.moments import in_words
from console.simulation.cluster.field_paths import read_path
from console.simulation.cluster.replica_sets import is_ready, is_terminating
from console.simulation.cluster.resources import Object, ResourceType

Cell = Callable[[Object], Any]


def wants_table(headers: Mapping[str, str]) -> bool:
    """Return whether a client prefers a table to the objects, as kubectl does."""
    preferred = headers.get("accept", "").partition(",")[0]
    return bool(re.search(r"\bas=Table\b", preferred)) and "g=meta.k8s.io" in preferred and "v=v1" in preferred


def table(resource: ResourceType, found: list[Object], metadata: Object, now: float) -> Object:
    """Return the table of objects of one kind at an instant (UTC seconds); `metadata` is the list's."""
    columns: list[tuple[str, str, Cell]] = [
        ("Name", "string", lambda item: item["metadata"]["name"]),
        *_COLUMNS.get(resource.kind if not resource.custom else "", ()),
        *((column.name, column.type, _at(column.path)) for column in resource.columns),
        ("Age", "string", lambda item: _age(item, now)),
    ]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": metadata,
        "columnDefinitions": [
            {
                "name": name,
                "type": cell_type,
                "format": "name" if name == "Name" else "",
                "description": "",
                "priority": 0,
            }
            for name, cell_type, _ in columns
        ],
        "rows": [
            {
                "cells": [cell(item) for _, _, cell in columns],
                "object": {
                    "kind": "PartialObjectMetadata",
                    "apiVersion": "meta.k8s.io/v1",
                    "metadata": item["metadata"],
                },
            }
            for item in found
        ],
    }


def _age(item: Object, now: float) -> str:
    created = datetime.fromisoformat(item["metadata"]["creationTimestamp"]).timestamp()
    return in_words(max(0.0, now - created)).replace(" min", "m").replace(" ", "")


def _at(path: str) -> Cell:
    return lambda item: read_path(item, path)


def _status(name: str) -> Cell:
    return lambda item: item["status"].get(name, 0)


def _ready_of_wanted(item: Object) -> str:
    return f"{item['status'].get('readyReplicas', 0)}/{item['spec']['replicas']}"


def _pod_status(pod: Object) -> str:
    if is_terminating(pod):
        return "Terminating"
    for container in pod["status"].get("containerStatuses", []):
        if reason := container["state"].get("waiting", {}).get("reason"):
            return str(reason)
    return str(pod["status"]["phase"])


def _restarts(pod: Object) -> int:
    return sum(container["restartCount"] for container in pod["status"].get("containerStatuses", []))


_COLUMNS: dict[str, tuple[tuple[str, str, Cell], ...]] = {
    "Deployment": (
        ("Ready", "string", _ready_of_wanted),
        ("Up-to-date", "integer", _status("updatedReplicas")),
        ("Available", "integer", _status("availableReplicas")),
    ),
    "ReplicaSet": (
        ("Desired", "integer", lambda item: item["spec"]["replicas"]),
        ("Current", "integer", _status("replicas")),
        ("Ready", "integer", _status("readyReplicas")),
    ),
    "Pod": (
        ("Ready", "string", lambda pod: f"{int(is_ready(pod))}/1"),
        ("Status", "string", _pod_status),
        ("Restarts", "integer", _restarts),
    ),
    "HorizontalPodAutoscaler": (
        ("Reference", "string", lambda item: f"Deployment/{item['spec']['scaleTargetRef']['name']}"),
        ("MinPods", "integer", lambda item: item["spec"]["minReplicas"]),
        ("MaxPods", "integer", lambda item: item["spec"]["maxReplicas"]),
        ("Replicas", "integer", _status("currentReplicas")),
    ),
    "Node": (("Status", "string", lambda node: "Ready" if is_ready(node) else "NotReady"),),
    "Lease": (("Holder", "string", lambda item: item.get("spec", {}).get("holderIdentity", "")),),
    "Event": (
        ("Type", "string", lambda event: event["type"]),
        ("Reason", "string", lambda event: event["reason"]),
        (
            "Object",
            "string",
            lambda event: f"{event['involvedObject']['kind'].lower()}/{event['involvedObject']['name']}",
        ),
        ("Message", "string", lambda event: event["message"]),
    ),
}
