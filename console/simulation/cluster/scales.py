"""The `scale` subresource: a small object that shows, and sets, how many replicas a workload wants."""

import copy
from typing import Any

from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.field_paths import read_path, set_path
from console.simulation.cluster.resources import Object, ResourceType, ScalePaths

_SHOWN_METADATA = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_object(resource: ResourceType, scaled: Object) -> Object:
    """Return the `scale` of an object; `spec.replicas` is absent, not 0, when nothing is wanted.

    Raises:
        ApiFailure: a custom resource does not say how many replicas it wants.
    """
    paths = _paths(resource)
    metadata = scaled["metadata"]
    wanted = read_path(scaled, paths.replicas)
    if wanted is None and resource.custom:
        message = f'Internal error occurred: the spec replicas field "{paths.replicas}" does not exist'
        raise ApiFailure(500, "InternalError", message, details={})
    status: Object = {"replicas": read_path(scaled, paths.status_replicas) or 0}
    if selector := _selector(read_path(scaled, paths.selector)) if paths.selector else "":
        status["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in _SHOWN_METADATA if key in metadata},
        "spec": {"replicas": wanted} if wanted else {},
        "status": status,
    }


def scaled_to(resource: ResourceType, scaled: Object, wanted: Object) -> Object:
    """Return a copy of an object with the replicas that a Scale asks for."""
    changed = copy.deepcopy(scaled)
    set_path(changed, _paths(resource).replicas, (wanted.get("spec") or {}).get("replicas") or 0)
    return changed


def _paths(resource: ResourceType) -> ScalePaths:
    if resource.scale is None:
        raise TypeError(f"{resource.qualified} has no scale")
    return resource.scale


def _selector(written: Any) -> str:
    if isinstance(written, dict):
        return ",".join(f"{key}={value}" for key, value in sorted(written.get("matchLabels", {}).items()))
    return written if isinstance(written, str) else ""
