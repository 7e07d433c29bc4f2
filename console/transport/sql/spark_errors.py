"""What Spark's errors mean: by their conditions, which are words for programs, or by the Java exception."""

import re
from typing import Final

from console.domain.label import harmless
from console.transport.errors import (
    BadRequest,
    Changed,
    ConnectionBroke,
    NotThere,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreadable,
)

_BY_WORDS: Final[tuple[tuple[str, type[SourceError]], ...]] = (
    (r"PATH_NOT_FOUND|TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|FileNotFoundException|does not exist", NotThere),
    (r"UNABLE_TO_INFER_SCHEMA", NotThere),
    (r"UNRESOLVED_COLUMN|DATATYPE_MISMATCH|FIELD_NOT_FOUND|CAST_INVALID_INPUT", Changed),
    (r"AccessControlException|Permission denied|AccessDenied|Forbidden", Unauthorized),
    (r"FAILED_READ_FILE|not a Parquet file|CANNOT_READ_FILE_FOOTER|CANNOT_MERGE_SCHEMA", Unreadable),
    (r"maxResultSize|OutOfMemoryError", TooLarge),
    (r"cancelled|OPERATION_CANCELED", TimedOut),
    (r"stopped SparkContext|SparkContext was shut down|masters are unresponsive|Connection refused", ConnectionBroke),
)


def explained(error: Exception, *, shown: str) -> SourceError | None:
    """Return what an error of Spark or of its bridge to Java means; None where it is of neither."""
    from py4j.protocol import Py4JError, Py4JNetworkError
    from pyspark.errors import AnalysisException, PySparkException

    if isinstance(error, Py4JNetworkError | ConnectionError):
        return ConnectionBroke(f"{shown}: the driver of Spark is gone", worth_retrying=True)
    if not isinstance(error, PySparkException | Py4JError):
        return None
    text = str(error)
    if "UNSUPPORTED_DATASOURCE_FOR_DIRECT_QUERY" in text:  # Spark keeps the reason to itself
        return Unreadable(f"{shown}: these files are no one table, columns of a name may differ in type")
    otherwise = BadRequest if isinstance(error, AnalysisException) else ServerFault
    kind = next((kind for words, kind in _BY_WORDS if re.search(words, text)), otherwise)
    return kind(f"{shown}: {harmless(_told(text))}")


def _told(text: str) -> str:
    """Return the line of an error that says what is wrong: that of the deepest cause, without the trace."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    line = causes[-1].removeprefix("Caused by: ") if causes else lines[0]
    if line.endswith(":") and len(lines) > 1:  # "An error occurred while calling o42.sql."
        line = lines[1]
    return re.sub(r"^[\w.$]+(Exception|Error): ", "", line)
