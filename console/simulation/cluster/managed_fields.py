"""Who set which field of an object last, as the API server records it in `metadata.managedFields` for updates."""

import json
from collections.abc import Iterator
from typing import Any

from console.simulation.cluster.resources import Object

_Path = tuple[str, ...]
_RECORDED_METADATA = ("annotations", "finalizers", "labels", "ownerReferences")
_UNRECORDED = frozenset({"apiVersion", "kind", "metadata"})


def with_writer(current: Object, changed: Object, writer: Object) -> list[Object]:
    """Return the entries of an object after a write: the writer owns what it changed, and nobody else does.

    Args:
        current: the object before; empty where there was none.
        changed: the object after.
        writer: the entry of the writer without its fields: manager, operation, time, perhaps the subresource.
    """
    before, after = dict(_leaves(current)), dict(_leaves(changed))
    written = {path for path, value in after.items() if path not in before or before[path] != value}
    removed = before.keys() - after.keys()
    held: list[Object] = []
    own: set[_Path] = set(written)
    for entry in (current.get("metadata") or {}).get("managedFields", []):
        fields = set(_paths(entry.get("fieldsV1", {}))) - removed
        if _names(entry) == _names(writer):
            own |= fields
        elif fields - written:
            held.append({**entry, "fieldsV1": _nested(fields - written)})
    return [*held, {**writer, "fieldsType": "FieldsV1", "fieldsV1": _nested(own)}] if own else held


def _names(entry: Object) -> tuple[str, str]:
    return entry["manager"], entry.get("subresource", "")


def _leaves(document: Object) -> Iterator[tuple[_Path, Any]]:
    metadata = document.get("metadata") or {}
    for key in _RECORDED_METADATA:
        if metadata.get(key):
            yield from _below(("f:metadata", f"f:{key}"), metadata[key])
    for key, value in document.items():
        if key not in _UNRECORDED:
            yield from _below((f"f:{key}",), value)


def _below(path: _Path, value: Any) -> Iterator[tuple[_Path, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _below((*path, f"f:{key}"), item)
    elif isinstance(value, list) and value and all(isinstance(item, dict) and "name" in item for item in value):
        for item in value:
            identity = f"k:{json.dumps({'name': item['name']}, separators=(',', ':'))}"
            yield from _below((*path, identity), item)
    else:
        yield path, value


def _paths(fields: Object) -> Iterator[_Path]:
    for key, below in fields.items():
        if below:
            yield from ((key, *path) for path in _paths(below))
        else:
            yield (key,)


def _nested(paths: set[_Path]) -> Object:
    nested: Object = {}
    for path in sorted(paths):
        place = nested
        for key in path:
            place = place.setdefault(key, {})
    return nested
