"""Requests to the Kubernetes API as values, and the paths they go to."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec

FIELD_MANAGER = "incident-console"
"""The name under which the cluster records who changed a field."""

MOST_PATHS = 1024
"""Paths that are known without putting them together again: a plan asks for the same objects over and over."""

JSON = "application/json"
ANYTHING = "application/json, */*"
"""What is accepted of a path that does not answer with JSON; the API's errors still do."""

_ESCAPED_BY_GO = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


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
    accept: str = JSON
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


def encoded(body: Any) -> bytes:
    """Return a body as JSON, written as Go writes it.

    The API server's library of JSON patches compares texts in `test` operations byte by byte with what its own encoder
    wrote (evanphx/json-patch, `lazyNode.equal`), and that one escapes these characters, which only texts can hold.
    """
    written = msgspec.json.encode(body).decode()
    return written.translate(_ESCAPED_BY_GO).encode()


def patching(
    path: str,
    body: Sequence[Mapping[str, Any]] | Mapping[str, Any],
    content_type: str,
    *,
    dry_run: bool,
    field_manager: str,
) -> ApiRequest:
    """Return the request that patches an object."""
    return _write("PATCH", path, body, content_type, dry_run=dry_run, field_manager=field_manager)


def creating(path: str, body: Mapping[str, Any], *, dry_run: bool, field_manager: str) -> ApiRequest:
    """Return the request that creates an object in a collection."""
    return _write("POST", path, body, JSON, dry_run=dry_run, field_manager=field_manager)


def replacing(path: str, body: Mapping[str, Any], *, dry_run: bool, field_manager: str) -> ApiRequest:
    """Return the request that replaces an object.

    Raises:
        ValueError: the body does not say which version of the object it replaces.
    """
    if not (body.get("metadata") or {}).get("resourceVersion"):
        raise ValueError(f"a replacement of {path} without metadata.resourceVersion would overwrite any change")
    return _write("PUT", path, body, JSON, dry_run=dry_run, field_manager=field_manager)


def deleting(path: str, *, uid: str, dry_run: bool) -> ApiRequest:
    """Return the request that deletes the object of one uid.

    Raises:
        ValueError: the uid is empty.
    """
    if not uid:
        raise ValueError(f"a deletion of {path} without a uid would hit whatever has that name")
    options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
    query = {}
    if dry_run:
        # The server reads the options from the body and ignores the query; the query shows the dry run in its log.
        options["dryRun"] = ["All"]
        query["dryRun"] = "All"
    return ApiRequest(method="DELETE", path=path, query=query, body=options, mutates=not dry_run)


def access_review(
    verb: str, group: str, resource: str, subresource: str = "", namespace: str = "", name: str = ""
) -> ApiRequest:
    """Return the request that asks whether these credentials may do something."""
    asked = {
        "verb": verb,
        "group": group,
        "resource": resource,
        "subresource": subresource,
        "namespace": namespace,
        "name": name,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    return ApiRequest(method="POST", path="/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body=review)


def _write(method: str, path: str, body: Any, content_type: str, *, dry_run: bool, field_manager: str) -> ApiRequest:
    query = {"fieldManager": field_manager, "fieldValidation": "Strict"}
    if dry_run:
        query["dryRun"] = "All"
    return ApiRequest(method=method, path=path, query=query, body=body, content_type=content_type, mutates=not dry_run)


def group_path(group_version: str) -> str:
    """Return the API path at which a version of a group lists its resources (discovery).

    Raises:
        ValueError: it cannot be a segment of a Kubernetes path.
    """
    return object_path(group_version, "x").rpartition("/")[0]


@lru_cache(MOST_PATHS)
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
