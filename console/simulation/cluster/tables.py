"""What `kubectl get` prints: the API server makes the table, the client only draws it."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from console.domain.moments import in_words
from console.simulation.cluster.field_paths import read_path
from console.simulation.cluster.replica_sets import is_ready, is_terminating
from console.simulation.cluster.resources import EVENTS, Column, Object, ResourceType

Cell = Callable[[Object], Any]


def wants_table(headers: Mapping[str, str]) -> bool:
    """Return whether a client prefers a table to the objects, as kubectl does."""
    preferred = headers.get("accept", "").partition(",")[0]
    return bool(re.search(r"\bas=Table\b", preferred)) and "g=meta.k8s.io" in preferred and "v=v1" in preferred


def table(resource: ResourceType, found: list[Object], metadata: Object, now: float) -> Object:
    """Return the table of objects of one kind at an instant (UTC seconds); `metadata` is the list's."""
    columns = _columns(resource, now)
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
                "priority": priority,
            }
            for name, cell_type, _, priority in columns
        ],
        "rows": [
            {
                "cells": [cell(item) for _, _, cell, _ in columns],
                "object": {
                    "kind": "PartialObjectMetadata",
                    "apiVersion": "meta.k8s.io/v1",
                    "metadata": item["metadata"],
                },
            }
            for item in found
        ],
    }


def _columns(resource: ResourceType, now: float) -> list[tuple[str, str, Cell, int]]:
    """Return name, type, content and priority of every column; a custom resource has those of its definition only."""
    name: tuple[str, str, Cell, int] = ("Name", "string", lambda item: item["metadata"]["name"], 0)
    age: tuple[str, str, Cell, int] = (
        "Age",
        "string",
        lambda item: _since(item, ".metadata.creationTimestamp", now),
        0,
    )
    if resource is EVENTS:
        seen: tuple[str, str, Cell, int] = ("Last Seen", "string", lambda item: _since(item, ".lastTimestamp", now), 0)
        return [seen, *((*column, 0) for column in _COLUMNS["Event"]), (*name[:3], 1)]
    if resource.columns:
        return [
            name,
            *((each.name, each.type, _defined(each, now), each.priority) for each in resource.columns),
        ]
    kind = "" if resource.custom else resource.kind
    narrow = [(*column, 0) for column in _COLUMNS.get(kind, ())]
    return [name, *narrow, age, *((*column, 1) for column in _WIDE.get(kind, ()))]


def _defined(column: Column, now: float) -> Cell:
    if column.type == "date":
        return lambda item: _since(item, column.path, now)
    return lambda item: read_path(item, column.path)


def _since(item: Object, path: str, now: float) -> str | None:
    """Return the age of an instant in an object, as kubectl prints it: `3m`, `2h`."""
    written = read_path(item, path)
    if not written:
        return None
    age = max(0.0, now - datetime.fromisoformat(written).timestamp())
    return in_words(age).replace(" min", "m").replace(" ", "")


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


def _node_status(node: Object) -> str:
    return ("Ready" if is_ready(node) else "NotReady") + (
        ",SchedulingDisabled" if node["spec"].get("unschedulable") else ""
    )


def _scaled(autoscaler: Object) -> str:
    reference = autoscaler["spec"]["scaleTargetRef"]
    return f"{reference['kind']}/{reference['name']}"


def _targets(autoscaler: Object) -> str:
    """Return what every metric is and should be, as `cpu: 68%/70%`."""
    seen: dict[str, Object] = {}
    for each in autoscaler.get("status", {}).get("currentMetrics") or ():
        name, source = _metric(each)
        seen[name] = source["current"]
    told = []
    for each in autoscaler["spec"].get("metrics") or ():
        name, source = _metric(each)
        told.append(f"{name}: {_measured(seen.get(name, {}))}/{_measured(source['target'])}")
    return ", ".join(told)


def _metric(metric: Object) -> tuple[str, Object]:
    source: Object = metric[metric["type"][:1].lower() + metric["type"][1:]]
    return source.get("name") or source["metric"]["name"], source


def _measured(value: Object) -> str:
    if "averageUtilization" in value:
        return f"{value['averageUtilization']}%"
    return str(value.get("averageValue", value.get("value", "<unknown>")))


def _owner(item: Object) -> str:
    owner = item["metadata"]["ownerReferences"][0]
    return f"{owner['kind'].lower()}.{owner['apiVersion'].partition('/')[0]}/{owner['name']}"


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
        ("Reference", "string", _scaled),
        ("Targets", "string", _targets),
        ("MinPods", "integer", lambda item: item["spec"]["minReplicas"]),
        ("MaxPods", "integer", lambda item: item["spec"]["maxReplicas"]),
        ("Replicas", "integer", _status("currentReplicas")),
    ),
    "Node": (("Status", "string", _node_status), ("Roles", "string", lambda _: "<none>")),
    "StatefulSet": (("Ready", "string", _ready_of_wanted),),
    "ControllerRevision": (
        ("Controller", "string", _owner),
        ("Revision", "integer", lambda item: item["revision"]),
    ),
    "ConfigMap": (("Data", "integer", lambda item: len(item.get("data", {}))),),
    "ResourceQuota": (
        (
            "Used",
            "string",
            lambda item: ", ".join(
                f"{name}: {item['status'].get('used', {}).get(name, '0')}/{limit}"
                for name, limit in sorted(item["spec"].get("hard", {}).items())
            ),
        ),
    ),
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

_CONTAINERS: tuple[tuple[str, str, Cell], ...] = (
    ("Containers", "string", lambda item: ",".join(each["name"] for each in _containers(item))),
    ("Images", "string", lambda item: ",".join(each["image"] for each in _containers(item))),
)
_WIDE: dict[str, tuple[tuple[str, str, Cell], ...]] = {
    "Pod": (
        ("IP", "string", lambda pod: pod["status"].get("podIP", "<none>")),
        ("Node", "string", lambda pod: pod["spec"].get("nodeName", "<none>")),
    ),
    "Deployment": _CONTAINERS,
    "ReplicaSet": _CONTAINERS,
    "StatefulSet": _CONTAINERS,
}
"""What is printed in wide output only."""


def _containers(item: Object) -> list[Object]:
    containers: list[Object] = item["spec"]["template"]["spec"]["containers"]
    return containers
