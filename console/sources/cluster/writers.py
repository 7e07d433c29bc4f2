"""Who set a field of an object last, by what the server recorded of each writer."""

import json
import math
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import msgspec

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.sources.cluster.fields import segments_of, value_at
from console.sources.cluster.objects import ManagedFields, Metadata, decode_object, instant

_REPLICAS = "/spec/replicas"


class Writer(msgspec.Struct, frozen=True):
    """A field manager and when it wrote (UTC seconds; None where the server does not say), its name raw."""

    manager: str
    at: float | None

    @property
    def shown(self) -> str:
        """Return the writer as it is told: `kubectl at 03:21:05 UTC`."""
        who = harmless(self.manager)
        return who if self.at is None else f"{who} at {clock_time(self.at)} UTC"


class LiveObject(msgspec.Struct, frozen=True):
    """An object as the cluster gives it, whole, and its metadata as typed values."""

    document: dict[str, Any]
    metadata: Metadata

    @classmethod
    def of(cls, answer: object) -> "LiveObject":
        """Return an answer of the cluster as an object.

        Raises:
            MalformedAnswer: it is none.
        """
        document = decode_object(answer, dict[str, Any])
        return cls(document, decode_object(document.get("metadata"), Metadata))

    def at(self, pointer: str) -> Any:
        """Return the value of a field (JSON pointer), None where there is none.

        Raises:
            MalformedAnswer: the object has another shape.
        """
        return value_at(self.document, pointer)

    def writer(self, pointer: str) -> Writer | None:
        """Return who set a field (JSON pointer), or anything below it, last; None where the server does not say."""
        return last_writer(self.metadata, pointer, self.document)


def last_writer(metadata: Metadata, pointer: str, document: Mapping[str, Any] | None = None) -> Writer | None:
    """Return who set a field, or anything below it, last; None where the server does not say.

    Servers before Kubernetes 1.22 record nobody who writes through `scale`: what they say of the replicas is what they
    said before. They are told by that they name no subresource at all.

    Args:
        metadata: what the server recorded.
        pointer: the field (JSON pointer).
        document: the object; only needed where the pointer leads through a list, whose items are recorded by name.
    """
    entries = metadata.managed_fields or ()
    if pointer == _REPLICAS and not any(entry.subresource for entry in entries):
        return None
    claims: dict[_Claim, list[Writer]] = {}
    for entry in entries:
        claim = _claim(entry, pointer, document or {}) if entry.manager else None
        if claim is not None:
            claims.setdefault(claim, []).append(Writer(entry.manager, instant(entry.time)))
    writers = claims.get(_Claim.FIELD) or claims.get(_Claim.HOLDER) or []
    return max(reversed(writers), key=_when, default=None)  # of the same second, the later entry


def _when(writer: Writer) -> float:
    return -math.inf if writer.at is None else writer.at


class _Claim(Enum):
    """What a writer is recorded to have set: the field, or something below it; or, as a whole, what holds the field.

    The second is also what is recorded of an object that a writer made empty (`f:spec: {}`), and that others may have
    filled since: where somebody is recorded for the field itself, the holder says nothing of it.
    """

    FIELD = auto()
    HOLDER = auto()


def _claim(entry: ManagedFields, pointer: str, document: Mapping[str, Any]) -> _Claim | None:
    """Return what a writer claims of a field, None where it claims nothing."""
    if entry.subresource == "scale" and pointer == _REPLICAS:
        return _Claim.FIELD  # it holds nothing else
    fields: Any = entry.fields
    if not fields:
        return None
    walked = ""
    for segment in segments_of(pointer):
        held = value_at(document, walked)
        if not fields:
            was_filled_since = isinstance(held, dict) and bool(held) and value_at(document, pointer) is None
            return None if was_filled_since else _Claim.HOLDER  # such as a list without keys
        walked += "/" + segment.replace("~", "~0").replace("/", "~1")
        fields = _of_item(fields, held, segment) if isinstance(held, list) else fields.get(f"f:{segment}")
        if not isinstance(fields, dict):
            return None
    return _Claim.FIELD


def _of_item(fields: Mapping[str, Any], items: list[Any], index: str) -> Any:
    """Return what a writer owns of an item of a list: such items are recorded by the fields that identify them."""
    item = items[int(index)] if index.isdecimal() and int(index) < len(items) else None
    if not isinstance(item, dict):
        return None
    for key, owned in fields.items():
        if key.startswith("k:") and _identifies(key[2:], item):
            return owned
    return None


def _identifies(written: str, item: Mapping[str, Any]) -> bool:
    try:
        keys = json.loads(written)
    except ValueError:
        return False
    return isinstance(keys, dict) and all(item.get(key) == value for key, value in keys.items())
