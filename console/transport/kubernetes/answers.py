"""From an HTTP answer to a document or a typed error: pure functions."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from console.transport.kubernetes import errors
from console.transport.kubernetes.errors import KubernetesError
from console.transport.kubernetes.requests import ApiRequest

_LONGEST_MESSAGE = 10_000
_REFUSALS: dict[int, type[errors.Rejected]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    422: errors.Invalid,
    429: errors.Throttled,
}
_GATEWAY_STATUSES = frozenset({408, 502, 504})
"""What a proxy, or the server itself, answers when it stopped waiting for something that may still go on."""
_TIMEOUT_REASONS = frozenset({"Timeout", "ServerTimeout"})


class Answer(msgspec.Struct, frozen=True):
    """A complete HTTP answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def document_of(request: ApiRequest, answer: Answer) -> dict[str, Any]:
    """Return the object that the API answered with.

    Raises:
        KubernetesError: the answer is a refusal, a failure, or not the API's at all.
    """
    decoded = _decoded(answer.body)
    if 200 <= answer.status < 300:
        if decoded is not None:
            return decoded
        kind = errors.OutcomeUnknown if request.mutates else errors.InvalidAnswer
        raise kind(
            request.line,
            "the answer is not a JSON object: something other than the Kubernetes API answered",
            status=answer.status,
            may_have_been_applied=request.mutates,
        )
    raise _error(request, answer, decoded)


def text_of(request: ApiRequest, answer: Answer) -> str:
    """Return the text that the API answered with; what is no UTF-8 in it is replaced.

    Raises:
        KubernetesError: the answer is a refusal or a failure.
    """
    if 200 <= answer.status < 300:
        return answer.body.decode(errors="replace")
    raise _error(request, answer, _decoded(answer.body))


def is_allowed(review: Mapping[str, Any]) -> bool:
    """Return what the API said to a SelfSubjectAccessReview; an answer without a verdict is a no."""
    status = review.get("status")
    return isinstance(status, dict) and status.get("allowed") is True and status.get("denied") is not True


def _error(request: ApiRequest, answer: Answer, decoded: dict[str, Any] | None) -> KubernetesError:
    status = decoded or {}
    message = status.get("message")
    if not isinstance(message, str):
        message = answer.body[:_LONGEST_MESSAGE].decode(errors="replace").strip() or "no explanation"
    reason = status.get("reason")
    if not isinstance(reason, str):
        reason = ""
    details = status.get("details")
    if not isinstance(details, dict):
        details = {}
    patch_did_not_apply = decoded is not None and not details.get("causes")
    kind = _kind(request, answer.status, reason, patch_did_not_apply=patch_did_not_apply)
    return kind(
        request.line,
        message[:_LONGEST_MESSAGE],
        status=answer.status,
        reason=reason,
        details=details,
        retry_after_seconds=_retry_after(answer.headers, details),
        may_have_been_applied=request.mutates and not issubclass(kind, errors.Rejected),
    )


def _kind(request: ApiRequest, status: int, reason: str, *, patch_did_not_apply: bool) -> type[KubernetesError]:
    if status in _GATEWAY_STATUSES or reason in _TIMEOUT_REASONS:
        return errors.OutcomeUnknown if request.mutates else errors.NoAnswer
    if status >= 500:
        return errors.ServerError
    if status == 409 and reason == "AlreadyExists":
        return errors.AlreadyExists
    if status == 422 and request.has_preconditions and patch_did_not_apply:
        return errors.PreconditionFailed
    return _REFUSALS.get(status, errors.Rejected)


def _decoded(body: bytes) -> dict[str, Any] | None:
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _retry_after(headers: Mapping[str, str], details: Mapping[str, Any]) -> float | None:
    """Return the seconds after which the server wants to be asked again; a date instead of seconds is ignored."""
    for written in (headers.get("retry-after"), details.get("retryAfterSeconds")):
        try:
            seconds = float(written if isinstance(written, str | int | float) else "")
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None
