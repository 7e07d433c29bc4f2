"""The three patch formats of the Kubernetes API, as pure functions: documents go in, a new document comes out."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json"

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
    "conditions": "type",
    "ownerReferences": "uid",
    "imagePullSecrets": "name",
}
"""The lists that strategic merge merges item by item, and the field that identifies an item."""


class BadPatch(ValueError):
    """A patch that is not written as its format demands."""


class PatchDoesNotApply(ValueError):
    """A well-written JSON patch with an operation that fails on this document."""


_ESCAPED_BY_GO = "<>&\u2028\u2029"


def is_escaped_like_go(written: bytes) -> bool:
    """Tell whether a JSON text escapes all that the encoder of Go escapes, as the server's own words do."""
    return not any(character.encode() in written for character in _ESCAPED_BY_GO)


def json_patch(document: Any, operations: Any, *, is_escaped: bool = True) -> Any:
    """Return the document after the operations of RFC 6902, in the dialect of the API server.

    The dialect differs from the RFC where the server's library does: a missing member equals null in `test`,
    `replace` of a missing member adds it, negative indices count from the end, 3 does not equal 3.0, and texts are
    equal only where they are written alike (`lazyNode.equal` compares bytes).

    Args:
        document: what is patched.
        operations: the patch.
        is_escaped: whether the patch was written as `is_escaped_like_go` tells.

    Raises:
        BadPatch: the operations are not a JSON patch.
        PatchDoesNotApply: an operation failed; nothing was changed.
    """
    if not isinstance(operations, list):
        raise BadPatch("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    holder = {"": copy.deepcopy(document)}
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            raise BadPatch("json: cannot unmarshal into Go value of type jsonpatch.Operation")
        _apply(holder, operation, is_escaped=is_escaped)
    return holder[""]


def _apply(holder: dict[str, Any], operation: Mapping[str, Any], *, is_escaped: bool) -> None:
    target = _Place(holder, operation["path"])
    kind = operation.get("op")
    if kind == "test":
        tested = operation.get("value")
        is_unlike = not is_escaped and not is_escaped_like_go(json.dumps(tested, ensure_ascii=False).encode())
        if is_unlike or not same_json(target.read(missing_is_null=True), tested):
            raise PatchDoesNotApply(f"testing value {operation['path']} failed")
    elif kind == "add":
        target.add(copy.deepcopy(operation.get("value")))
    elif kind == "replace":
        target.replace(copy.deepcopy(operation.get("value")))
    elif kind == "remove":
        target.remove()
    elif kind in {"move", "copy"}:
        origin = _Place(holder, str(operation.get("from", "")))
        value = copy.deepcopy(origin.read(missing_is_null=False))
        if kind == "move":
            origin.remove()
        _Place(holder, operation["path"]).add(value)
    else:
        raise PatchDoesNotApply(f"Unexpected kind: {kind}")


class _Place:
    """The container that a JSON pointer leads to, and the key in it."""

    def __init__(self, holder: dict[str, Any], pointer: str) -> None:
        self.pointer = pointer
        *parents, last = [""] + [_unescape(part) for part in pointer.split("/")[1:]]
        if pointer and not pointer.startswith("/"):
            raise PatchDoesNotApply(f"{pointer!r} is not a JSON pointer")
        container: Any = holder
        for part in parents:
            container = self._member(container, part)
        if not isinstance(container, dict | list):
            raise PatchDoesNotApply(f"doc is missing path: {pointer}")
        self.container: dict[str, Any] | list[Any] = container
        self.key = last

    def _member(self, container: Any, key: str) -> Any:
        if isinstance(container, dict) and key in container:
            return container[key]
        if isinstance(container, list):
            return container[self._index(container, key)]
        raise PatchDoesNotApply(f"doc is missing path: {self.pointer}")

    def _index(self, container: Sequence[Any], key: str, *, end: int = 0) -> int:
        """Return the index that a key names; `end` is 1 where the place after the last item counts too."""
        length = len(container) + end
        try:
            index = int(key)
        except ValueError:
            raise PatchDoesNotApply(f"value was not a proper array index: {key!r}") from None
        if not -length <= index < length:
            raise PatchDoesNotApply(f"Unable to access invalid index: {index}")
        return index % length

    def read(self, *, missing_is_null: bool) -> Any:
        if isinstance(self.container, dict) and missing_is_null:
            return self.container.get(self.key)
        return self._member(self.container, self.key)

    def add(self, value: Any) -> None:
        if isinstance(self.container, dict):
            self.container[self.key] = value
        elif self.key == "-":
            self.container.append(value)
        else:
            self.container.insert(self._index(self.container, self.key, end=1), value)

    def replace(self, value: Any) -> None:
        if isinstance(self.container, dict):
            self.container[self.key] = value
        else:
            self.container[self._index(self.container, self.key)] = value

    def remove(self) -> None:
        if isinstance(self.container, list):
            del self.container[self._index(self.container, self.key)]
        elif self.key in self.container:
            del self.container[self.key]
        else:
            raise PatchDoesNotApply(f"Unable to remove nonexistent key: {self.key}")


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def same_json(left: Any, right: Any) -> bool:
    """Return whether two JSON values are written alike: true is not 1, and 3 is not 3.0."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return type(left) is type(right) and bool(left == right)


def merge_patch(document: Any, patch: Any) -> Any:
    """Return the document after a JSON merge patch (RFC 7386): null removes, objects merge, all else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_merge_patch(document: Any, patch: Any) -> Any:
    """Return the document after a strategic merge patch: as a merge patch, but lists of named things merge by name.

    Raises:
        BadPatch: the patch is no object, or uses a directive other than `$patch` (`$setElementOrder` is only an order).
    """
    if not isinstance(patch, dict):
        raise BadPatch("invalid JSON document")
    return _strategic_object(document if isinstance(document, dict) else {}, patch)


def _strategic_object(document: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    changes = {key: value for key, value in patch.items() if not key.startswith("$setElementOrder/")}
    directive = changes.pop("$patch", "merge")
    for key in changes:
        if key.startswith("$"):
            raise BadPatch(f"unsupported strategic merge patch directive: {key}")
    if directive == "replace":
        return dict(copy.deepcopy(changes))
    if directive == "delete":
        return {}
    if directive != "merge":
        raise BadPatch(f"unknown patch type found: {directive}")
    merged = dict(document)
    for key, value in changes.items():
        current = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            merged[key] = _strategic_object(current if isinstance(current, dict) else {}, value)
        elif isinstance(value, list) and key in MERGE_KEYS:
            merged[key] = _strategic_list(current if isinstance(current, list) else [], value, MERGE_KEYS[key])
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def _strategic_list(current: Sequence[Any], patch: Sequence[Any], merge_key: str) -> list[Any]:
    if {"$patch": "replace"} in patch:
        return [copy.deepcopy(item) for item in patch if item != {"$patch": "replace"}]
    merged = list(current)
    for item in patch:
        if not isinstance(item, dict) or merge_key not in item:
            raise BadPatch(f"map: {item} does not contain declared merge key: {merge_key}")
        position = next(
            (place for place, known in enumerate(merged) if known.get(merge_key) == item[merge_key]), len(merged)
        )
        if item.get("$patch") == "delete":
            del merged[position : position + 1]
        elif position == len(merged):
            merged.append(_strategic_object({}, item))
        else:
            merged[position] = _strategic_object(merged[position], item)
    return merged
