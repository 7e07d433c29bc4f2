"""What a failed answer of the Prometheus HTTP API means.

Prometheus: 400 bad_data, 422 execution, 503 timeout or canceled, each as JSON with `errorType` and `error`.
Gateways may pass the same JSON on with status 200.
VictoriaMetrics: 422 for everything, with the status as `errorType`; 503 as text when it has too much to do.
A proxy: any status, any body.
"""

import re

import msgspec

from console.transport.http import (
    UNREADABLE,
    BadRequest,
    Overloaded,
    Reply,
    SourceError,
    TimedOut,
    Unavailable,
    not_an_answer,
)

LONGEST_ERROR = 20_000
"""Characters of an error that are looked at: a query may be long, a lying server longer."""
_FIRST_BYTES = 1000

# Patterns of failed answers are compiled when one comes: most runs meet none, and compiling takes a millisecond.
_TOO_HEAVY = (
    r"(?i)too many (?:samples|points|series|time ?series|chunks)"
    r"|exceeded maximum resolution"
    r"|exceeds? the (?:limit|maximum)|limit exceeded|max_(?:series|samples|fetched)"
    r"|cannot select more than|matching time ?series exceeds"
)
_TOO_MANY_REQUESTS = r"(?i)too many (?:outstanding |concurrent )?(?:requests|queries)"
_QUERY_TOLD_FIRST = r"(?s)error when [a-z ]+ query=.* (?:for|on the time range) \((?:time|start)=[^()]*\): "
"""VictoriaMetrics repeats the whole query before it says what is wrong with it: a line would end before the reason."""
_NO_TURN_AT_THE_SERVER = r"cannot handle more than \d+ concurrent [^;]*"


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
    except UNREADABLE:
        return _busy(reply)
    if failure.error is None or failure.errorType is None:
        return None
    told = failure.error[:LONGEST_ERROR]
    too_heavy = re.search(_TOO_HEAVY, told)
    detail = f"{reply.endpoint.name}: {reply.endpoint.redact(_reason(told, too_heavy))}"
    if re.search(_TOO_MANY_REQUESTS, told):
        return Overloaded(detail, worth_retrying=True)
    if failure.errorType in ("timeout", "canceled"):
        return QueryTimedOut(detail)
    if reply.status in (200, 400, 422):
        return QueryTooHeavy(detail) if too_heavy else BadQuery(detail)
    return None


def doubt(reply: Reply) -> SourceError | None:
    """Return the error of a successful answer that does not even begin like JSON: a page of what stands before.

    The door is told, so that another replica is asked, and a page does not pass for a server that is back.
    """
    if reply.body[:_FIRST_BYTES].lstrip().startswith((b"{", b"[")):
        return None
    return not_an_answer(reply, msgspec.DecodeError(), "Prometheus")


def _reason(error: str, too_heavy: re.Match[str] | None) -> str:
    """Return what went wrong, without the errors and the query that a server wraps around it."""
    if too_heavy is not None:
        return error[error.rfind(": ", 0, too_heavy.start()) + 1 :]
    return re.sub(_QUERY_TOLD_FIRST, "", error)


def _busy(reply: Reply) -> SourceError | None:
    """Return the error of a VictoriaMetrics that has too many queries to answer, which it says as plain text."""
    if reply.status != 503:
        return None
    said = re.search(_NO_TURN_AT_THE_SERVER, reply.body[:LONGEST_ERROR].decode("utf-8", "replace"))
    if said is None:
        return None
    return Unavailable(f"{reply.endpoint.name}: {reply.endpoint.redact(said[0])}", worth_retrying=True)
