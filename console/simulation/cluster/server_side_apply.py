"""Server-side apply: a manager says all that it wants of an object, and owns just that.

https://kubernetes.io/docs/reference/using-api/server-side-apply/

What another manager owns with another value is a conflict, unless it is forced; what this one applied before and says
no more is removed, unless somebody else owns it, too.
"""

import copy
import json
from typing import Any

import msgspec
import yaml

from console.simulation.cluster import patching
from console.simulation.cluster.failures import ApiFailure, Cause, bad_request, invalid
from console.simulation.cluster.managed_fields import Path, WrittenBy, fields_of, owned_paths
from console.simulation.cluster.messages import Request
from console.simulation.cluster.resources import Object, ResourceType

MEDIA_TYPE = "application/apply-patch+yaml"


class Applied(msgspec.Struct, frozen=True):
    """What an object becomes, and who owns what of it then."""

    object: Object
    by: WrittenBy


def is_apply(request: Request) -> bool:
    """Return whether a request is a server-side apply."""
    written = request.headers.get("content-type", "").partition(";")[0].strip()
    return request.method == "PATCH" and written == MEDIA_TYPE


def wanted_by(request: Request, resource: ResourceType, name: str) -> Object:
    """Return the object in the body of a server-side apply.

    Raises:
        ApiFailure: there is none in it, it is another one, or nobody says who applies it.
    """
    if not request.query.get("fieldManager"):
        required = Cause("fieldManager", "Required value: is required for apply patch", "FieldValueRequired")
        raise invalid(None, "", [required])
    try:
        wanted = yaml.safe_load(request.body)
    except yaml.YAMLError as error:
        raise bad_request(f"error decoding YAML: {error}") from error
    if not isinstance(wanted, dict) or not isinstance(wanted.setdefault("metadata", {}), dict):
        raise bad_request("error decoding YAML: it is no object")
    if (wanted.get("apiVersion"), wanted.get("kind")) != (resource.api_version, resource.kind):
        raise bad_request(f"an object of {resource.api_version}, Kind={resource.kind} is applied here")
    if wanted["metadata"].get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    if wanted["metadata"].setdefault("name", name) != name:
        raise bad_request(f"the name of the object ({wanted['metadata']['name']}) does not match the name on the URL")
    return wanted


def applied(request: Request, resource: ResourceType, current: Object | None, wanted: Object) -> Applied:
    """Return what a server-side apply makes of an object, None where there is none yet.

    Raises:
        ApiFailure: others own fields with other values, and the request does not force them.
    """
    manager = request.query["fieldManager"]
    asked = dict(fields_of(resource, wanted))
    by = WrittenBy(manager=manager, applied=frozenset(asked))
    if current is None:
        return Applied(copy.deepcopy(wanted), by)
    held = dict(fields_of(resource, current))
    conflicts: list[tuple[str, Path]] = []
    before: set[Path] = set()
    others: set[Path] = set()
    for entry in current["metadata"].get("managedFields", []):
        paths = owned_paths(entry)
        if (entry["manager"], entry["operation"], entry.get("subresource", "")) == (manager, "Apply", ""):
            before |= paths
            continue
        others |= paths
        differing = sorted(path for path in paths & asked.keys() if held.get(path) != asked[path])
        conflicts += [(_manager(entry), path) for path in differing]
    if conflicts and request.query.get("force") != "true":
        raise _conflict(conflicts)
    merge = patching.merge_patch if resource.custom else patching.strategic_merge_patch
    merged = merge(current, {key: value for key, value in wanted.items() if key != "status"})
    for path in sorted(before - asked.keys() - others, reverse=True):
        _remove(merged, path)
    return Applied(merged, by)


def _conflict(conflicts: list[tuple[str, Path]]) -> ApiFailure:
    manager, path = conflicts[0]
    message = f"Apply failed with 1 conflict: conflict with {manager}: {_shown(path)}"
    if len(conflicts) > 1:
        lines: list[str] = []
        for manager in sorted({manager for manager, _ in conflicts}):
            lines += [f"conflicts with {manager}:", *(f"- {_shown(path)}" for by, path in conflicts if by == manager)]
        message = f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {manager}", "field": _shown(path)}
        for manager, path in conflicts
    ]
    return ApiFailure(409, "Conflict", message, details={"causes": causes})


def _manager(entry: Object) -> str:
    name = json.dumps(entry["manager"])
    if "subresource" in entry:
        name += f" with subresource {json.dumps(entry['subresource'])}"
    return f"{name} using {entry['apiVersion']} at {entry['time']}" if entry["operation"] == "Update" else name


def _shown(path: Path) -> str:
    return "".join(_shown_step(step) for step in path if step != ".")


def _shown_step(step: str) -> str:
    if step.startswith("f:"):
        return f".{step[2:]}"
    keys = json.loads(step[2:])
    return "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in keys.items()) + "]"


def _remove(document: Object, path: Path) -> None:
    """Take a field out of a document that may be changed, with the objects above it that become empty."""
    above: list[tuple[Any, Any]] = []
    place: Any = document
    for step in path:
        if step == ".":
            break
        key = _key(place, step)
        if key is None:
            return
        above.append((place, key))
        place = place[key]
    for holder, key in reversed(above):
        del holder[key]
        if holder:
            return


def _key(place: Any, step: str) -> Any:
    if step.startswith("f:"):
        return step[2:] if isinstance(place, dict) and step[2:] in place else None
    wanted = json.loads(step[2:])
    for number, item in enumerate(place if isinstance(place, list) else []):
        if all(item.get(key) == value for key, value in wanted.items()):
            return number
    return None
