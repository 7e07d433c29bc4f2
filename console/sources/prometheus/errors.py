"""What a failed answer of the Prometheus HTTP API means.

Prometheus: 400 bad_data, 422 execution, 503 timeout or canceled, each as JSON with `errorType` and `error`.
VictoriaMetrics: 422 for everything, with the status as `errorType`. A proxy: any status, any body.
"""

import re

import msgspec

from console.transport.http import BadRequest, Overloaded, Reply, SourceError, TimedOut

_TOO_HEAVY = re.compile(
    r"too many (?:samples|points|series|time ?series|chunks)"
    r"|exceeded maximum resolution"
    r"|exceeds? the (?:limit|maximum)|limit exceeded|max_(?:series|samples|fetched)",
    re.IGNORECASE,
)
_TOO_MANY_REQUESTS = re.compile(r"too many (?:outstanding |concurrent )?(?:requests|queries)", re.IGNORECASE)


class BadQuery(BadRequest):
    """The server refused the expression; asking again cannot help."""

    kind = "bad_query"


class QueryTooHeavy(BadQuery):
    """The query touches more series, samples or points than the server allows: ask for less at once."""

    kind = "query_too_heavy"


class QueryTimedOut(TimedOut):
    """The server is alive and gave the query up, so another replica would do no better."""

    kind = "query_timed_out"
    another_may_answer = False


class _Failure(msgspec.Struct):
    errorType: str | int | None = None  # noqa: N815  # the API's name
    error: str | None = None


_FAILURE = msgspec.json.Decoder(_Failure)


def explain(reply: Reply) -> SourceError | None:
    """Return the typed error of a failed answer whose body is Prometheus' own, None for any other body."""
    if reply.status in (401, 403, 404, 407, 429):
        return None
    try:
        failure = _FAILURE.decode(reply.body)
    except msgspec.DecodeError:
        return None
    if failure.error is None or failure.errorType is None:
        return None
    detail = f"{reply.endpoint.name}: {reply.endpoint.redact(failure.error)}"
    if _TOO_MANY_REQUESTS.search(failure.error):
        return Overloaded(detail, worth_retrying=True)
    if failure.errorType in ("timeout", "canceled"):
        return QueryTimedOut(detail)
    if reply.status in (400, 422):
        return QueryTooHeavy(detail) if _TOO_HEAVY.search(failure.error) else BadQuery(detail)
    return None
