"""Requests to the Kubernetes API as values, and the paths they go to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import msgspec

FIELD_MANAGER = "incident-console"
"""The name under which the cluster records who changed a field."""

JSON = "application/json"


class PatchType(StrEnum):
    """The formats of a patch, as media types."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    STRATEGIC_MERGE = "application/strategic-merge-patch+json"


class ApiRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request; `mutates` is whether it may change the cluster (no read, no dry run, no access review)."""

    method: str
    path: str
    query: Mapping[str, str] = {}
    body: Any = None
    content_type: str = JSON
    mutates: bool = False

    @property
    def line(self) -> str:
        """Return method and path, as messages name the request."""
        return f"{self.method} {self.path}"

    @property
    def has_preconditions(self) -> bool:
        """Return whether the request is a JSON patch with `test` operations."""
        return self.content_type == PatchType.JSON and any(
            isinstance(operation, Mapping) and operation.get("op") == "test" for operation in self.body or ()
        )


def object_path(group_version: str, plural: str, *, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """Return the API path of an object, of its subresource, or of a collection (no name).

    `group_version` is `apps/v1`, or `v1` for the core group. Names come from labels and are hostile.

    Raises:
        ValueError: a part cannot be a segment of a Kubernetes path.
    """
    root = ["apis", *group_version.split("/")] if "/" in group_version else ["api", group_version]
    parts = [*root, *(["namespaces", namespace] if namespace else []), plural]
    if name:
        parts.append(name)
    if subresource:
        if not name:
            raise ValueError(f"the subresource {subresource!r} needs the name of an object")
        parts.append(subresource)
    for part in parts:
        if part in {"", ".", ".."} or "/" in part or "%" in part or not part.isprintable():
            raise ValueError(f"{part!r} cannot be part of a Kubernetes path")
    return "/" + "/".join(quote(part, safe=":") for part in parts)
