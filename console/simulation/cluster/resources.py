"""What the simulated API serves: the resource types, and the discovery documents made from them."""

from typing import Any

import msgspec

Object = dict[str, Any]
"""A Kubernetes object in its JSON form. What a store holds is never changed in place."""

ALL_VERBS = ("create", "delete", "get", "list", "patch", "update", "watch")


class ResourceType(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of object: its place in the API, and the fields that a field selector may name."""

    group: str
    version: str
    plural: str
    singular: str
    kind: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ALL_VERBS
    scalable: bool = False
    selectable_fields: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """Return group and version as an object writes them: `apps/v1`, or `v1` for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """Return the plural as error messages write it: `deployments.apps`, or `pods` for the core group."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified_kind(self) -> str:
        """Return the kind as error messages write it: `Deployment.apps`, or `Pod` for the core group."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


NAMESPACES = ResourceType(
    group="",
    version="v1",
    plural="namespaces",
    singular="namespace",
    kind="Namespace",
    namespaced=False,
    short_names=("ns",),
)
NODES = ResourceType(
    group="",
    version="v1",
    plural="nodes",
    singular="node",
    kind="Node",
    namespaced=False,
    short_names=("no",),
)
PODS = ResourceType(
    group="",
    version="v1",
    plural="pods",
    singular="pod",
    kind="Pod",
    short_names=("po",),
    selectable_fields=("spec.nodeName", "status.phase"),
)
EVENTS = ResourceType(
    group="",
    version="v1",
    plural="events",
    singular="event",
    kind="Event",
    short_names=("ev",),
    selectable_fields=(
        "involvedObject.kind",
        "involvedObject.name",
        "involvedObject.namespace",
        "involvedObject.uid",
        "reason",
        "type",
    ),
)
DEPLOYMENTS = ResourceType(
    group="apps",
    version="v1",
    plural="deployments",
    singular="deployment",
    kind="Deployment",
    short_names=("deploy",),
    scalable=True,
)
REPLICA_SETS = ResourceType(
    group="apps",
    version="v1",
    plural="replicasets",
    singular="replicaset",
    kind="ReplicaSet",
    short_names=("rs",),
)
AUTOSCALERS = ResourceType(
    group="autoscaling",
    version="v2",
    plural="horizontalpodautoscalers",
    singular="horizontalpodautoscaler",
    kind="HorizontalPodAutoscaler",
    short_names=("hpa",),
)
LEASES = ResourceType(group="coordination.k8s.io", version="v1", plural="leases", singular="lease", kind="Lease")
SELF_ACCESS_REVIEWS = ResourceType(
    group="authorization.k8s.io",
    version="v1",
    plural="selfsubjectaccessreviews",
    singular="selfsubjectaccessreview",
    kind="SelfSubjectAccessReview",
    namespaced=False,
    verbs=("create",),
)

RESOURCE_TYPES = (
    NAMESPACES,
    NODES,
    PODS,
    EVENTS,
    DEPLOYMENTS,
    REPLICA_SETS,
    AUTOSCALERS,
    LEASES,
    SELF_ACCESS_REVIEWS,
)

VERSION = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.1",
    "gitCommit": "0" * 40,
    "gitTreeState": "clean",
    "buildDate": "2026-05-13T00:00:00Z",
    "goVersion": "go1.26.2",
    "compiler": "gc",
    "platform": "linux/amd64",
}
"""The version document: a server newer than the client library knows."""


def find_resource(group: str, version: str, plural: str) -> ResourceType | None:
    """Return the resource type at a place of the API, or None."""
    for resource in RESOURCE_TYPES:
        if (resource.group, resource.version, resource.plural) == (group, version, plural):
            return resource
    return None


def discovery_document(path: str) -> Object | None:
    """Return the document that describes the API at a path, or None where there is none."""
    parts = [part for part in path.split("/") if part]
    match parts:
        case ["version"]:
            return dict(VERSION)
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in _groups()]}
        case ["apis", group] if group in _groups():
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group)}
        case ["api", "v1"]:
            return _resource_list("", "v1")
        case ["apis", group, version] if _types(group, version):
            return _resource_list(group, version)
    return None


def _groups() -> list[str]:
    return sorted({resource.group for resource in RESOURCE_TYPES if resource.group})


def _types(group: str, version: str) -> list[ResourceType]:
    return [resource for resource in RESOURCE_TYPES if (resource.group, resource.version) == (group, version)]


def _group(name: str) -> Object:
    versions = sorted({resource.version for resource in RESOURCE_TYPES if resource.group == name})
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[-1]}


def _resource_list(group: str, version: str) -> Object:
    entries: list[Object] = []
    for resource in _types(group, version):
        entry: Object = {
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": list(resource.verbs),
        }
        if resource.short_names:
            entry["shortNames"] = list(resource.short_names)
        entries.append(entry)
        if resource.scalable:
            entries.append(
                {
                    "name": f"{resource.plural}/scale",
                    "singularName": "",
                    "namespaced": resource.namespaced,
                    "group": "autoscaling",
                    "version": "v1",
                    "kind": "Scale",
                    "verbs": ["get", "patch", "update"],
                }
            )
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": entries,
    }
