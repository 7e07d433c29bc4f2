"""What passes between the HTTP server and the API: requests, answers, and the record kept for assertions."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from console.simulation.cluster import protobuf_bodies


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request; header names are lower case, of a repeated query parameter the last value counts."""

    method: str
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: bytes = b""

    @property
    def dry_run(self) -> bool:
        """Return whether the request asks that nothing be persisted; a DELETE says so in its body, if it has one."""
        if self.method == "DELETE" and self.body:
            return self.delete_options.get("dryRun") == ["All"]
        return self.query.get("dryRun") == "All"

    @property
    def delete_options(self) -> dict[str, Any]:
        """Return the DeleteOptions in a request's body, empty where it has none that can be read."""
        try:
            return self.read_delete_options()
        except ValueError:
            return {}

    def read_delete_options(self) -> dict[str, Any]:
        """Return the DeleteOptions in a request's body, empty where it has none.

        Raises:
            ValueError: the body is something else.
        """
        if not self.body:
            return {}
        if self.headers.get("content-type") == protobuf_bodies.MEDIA_TYPE:
            return protobuf_bodies.decoded_delete_options(self.body)
        options = json.loads(self.body)
        if not isinstance(options, dict):
            raise ValueError("DeleteOptions are an object")
        return options


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP response; `stream` yields the chunks of a watch that has no end."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = {}
    content_type: str = "application/json"
    stream: AsyncIterator[bytes] | None = None


class RecordedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it arrived, without its token; `body` is decoded JSON, or text where it is none."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    dry_run: bool

    @property
    def mutates(self) -> bool:
        """Return whether the request would change an object: no read, no dry run, no access review."""
        writes = self.method in {"POST", "PUT", "PATCH", "DELETE"}
        return writes and not self.dry_run and "selfsubjectaccessreviews" not in self.path


def recorded(request: Request) -> RecordedRequest:
    """Return the record of a request."""
    body: Any = None
    if request.body:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = request.body.decode(errors="replace")
    return RecordedRequest(
        method=request.method,
        path=request.path,
        query=request.query,
        headers={name: value for name, value in request.headers.items() if name != "authorization"},
        body=body,
        dry_run=request.dry_run,
    )


def json_answer(status: int, document: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer that carries a JSON document."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return Answer(status=status, body=body, headers=dict(headers or {}))
