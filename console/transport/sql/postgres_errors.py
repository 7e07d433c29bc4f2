"""What PostgreSQL's errors mean, by their codes and, before there is a connection, by their words."""

import re
from typing import Final

from console.domain.label import harmless
from console.transport.errors import (
    BadRequest,
    Changed,
    ConnectionBroke,
    NotThere,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TlsFailed,
    Unauthorized,
    Unavailable,
    Unreachable,
    Unreadable,
)

_NEWLINE: Final = "\n"  # which no f-string may hold

_BY_CODE: Final[dict[str, type[SourceError]]] = {
    "08": ConnectionBroke,
    "22": Unreadable,
    "25": BadRequest,
    "28": Unauthorized,
    "3D": NotThere,
    "3F": NotThere,
    "42": BadRequest,
    "42501": Unauthorized,
    "42703": Changed,  # no such column
    "42804": Changed,  # a column of another type
    "42883": Changed,  # no such operator for the types
    "42P01": NotThere,
    "53": Overloaded,
    "53300": Unavailable,
    "57014": TimedOut,
    "57P": ConnectionBroke,  # the server ends, crashed, or starts
    "58": ServerFault,
    "XX": ServerFault,
}
"""Kinds by SQLSTATE, or by what it begins with: the longest that fits counts."""

_BY_WORDS: Final[tuple[tuple[str, type[SourceError]], ...]] = (
    (r"authentication failed|no password supplied|role .* does not exist|pg_hba\.conf|permission denied", Unauthorized),
    (r"database .* does not exist", NotThere),
    (r"too many clients|starting up|shutting down|recovery mode|remaining connection slots", Unavailable),
    (r"SSL|certificate", TlsFailed),
    (r"\bURI\b", BadRequest),
)


def explained(code: str | None, text: str, *, shown: str) -> SourceError:
    """Return what an error means that came over a connection; without a code the connection itself broke."""
    line = f"{shown}: {harmless(text.strip().partition(_NEWLINE)[0])}"
    if code is None:
        return ConnectionBroke(line, worth_retrying=True)
    kind = next((_BY_CODE[code[:length]] for length in (5, 3, 2) if code[:length] in _BY_CODE), ServerFault)
    return kind(line, worth_retrying=issubclass(kind, Overloaded | ConnectionBroke))


def explained_refusal(text: str, *, shown: str) -> SourceError:
    """Return why no connection was made; where a server has several addresses, of the first that was tried."""
    line = text.strip().partition(_NEWLINE)[0]
    said = re.split(r"(?:failed|Error): (?:FATAL: +)?", line)[-1]
    kind = next((kind for words, kind in _BY_WORDS if re.search(words, said)), Unreachable)
    return kind(f"{shown}: {harmless(said)}", worth_retrying=kind in (Unreachable, Unavailable))
