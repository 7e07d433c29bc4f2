"""As much OpenAPI v3 as kubectl needs: which kinds take `dryRun` and `fieldValidation`, so that it leaves both to us.

The kinds' fields are not described: `kubectl explain` has nothing to say.
"""

from console.simulation.cluster.resources import Object, ResourceType

_PREFIX = "/openapi/v3"
_PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    for name in ("dryRun", "fieldManager", "fieldValidation")
]


def openapi_document(resources: tuple[ResourceType, ...], path: str) -> Object | None:
    """Return the OpenAPI document at a path, or None where there is none."""
    if path == _PREFIX:
        places = {_place(resource): {"serverRelativeURL": f"{_PREFIX}/{_place(resource)}"} for resource in resources}
        return {"paths": places}
    wanted = path.removeprefix(f"{_PREFIX}/")
    found = [resource for resource in resources if _place(resource) == wanted]
    if not path.startswith(f"{_PREFIX}/") or not found:
        return None
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "unversioned"},
        "paths": {_object_path(resource): {"patch": _operation(resource)} for resource in found},
        "components": {"schemas": {}},
    }


def _place(resource: ResourceType) -> str:
    return f"apis/{resource.group}/{resource.version}" if resource.group else f"api/{resource.version}"


def _object_path(resource: ResourceType) -> str:
    namespace = "namespaces/{namespace}/" if resource.namespaced else ""
    return f"/{_place(resource)}/{namespace}{resource.plural}/{{name}}"


def _operation(resource: ResourceType) -> Object:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    return {"parameters": _PARAMETERS, "x-kubernetes-action": "patch", "x-kubernetes-group-version-kind": kind}
