"""What DuckDB's errors mean."""

import re

from console.domain.label import harmless
from console.transport.errors import (
    BadRequest,
    Changed,
    NotInstalled,
    NotThere,
    Overloaded,
    ServerFault,
    SourceError,
    TooLarge,
    Unauthorized,
    Unreachable,
    Unreadable,
)

_BY_WORDS: tuple[tuple[str, type[SourceError]], ...] = (
    (r"No files found that match|database does not exist|No such file or directory|HTTP 404|404 \(Not Found", NotThere),
    (r"[Pp]ermission denied|HTTP 40[13]|40[13] \(|[Aa]ccess [Dd]enied", Unauthorized),
    (r"not a valid DuckDB database|database file with version number", Unreadable),
    (r"Could not set lock on file|Conflicting lock", Overloaded),
    (r"altered|not found in FROM clause|No function matches|Cannot (compare|mix) values of type", Changed),
    (r"Table with name .* does not exist", NotThere),
    (r"Could not establish connection|Connection error|Timeout was reached|Could not connect", Unreachable),
)
"""What tells errors of one class of DuckDB apart; it has no codes for them."""

_BY_CLASS: dict[str, type[SourceError]] = {
    "OutOfMemoryException": TooLarge,
    "ConversionException": Unreadable,
    "InvalidInputException": Unreadable,
    "SerializationException": Unreadable,
    "OutOfRangeException": Unreadable,
    "BinderException": Changed,
    "CatalogException": Changed,
    "HTTPException": Unreachable,
    "IOException": ServerFault,
}
_PREFIXES = re.compile(r"^(TransactionContext Error: |[A-Z][A-Za-z ]+ Error: )+")


def explained(error: Exception, text: str, *, memory: str) -> SourceError | None:
    """Return what an error of DuckDB or of a file means whose text, without secrets, is `text`, None for any other.

    `memory` is what DuckDB was given.
    """
    import duckdb

    if isinstance(error, OSError):  # a directory that was looked at, before DuckDB was asked
        kinds = {PermissionError: Unauthorized, FileNotFoundError: NotThere}
        name = harmless(str(error.filename))
        return kinds.get(type(error), ServerFault)(f"{name}: {(error.strerror or 'cannot be read').lower()}")
    if not isinstance(error, duckdb.Error):
        return None
    text = _PREFIXES.sub("", text).strip()
    first, _, rest = text.partition("\n")
    if first.startswith("CSV Error on Line"):
        column = next((line for line in rest.splitlines() if line.startswith("Error when converting")), "")
        first = f"{first}: {column}" if column else first
    if first.startswith("Error when sniffing file"):  # which is all that DuckDB says
        named = harmless(first.partition('"')[2].rpartition('"')[0]) or "a CSV file"
        return Unreadable(f"{named}: nobody can tell what parts its columns")
    name = type(error).__name__
    if name == "OutOfMemoryException":
        return TooLarge(f"DuckDB needs more memory or disk than it is given ({memory}): {harmless(first)}")
    if "Failed to download extension" in text:
        return NotInstalled(harmless(first))
    kind = next((kind for words, kind in _BY_WORDS if re.search(words, text)), _BY_CLASS.get(name, BadRequest))
    return kind(harmless(first), worth_retrying=kind is Overloaded)
