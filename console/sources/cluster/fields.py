"""Fields of Kubernetes objects: where a JSON pointer leads, how a field and its value are told, what differs."""

from typing import Any

import msgspec

from console.domain.label import harmless
from console.sources.cluster.objects import MalformedAnswer

NOT_SET = "not set"
_UNTOLD = frozenset({"spec"})
"""The part of every object that names of fields leave out."""


class Difference(msgspec.Struct, frozen=True):
    """One field that differs, as it is told: `template.spec.containers[fraud].image`, before and after."""

    field: str
    before: str
    after: str


def pointer_of(*segments: str | int) -> str:
    """Return the JSON pointer (RFC 6901) of the keys and indices that lead to a field."""
    return "".join("/" + str(segment).replace("~", "~0").replace("/", "~1") for segment in segments)


def segments_of(pointer: str) -> tuple[str, ...]:
    """Return the keys and indices of a JSON pointer."""
    return tuple(segment.replace("~1", "/").replace("~0", "~") for segment in pointer.split("/")[1:])


def value_at(document: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer; None where nothing does, as the Kubernetes API knows no null.

    Raises:
        MalformedAnswer: the document has another shape than the pointer.
    """
    value = document
    for segment in segments_of(pointer):
        match value:
            case None:
                return None
            case dict():
                value = value.get(segment)
            case list() if segment.isdecimal():
                value = value[int(segment)] if int(segment) < len(value) else None
            case _:
                raise MalformedAnswer(f"the cluster's answer is not an object with {shown_field(pointer)}")
    return value


def same_value(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are equal; 1 does not equal true, as it does in Python."""
    return msgspec.json.encode(left, order="sorted") == msgspec.json.encode(right, order="sorted")


def holds(live: Any, asked: Any) -> bool:
    """Tell whether a value is what was asked for, as far as it was asked.

    Servers fill defaults into what they are given, and leave out what is empty: `false`, 0, a list of nothing.
    """
    if live is None:
        return _is_empty(asked)
    if isinstance(asked, dict) and isinstance(live, dict):
        return all(holds(live.get(key), value) for key, value in asked.items())
    if isinstance(asked, list) and isinstance(live, list):
        return len(asked) == len(live) and all(holds(*pair) for pair in zip(live, asked, strict=True))
    return same_value(live, asked)


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_empty, value.values()))
    return value is None or same_value(value, False) or same_value(value, 0) or value in ("", [])


def shown_field(pointer: str) -> str:
    """Return a field as it is told: `replicas`, `predictor.minReplicas`, `annotation serving.kserve.io/stop`."""
    segments = segments_of(pointer)
    match segments:
        case ("metadata", "annotations" | "labels" as kind, key):
            return f"{kind[:-1]} {harmless(key)}"
    told = ""
    for place, segment in enumerate(segments):
        if segment.isdecimal():
            told += f"[{segment}]"
        elif place > 0 or segment not in _UNTOLD or len(segments) == 1:
            told += f".{segment}" if told else segment
    return harmless(told)


def shown_value(value: Any) -> str:
    """Return a value as it is told, on one harmless line."""
    if value is None:
        return NOT_SET
    return harmless(value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode())


def differences(field: str, before: Any, after: Any) -> tuple[Difference, ...]:
    """Return every field below one that differs, in the order of the documents; items of lists go by their names."""
    if same_value(before, after):
        return ()
    match before, after:
        case dict(), dict():
            keys = [*before, *(key for key in after if key not in before)]
            return _below([(f"{field}.{_shown_key(key)}", before.get(key), after.get(key)) for key in keys])
        case list(), list():
            left, right = _by_name(before), _by_name(after)
            if left is not None and right is not None:
                names = [*left, *(name for name in right if name not in left)]
                return _below([(f"{field}[{harmless(name)}]", left.get(name), right.get(name)) for name in names])
    return (Difference(field, shown_value(before), shown_value(after)),)


def _below(fields: list[tuple[str, Any, Any]]) -> tuple[Difference, ...]:
    return tuple(found for field, before, after in fields for found in differences(field, before, after))


def _shown_key(key: str) -> str:
    return f"[{harmless(key)}]" if "." in key or "/" in key else harmless(key)


def _by_name(items: list[Any]) -> dict[str, Any] | None:
    """Return the items of a list by their names, None where they do not all have one of their own."""
    named = {item["name"]: item for item in items if isinstance(item, dict) and isinstance(item.get("name"), str)}
    return named if len(named) == len(items) else None
