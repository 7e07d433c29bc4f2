"""What one simulated cluster serves: its resource types, and the discovery documents made from them."""

import msgspec

from console.simulation.cluster.kubernetes_release import KubernetesRelease
from console.simulation.cluster.openapi import openapi_document
from console.simulation.cluster.resources import (
    AUTOSCALERS,
    BUDGETS,
    DEPLOYMENTS,
    PODS,
    REPLICA_SETS,
    RESOURCE_TYPES,
    STATEFUL_SETS,
    Object,
    ResourceType,
)

_BUILD = {
    "gitCommit": "0" * 40,
    "gitTreeState": "clean",
    "buildDate": "2026-05-13T00:00:00Z",
    "goVersion": "go1.26.2",
    "compiler": "gc",
    "platform": "linux/amd64",
}

_ALL = {resource.qualified for resource in (PODS, DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS, AUTOSCALERS)}
"""What `kubectl get all` means."""


class Catalogue:
    """The resource types of one cluster: the built-in ones of its release, and those that were added."""

    def __init__(self, release: KubernetesRelease) -> None:
        self._release = release
        built_in = (_as_served(resource, release) for resource in RESOURCE_TYPES)
        self._types = {_place(resource): resource for resource in built_in}

    def add(self, resource: ResourceType) -> None:
        """Serve one more type.

        Raises:
            ValueError: something is served at its place already.
        """
        if _place(resource) in self._types:
            raise ValueError(f"{resource.qualified} {resource.version} is served already")
        self._types[_place(resource)] = resource

    def find(self, group: str, version: str, plural: str) -> ResourceType | None:
        """Return the type at a place of the API, or None."""
        return self._types.get((group, version, plural))

    def of_kind(self, api_version: str, kind: str) -> ResourceType | None:
        """Return the type whose objects carry this apiVersion and kind, or None."""
        for resource in self._types.values():
            if (resource.api_version, resource.kind) == (api_version, kind):
                return resource
        return None

    def all(self) -> tuple[ResourceType, ...]:
        """Return every type."""
        return tuple(self._types.values())

    def document(self, path: str) -> Object | None:
        """Return the document that describes the API at a path, or None where there is none."""
        match [part for part in path.split("/") if part]:
            case ["version"]:
                minor = str(self._release.minor)
                return {"major": "1", "minor": minor, "gitVersion": f"v1.{minor}.1", **_BUILD}
            case ["api"]:
                return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
            case ["apis"]:
                groups = [self._group(name) for name in self._groups()]
                return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
            case ["apis", group] if group in self._groups():
                return {"kind": "APIGroup", "apiVersion": "v1", **self._group(group)}
            case ["api", "v1"]:
                return self._resource_list("", "v1")
            case ["apis", group, version] if self._of(group, version):
                return self._resource_list(group, version)
        return openapi_document(self.all(), path)

    def _groups(self) -> list[str]:
        return sorted({resource.group for resource in self._types.values() if resource.group})

    def _of(self, group: str, version: str) -> list[ResourceType]:
        return [each for each in self._types.values() if (each.group, each.version) == (group, version)]

    def _group(self, name: str) -> Object:
        versions = sorted({each.version for each in self._types.values() if each.group == name}, key=_preference)
        listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
        return {"name": name, "versions": listed, "preferredVersion": listed[0]}

    def _resource_list(self, group: str, version: str) -> Object:
        return {
            "kind": "APIResourceList",
            "apiVersion": "v1",
            "groupVersion": f"{group}/{version}" if group else version,
            "resources": [entry for resource in self._of(group, version) for entry in _entries(resource)],
        }


def _as_served(resource: ResourceType, release: KubernetesRelease) -> ResourceType:
    if resource is AUTOSCALERS and not release.serves_autoscaling_v2:
        return msgspec.structs.replace(resource, version="v2beta2")
    if resource is BUDGETS and not release.serves_policy_v1:
        return msgspec.structs.replace(resource, version="v1beta1")
    return resource


def _place(resource: ResourceType) -> tuple[str, str, str]:
    return resource.group, resource.version, resource.plural


def _preference(version: str) -> tuple[int, str]:
    """Return the order of versions: stable before beta before alpha, then as they are written."""
    stability = next((place for place, word in enumerate(("beta", "alpha"), start=1) if word in version), 0)
    return stability, version


def _entries(resource: ResourceType) -> list[Object]:
    entry: Object = {
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.qualified in _ALL:
        entry["categories"] = ["all"]
    entries = [entry]
    changing = {"namespaced": resource.namespaced, "singularName": "", "verbs": ["get", "patch", "update"]}
    if resource.status:
        entries.append({"name": f"{resource.plural}/status", "kind": resource.kind, **changing})
    if resource is PODS:
        entries.append({"name": "pods/log", "kind": "Pod", **changing, "verbs": ["get"]})
    if resource.scale:
        scale = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
        entries.append({"name": f"{resource.plural}/scale", **scale, **changing})
    return entries
