"""One HTTP answer, complete, and what a failed one means when nobody knows better."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from console.transport.errors import (
    BadRequest,
    NotJson,
    Overloaded,
    ServerFault,
    SourceError,
    Unauthorized,
    Unavailable,
)
from console.transport.http.endpoint import Endpoint

_TAG = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_SIGN_IN = r"(?i)\b(?:log-?in|sign-?in|sso|saml|oauth2?|authorize|auth)\b"
_KIND_OF_STATUS: dict[int, type[SourceError]] = {429: Overloaded, 503: Unavailable}
_PASSING_STATUSES = (429, 502, 503, 504)
_FIRST_BYTES = 4000
_FIRST_CHARACTERS = 80

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding JSON raises: malformed or of another shape, not UTF-8, nested without end."""


class Reply(msgspec.Struct, frozen=True):
    """An answer: the decoded body, header names in lower case, and how long it took from the request on (seconds)."""

    endpoint: Endpoint
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def content_type(self) -> str:
        """Return the media type without parameters, `no content type` where the server gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() or "no content type"

    @property
    def is_json(self) -> bool:
        """Return whether the server says that the body is JSON."""
        return self.content_type == "application/json" or self.content_type.endswith("+json")

    def first_words(self) -> str:
        """Return the beginning of the body as text: without markup, harmless, without secrets.

        Of a JSON object that has one, its message; so do Grafana and most gateways say what is wrong.
        """
        text = self._message() or _TAG.sub(b" ", self.body[:_FIRST_BYTES]).decode("utf-8", "replace")
        words = self.endpoint.redact(text)
        return words if len(words) <= _FIRST_CHARACTERS else words[: _FIRST_CHARACTERS - 1] + "…"

    def _message(self) -> str | None:
        if not self.is_json:
            return None
        try:
            told = _MESSAGE.decode(self.body)
        except UNREADABLE:
            return None
        return next((text[:_FIRST_BYTES] for text in (told.message, told.error) if isinstance(text, str)), None)


class _Message(msgspec.Struct):
    message: Any = None  # Grafana, most gateways
    error: Any = None  # Prometheus and its kin


_MESSAGE = msgspec.json.Decoder(_Message)


def error_of(reply: Reply, now: float) -> SourceError:
    """Return what an answer with a status of 300 or more means; `now` (UTC seconds) dates a `Retry-After`."""
    endpoint = reply.endpoint
    said = f"{endpoint.name} answered {reply.status} {endpoint.redact(reply.content_type)}"
    words = reply.first_words()
    if words:
        said = f"{said}: {words!r}"
    status = reply.status
    if status in (401, 403, 407):
        return Unauthorized(said)
    if status in (301, 302, 303, 307, 308):
        where = endpoint.redact(reply.headers.get("location", "nowhere").partition("?")[0])
        if re.search(_SIGN_IN, where):
            return Unauthorized(f"{endpoint.name} wants a sign-in: it answered {status}, a redirection to {where}")
        return NotJson(f"{endpoint.name} answered {status}, a redirection to {where}, instead of JSON")
    if status == 429 or status >= 500:
        kind = _KIND_OF_STATUS.get(status, ServerFault)
        waits = retry_after(reply.headers, now)
        return kind(said, worth_retrying=status in _PASSING_STATUSES, retry_after_seconds=waits)
    return BadRequest(said) if reply.is_json else NotJson(f"{said}; is the path of the URL right?")


def not_an_answer(reply: Reply, error: Exception, service: str) -> NotJson:
    """Return the error of a successful answer whose body could not be decoded as one of a service (`Prometheus`)."""
    endpoint = reply.endpoint
    if isinstance(error, msgspec.ValidationError):
        why = endpoint.redact(str(error))
        return NotJson(f"{endpoint.name} answered JSON that is not an answer of {service}: {why}")
    if isinstance(error, RecursionError):
        return NotJson(f"{endpoint.name} answered JSON that is nested too deeply for an answer of {service}")
    content_type = endpoint.redact(reply.content_type)
    return NotJson(f"{endpoint.name} answered {content_type} that is not JSON: {reply.first_words()!r}")


def server_clock(headers: Mapping[str, str]) -> float | None:
    """Return the server's time (UTC seconds) when it sent these headers, None where they tell none.

    They tell whole seconds, rounded down; half a second more is right on average.
    """
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp() + 0.5
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds of a `Retry-After` header (a number or an HTTP date), None without a readable one."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, OverflowError):
        return None
