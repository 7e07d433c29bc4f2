"""Lists, in pages if the client wants them, and watches: the log of changes as a stream that does not end."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

from console.simulation.cluster.failures import bad_request, expired
from console.simulation.cluster.messages import Answer, Request, json_answer
from console.simulation.cluster.resources import Object, ResourceType
from console.simulation.cluster.selectors import Test, selector
from console.simulation.cluster.store import Store
from console.simulation.cluster.tables import table, wants_table


def answer(verb: str, store: Store, resource: ResourceType, namespace: str, request: Request, now: float) -> Answer:
    """Return the answer to a list or a watch of one resource type, in one namespace or in all."""
    test = selector(resource, request.query)
    if verb == "watch":
        return Answer(status=200, stream=_watch(store, resource, namespace, test, request, now))
    matching = [found for found in store.list(resource, namespace) if test(found)]
    start, end = _page(request, len(matching))
    metadata: Object = {"resourceVersion": str(store.version)}
    if end < len(matching):
        metadata["continue"] = base64.urlsafe_b64encode(json.dumps({"start": end}).encode()).decode()
        metadata["remainingItemCount"] = len(matching) - end
    if wants_table(request.headers):
        return json_answer(200, table(resource, matching[start:end], metadata, now))
    items = [
        {key: value for key, value in found.items() if key not in {"apiVersion", "kind"}}
        for found in matching[start:end]
    ]
    document = {
        "kind": f"{resource.kind}List",
        "apiVersion": resource.api_version,
        "metadata": metadata,
        "items": items,
    }
    return json_answer(200, document)


def _page(request: Request, length: int) -> tuple[int, int]:
    start = 0
    try:
        if token := request.query.get("continue"):
            start = int(json.loads(base64.urlsafe_b64decode(token))["start"])
        limit = int(request.query.get("limit") or 0)
    except (ValueError, KeyError, TypeError):
        raise bad_request("continue key is not valid") from None
    return start, start + limit if limit > 0 else length


async def _watch(
    store: Store, resource: ResourceType, namespace: str, test: Test, request: Request, now: float
) -> AsyncIterator[bytes]:
    """Yield one line of JSON for each change, from the version that the client saw last.

    Of a client that prefers tables, ages are those of the instant (UTC seconds) at which it began to watch.
    """

    def shown(found: Object) -> Object:
        if not wants_table(request.headers):
            return found
        return table(resource, [found], {"resourceVersion": found["metadata"]["resourceVersion"]}, now)

    changed = asyncio.Event()
    stop_listening = store.listen(changed.set)
    try:
        wanted = request.query.get("resourceVersion", "")
        initial = request.query.get("sendInitialEvents") == "true"
        seen = int(wanted) if wanted not in {"", "0"} else 0
        if initial or not seen:
            for found in store.list(resource, namespace):
                if test(found):
                    yield _line("ADDED", shown(found))
            seen = store.version
        if initial:
            yield _initial_events_end(resource, seen)
        while True:
            changed.clear()
            if store.changes and seen < store.changes[0].version - 1 and len(store.changes) == store.changes.maxlen:
                failure = expired(f"too old resource version: {seen} ({store.changes[0].version})")
                yield _line("ERROR", failure.status)
                return
            for change in [change for change in store.changes if change.version > seen]:
                seen = change.version
                inside = not namespace or change.object["metadata"].get("namespace") == namespace
                if change.resource.qualified == resource.qualified and inside and test(change.object):
                    yield _line(change.kind, shown(change.object))
            await changed.wait()
    finally:
        stop_listening()


def _initial_events_end(resource: ResourceType, version: int) -> bytes:
    metadata = {"resourceVersion": str(version), "annotations": {"k8s.io/initial-events-end": "true"}}
    bookmark = {"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata}
    return _line("BOOKMARK", bookmark)


def _line(kind: str, found: Object) -> bytes:
    return json.dumps({"type": kind, "object": found}, separators=(",", ":")).encode() + b"\n"
