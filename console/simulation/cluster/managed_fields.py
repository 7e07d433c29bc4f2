"""Who owns which field: the `managedFields` of an object, as the API server keeps them for updates and patches.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management

Of structured merge the parts that a reader of ownership meets: a write owns the fields that it added or changed, and
takes them from all others; lists of named things are owned item by item (`k:{"name":"server"}`) in built-in kinds, and
as a whole in custom resources. Who applies an object owns just what it says, beside whoever wrote the same.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.patching import MERGE_KEYS
from console.simulation.cluster.resources import Object, ResourceType

Path = tuple[str, ...]
"""The steps to a field, each as FieldsV1 writes it: `f:spec`, `k:{"name":"server"}`; `.` is an item itself."""

_SYSTEM_METADATA = frozenset(
    ["name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion"]
)
_TWO_KEYS = {"ports": ("containerPort", "protocol")}


class WrittenBy(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote, and through which subresource (empty: the object itself).

    `applied` are the fields that a server-side apply says, None where it was none.
    """

    manager: str
    subresource: str = ""
    applied: frozenset[Path] | None = None

    @property
    def operation(self) -> str:
        """Return the word of managedFields for the way in which it was written."""
        return "Update" if self.applied is None else "Apply"


CONTROLLERS = WrittenBy(manager="kube-controller-manager")
"""The controllers of the control plane, which write without being asked."""


def managed(
    resource: ResourceType,
    before: Object | None,
    after: Object,
    by: WrittenBy,
    at: float,
    *,
    dates_every_write: bool = True,
) -> list[Object]:
    """Return the `managedFields` of an object after a write at an instant (UTC seconds); `before` is None if it is new.

    An entry keeps its time unless its fields changed, or with `dates_every_write` their values; entries that own
    nothing any more are gone.
    """
    old = {} if before is None else dict(fields_of(resource, before))
    new = dict(fields_of(resource, after))
    written = {path for path, value in new.items() if path not in old or old[path] != value}
    removed = old.keys() - new.keys()
    held: list[Object] = [] if before is None else before["metadata"].get("managedFields", [])
    if by.subresource == "scale" and written:
        return _scaled(resource, held, {path: new[path] for path in written}, by)
    entries: list[Object] = []
    own: set[Path] = set()
    own_entry: Object | None = None
    for entry in held:
        fields = owned_paths(entry)
        holder = entry["manager"], entry["operation"], entry.get("subresource", "")
        if holder == (by.manager, by.operation, by.subresource):
            own, own_entry = fields, entry
            continue
        if kept := fields - written - removed:
            entries.append({**entry, "fieldsV1": _tree(kept)} if kept != fields else entry)
    mine = (own | written) - removed if by.applied is None else set(by.applied)
    if own_entry is not None and mine == own and not (written and dates_every_write):
        return [*entries, own_entry]
    return [*entries, _entry(resource, by, mine, at)] if mine else entries


def _scaled(resource: ResourceType, held: list[Object], counts: Mapping[Path, Any], by: WrittenBy) -> list[Object]:
    """Return the `managedFields` after a write through `scale`, as servers of Kubernetes 1.36 were seen to leave them.

    It is recorded without a time; not at all where nobody was recorded for the count before, and nobody is for 0, which
    a Scale leaves out (apimachinery, `ScaleHandler.ToParent`).
    """
    if not any(counts.keys() & set(_paths(entry.get("fieldsV1", {}))) for entry in held):
        return held
    entries = []
    for entry in held:
        fields = set(_paths(entry.get("fieldsV1", {})))
        if kept := fields - counts.keys():
            entries.append({**entry, "fieldsV1": _tree(kept)} if kept != fields else entry)
    owned = {path for path, count in counts.items() if count}
    return [*entries, _entry(resource, by, owned, None)] if owned else entries


def _entry(resource: ResourceType, by: WrittenBy, fields: set[Path], at: float | None) -> Object:
    entry: Object = {
        "manager": by.manager,
        "operation": by.operation,
        "apiVersion": resource.api_version,
        "fieldsType": "FieldsV1",
        "fieldsV1": _tree(fields),
    }
    if at is not None:
        entry["time"] = rfc3339(at)
    if by.subresource:
        entry["subresource"] = by.subresource
    return entry


def owned_paths(entry: Object) -> set[Path]:
    """Return the fields that an entry of `managedFields` owns."""
    return set(_paths(entry.get("fieldsV1", {})))


def fields_of(resource: ResourceType, document: Object) -> Iterator[tuple[Path, Any]]:
    """Yield the fields of an object that somebody can own, with their values."""
    for key, value in document.items():
        if key == "metadata":
            kept = {name: item for name, item in value.items() if name not in _SYSTEM_METADATA}
            for name, item in kept.items():
                yield from _leaves(item, name, ("f:metadata", f"f:{name}"), by_item=True)
        elif key not in {"apiVersion", "kind"}:
            yield from _leaves(value, key, (f"f:{key}",), by_item=not resource.custom)


def _leaves(value: Any, name: str, path: Path, *, by_item: bool) -> Iterator[tuple[Path, Any]]:
    """Yield the owned fields below a path, with their values; an item of a list is owned itself, without a value."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, key, (*path, f"f:{key}"), by_item=by_item)
        return
    key_of = _item_key(value, name) if by_item and isinstance(value, list) and value else None
    if key_of is None:
        yield path, value
        return
    for item, key in zip(value, key_of, strict=True):
        yield (*path, key, "."), None
        yield from _leaves(item, "", (*path, key), by_item=True)


def _item_key(items: list[Any], name: str) -> list[str] | None:
    """Return the step to each item of a list of named things, or None where the list is owned as a whole."""
    keys = _TWO_KEYS.get(name) or ((MERGE_KEYS[name],) if name in MERGE_KEYS else ())
    found = [{key: item[key] for key in keys if key in item} for item in items if isinstance(item, dict)]
    if not keys or len(found) != len(items) or not all(found):
        return None
    return [f"k:{json.dumps(each, sort_keys=True, separators=(',', ':'))}" for each in found]


def _tree(paths: set[Path]) -> Object:
    root: Object = {}
    for path in sorted(paths):
        place = root
        for step in path:
            place = place.setdefault(step, {})
    return root


def _paths(tree: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    for step, below in tree.items():
        if below:
            yield from _paths(below, (*above, step))
        else:
            yield (*above, step)
