"""Why the cluster could not be read or changed, in the few words that fit beside a plan."""

from console.domain.label import harmless
from console.sources.cluster.objects import MalformedAnswer
from console.transport.kubernetes import (
    KubeconfigError,
    KubernetesError,
    ServerError,
    Throttled,
    Unauthorized,
    Unreachable,
)

UNREADABLE = (KubernetesError, KubeconfigError, MalformedAnswer)
"""Everything that a request can raise, and an answer that is not what was asked for."""

_ENDED_REASONS = frozenset({"InternalError", "ServiceUnavailable"})


def in_short(error: Exception) -> str:
    """Return a failure without its request line: `403 Forbidden: …`, `429 TooManyRequests: …; wait 5 s`."""
    if not isinstance(error, KubernetesError):
        return harmless(str(error))
    answered = " ".join(str(part) for part in (error.status, error.reason) if part)
    message = error.message
    if isinstance(error, Unreachable):
        answered = "the cluster cannot be reached"
    elif isinstance(error, Unauthorized) and message in ("", error.reason):  # the server says no more than that
        message = "the cluster does not accept this login"
    told = harmless(": ".join(part for part in (answered, message) if part))
    if isinstance(error, Throttled) and error.retry_after_seconds is not None:
        told += f"; wait {error.retry_after_seconds:g} s"
    return told


def may_have_been_applied(error: Exception) -> bool:
    """Tell whether the cluster may have changed although a mutation raised this error."""
    if isinstance(error, KubernetesError):
        return error.may_have_been_applied
    return isinstance(error, MalformedAnswer)


def ended_by_the_server(error: Exception) -> bool:
    """Tell whether the API server itself failed a mutation and is done with it.

    A failure without one of these reasons is the word of a proxy, or of a storage that may write yet.
    """
    return isinstance(error, ServerError) and error.reason in _ENDED_REASONS
