"""Why the Kubernetes API did not do what was asked: typed, with what the API said, and whether it may have acted."""

from collections.abc import Mapping
from typing import Any

from console.domain.label import harmless

_SHOWN_HEAD, _SHOWN_TAIL = 140, 160
"""Characters of a long text that are shown: the API quotes whole objects before it says what is wrong with them."""


class KubeconfigError(ValueError):
    """The kubeconfig, or the context in it, cannot be used; the text is one line for a person."""


class KubernetesError(Exception):
    """A request that was not answered with success.

    `status` is the HTTP status, None where no answer came. `reason`, `message` and `details` are the API's own words:
    hostile text, kept raw; `str()` of the error is harmless. `may_have_been_applied` says that the cluster may have
    changed all the same: read again and compare, never send again.
    """

    def __init__(
        self,
        request: str,
        message: str,
        *,
        status: int | None = None,
        reason: str = "",
        details: Mapping[str, Any] | None = None,
        retry_after_seconds: float | None = None,
        may_have_been_applied: bool = False,
    ) -> None:
        super().__init__(message)
        self.request = request
        self.status = status
        self.reason = reason
        self.message = message
        self.details: Mapping[str, Any] = details or {}
        self.retry_after_seconds = retry_after_seconds
        self.may_have_been_applied = may_have_been_applied

    def __str__(self) -> str:
        answered = " ".join(str(part) for part in (self.status, self.reason) if part)
        text = ": ".join(part for part in (self.request, answered, self.message) if part)
        if len(text) > _SHOWN_HEAD + _SHOWN_TAIL:
            text = f"{text[:_SHOWN_HEAD]} … {text[-_SHOWN_TAIL:]}"
        return harmless(text, len(text))


class Unreachable(KubernetesError):
    """The request was never sent: no connection, no TLS, or no credentials to send it with."""


class NoAnswer(KubernetesError):
    """A read or a dry run was sent, but no complete answer came back in time."""


class OutcomeUnknown(KubernetesError):
    """A mutation was sent, but nobody can tell whether it was done."""


class InvalidAnswer(KubernetesError):
    """What answered a read or a dry run does not speak the Kubernetes API."""


class Rejected(KubernetesError):
    """The API refused the request, and nothing changed (any 4xx without a type of its own, or a redirect)."""


class Unauthorized(Rejected):
    """The credentials are not accepted (401)."""


class Forbidden(Rejected):
    """The user may not do this (403)."""


class NotFound(Rejected):
    """There is no such object, or no such kind of object (404)."""


class Conflict(Rejected):
    """The object changed since the version that the request was made from (409)."""


class AlreadyExists(Conflict):
    """The name of an object to be created is taken (409)."""


class Invalid(Rejected):
    """Validation refused the object that the request would have made (422, with causes)."""


class PreconditionFailed(Rejected):
    """A JSON patch with `test` operations did not apply (422 without causes).

    The API does not say which operation failed: read the object again and explain it.
    """


class Throttled(Rejected):
    """The server has too many requests (429); `retry_after_seconds` is when it wants to be asked again."""


class ServerError(KubernetesError):
    """The server failed (5xx); of a mutation nobody knows how far it got."""
