"""Watches: the log of changes as a stream that does not end by itself.

https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec

from console.simulation.cluster.failures import Cause, bad_request, expired, invalid
from console.simulation.cluster.messages import Request
from console.simulation.cluster.resources import Object, ResourceType
from console.simulation.cluster.selectors import Test
from console.simulation.cluster.store import Store
from console.simulation.cluster.tables import table, wants_table


class Watching(msgspec.Struct, frozen=True, kw_only=True):
    """How a server watches: seconds between bookmarks, and whether it can begin with the list (`sendInitialEvents`)."""

    bookmark_seconds: float
    sends_initial_events: bool


class Watch(msgspec.Struct, frozen=True):
    """What a client asked to watch; `start` is the version that it saw last, 0 where it wants what there is first."""

    start: int
    initial: bool
    bookmarks: bool
    seconds: float | None


def watch_of(request: Request, server: Watching) -> Watch:
    """Return what a request asks to watch.

    Raises:
        ApiFailure: it names no version, or the server is too old for what it asks.
    """
    initial = request.query.get("sendInitialEvents") == "true"
    if "sendInitialEvents" in request.query and not server.sends_initial_events:
        why = "Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled"
        raise invalid(None, "", [Cause("sendInitialEvents", why, "FieldValueForbidden")])
    version = request.query.get("resourceVersion") or "0"
    seconds = request.query.get("timeoutSeconds") or "0"
    if not version.isdecimal():
        raise bad_request(f'invalid resource version "{version}": strconv.ParseUint: invalid syntax')
    if not seconds.isdecimal():
        raise bad_request(f'strconv.ParseInt: parsing "{seconds}": invalid syntax (timeoutSeconds)')
    return Watch(
        start=int(version),
        initial=initial,
        bookmarks=request.query.get("allowWatchBookmarks") == "true",
        seconds=float(seconds) or None,
    )


async def watched(
    store: Store, resource: ResourceType, namespace: str, test: Test, request: Request, server: Watching, now: float
) -> AsyncIterator[bytes]:
    """Yield one line of JSON for each change, from the version that the client saw last.

    Of a client that prefers tables, ages are those of the instant (UTC seconds) at which it began to watch.
    """
    wanted = watch_of(request, server)

    def shown(found: Object) -> Object:
        if not wants_table(request.headers):
            return found
        return table(resource, [found], {"resourceVersion": found["metadata"]["resourceVersion"]}, now)

    changed = asyncio.Event()
    stop_listening = store.listen(changed.set)
    loop = asyncio.get_running_loop()
    ends = None if wanted.seconds is None else loop.time() + wanted.seconds
    seen = wanted.start
    try:
        if wanted.initial or not seen:
            for found in store.list(resource, namespace):
                if test(found):
                    yield _line("ADDED", shown(found))
            seen = store.version
        if wanted.initial:
            yield _bookmark(resource, seen, {"k8s.io/initial-events-end": "true"})
        bookmark = loop.time() + server.bookmark_seconds
        while ends is None or loop.time() < ends:
            changed.clear()
            if store.has_forgotten(seen):
                failure = expired(f"too old resource version: {seen} ({store.changes[0].version})")
                yield _line("ERROR", failure.status)
                return
            for change in [change for change in store.changes if change.version > seen]:
                seen = change.version
                inside = not namespace or change.object["metadata"].get("namespace") == namespace
                if change.resource.qualified == resource.qualified and inside and test(change.object):
                    yield _line(change.kind, shown(change.object))
            if wanted.bookmarks and loop.time() >= bookmark:
                bookmark = loop.time() + server.bookmark_seconds
                yield _bookmark(resource, seen, {})
            dues = [due for due in (ends, bookmark if wanted.bookmarks else None) if due is not None]
            await _first_of(changed, min(dues, default=None))
    finally:
        stop_listening()


async def _first_of(changed: asyncio.Event, due: float | None) -> None:
    """Wait for a change, or until an instant of the event loop's clock."""
    try:
        async with asyncio.timeout_at(due):
            await changed.wait()
    except TimeoutError:
        return


def _bookmark(resource: ResourceType, version: int, annotations: dict[str, str]) -> bytes:
    metadata: Object = {"resourceVersion": str(version)}
    if annotations:
        metadata["annotations"] = annotations
    return _line("BOOKMARK", {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata})


def _line(kind: str, found: Object) -> bytes:
    return json.dumps({"type": kind, "object": found}, separators=(",", ":")).encode() + b"\n"
