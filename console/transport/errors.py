"""Why a source gave no answer: typed, one readable line each, without secrets."""

from typing import ClassVar


class SourceError(Exception):
    """A source gave no usable answer; `kind` is a stable word, `detail` one harmless line for a person.

    `worth_retrying` says that the same request may succeed in a moment, `retry_after_seconds` when the server asked so.
    """

    kind: ClassVar[str] = "error"
    another_may_answer: ClassVar[bool] = False
    """The fault is the server's, not the request's: a replica of the server may answer the same request."""

    def __init__(self, detail: str, *, worth_retrying: bool = False, retry_after_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.worth_retrying = worth_retrying
        self.retry_after_seconds = retry_after_seconds


class BadRequest(SourceError):
    """The server refused what was asked; asking again cannot help."""

    kind = "bad_request"


class NotThere(BadRequest):
    """What was asked for does not exist: no such table, no file that matches."""

    kind = "not_there"


class Changed(BadRequest):
    """A table no longer has the columns, or the types, that it had when it was looked at: look again."""

    kind = "changed"


class NotInstalled(SourceError):
    """This machine lacks what is needed to read the source; the detail says how to get it."""

    kind = "not_installed"


class Unauthorized(SourceError):
    """The server does not accept the credentials."""

    kind = "unauthorized"


class Overloaded(SourceError):
    """The server, or a proxy before it, has too much to do."""

    kind = "overloaded"


class Unavailable(Overloaded):
    """The server does not serve for now: it starts, stops, or a proxy has no server behind it."""

    another_may_answer = True


class TimedOut(SourceError):
    """No answer came before the deadline."""

    kind = "timed_out"
    another_may_answer = True


class NoTurn(SourceError):
    """The time was over before it was the request's turn: too much is asked at once, no server is at fault."""

    kind = "no_turn"


class Unreachable(SourceError):
    """No connection could be made, or it broke."""

    kind = "unreachable"
    another_may_answer = True


class ConnectionBroke(Unreachable):
    """A connection was made, and ended before an answer."""


class TlsFailed(Unreachable):
    """TLS refused the server, or the server this client: the next try would end alike."""

    kind = "tls_failed"


class ServerFault(SourceError):
    """The server failed, or its answer broke off."""

    kind = "server_fault"
    another_may_answer = True


class Unreadable(SourceError):
    """What the source holds is broken: a file that is cut off, a value that is none of its column's type."""

    kind = "unreadable"


class NotJson(SourceError):
    """Something answered that is not the service: a proxy's page, a sign-in form, JSON of another shape."""

    kind = "not_json"
    another_may_answer = True


class TooLarge(SourceError):
    """The answer is larger than this program is willing to hold."""

    kind = "too_large"
