"""Lists, in pages if the client wants them, and the answers to those who watch."""

import base64
import json

from console.simulation.cluster.failures import bad_request, expired
from console.simulation.cluster.messages import Answer, Request, json_answer
from console.simulation.cluster.resources import Object, ResourceType
from console.simulation.cluster.selectors import selector
from console.simulation.cluster.store import Store
from console.simulation.cluster.tables import table, wants_table
from console.simulation.cluster.watching import Watching, watch_of, watched


def answer(
    verb: str,
    store: Store,
    resource: ResourceType,
    namespace: str,
    request: Request,
    watching: Watching,
    now: float,
) -> Answer:
    """Return the answer to a list or a watch of one resource type, in one namespace or in all."""
    test = selector(resource, request.query)
    if verb == "watch":
        watch_of(request, watching)  # what is wrong with it is told before the stream begins
        stream = watched(store, resource, namespace, test, request, watching, now)
        return Answer(status=200, stream=stream)
    matching = [found for found in store.list(resource, namespace) if test(found)]
    start, end, version = _page(request, len(matching), store)
    metadata: Object = {"resourceVersion": str(version)}
    if end < len(matching):
        token = json.dumps({"start": end, "version": version})
        metadata["continue"] = base64.urlsafe_b64encode(token.encode()).decode()
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


def _page(request: Request, length: int, store: Store) -> tuple[int, int, int]:
    """Return the first and the last place of a page, and the version of the list that it belongs to.

    Raises:
        ApiFailure: the client goes on with a list that is too old, or with none.
    """
    start, version = 0, store.version
    try:
        if token := request.query.get("continue"):
            said = json.loads(base64.urlsafe_b64decode(token))
            start, version = int(said["start"]), int(said["version"])
        limit = int(request.query.get("limit") or 0)
    except (ValueError, KeyError, TypeError):
        raise bad_request("continue key is not valid") from None
    if store.has_forgotten(version):
        raise expired(
            "The provided continue parameter is too old to display a consistent list result. "
            "You must start a new list without the continue parameter."
        )
    return start, start + limit if limit > 0 else length, version
