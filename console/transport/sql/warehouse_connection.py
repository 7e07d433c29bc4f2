"""ClickHouse, Trino, BigQuery and Snowflake, each as ibis speaks to it."""

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from console.domain.label import harmless
from console.settings.secrets import HIDDEN, SecretValue
from console.transport.errors import (
    Changed,
    NotThere,
    ServerFault,
    SourceError,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from console.transport.sql.answers import as_promised
from console.transport.sql.connection import Connection, Limits, missing_extra
from console.transport.sql.place import BIGQUERY, CLICKHOUSE, SNOWFLAKE, TRINO, Place

if TYPE_CHECKING:
    import ibis
    import pyarrow

APPLICATION_NAME: Final = "incident-console"

_LIBRARIES: Final = ("clickhouse_connect", "google", "ibis", "requests", "snowflake", "trino", "urllib3")
"""Whose errors are those of an engine."""

_BY_WORDS: Final[tuple[tuple[str, type[SourceError]], ...]] = (
    (
        r"[Cc]redential|[Aa]uthenticat|[Pp]assword|\b40[13]\b|[Aa]ccess [Dd]enied|[Pp]ermission|not authorized",
        Unauthorized,
    ),
    (r"TableNotFound|[Nn]ot found|does not exist|doesn't exist|UNKNOWN_TABLE|\b404\b", NotThere),
    (
        r"UNKNOWN_IDENTIFIER|COLUMN_NOT_FOUND|invalid identifier|Unrecognized name|TYPE_MISMATCH|No matching sign",
        Changed,
    ),
    (r"[Tt]imed out|[Tt]imeout|TIMEOUT_EXCEEDED|EXCEEDED_TIME_LIMIT", TimedOut),
    (
        r"refused|[Ff]ailed to (establish|resolve)|[Nn]ame or service|[Uu]nreachable|[Cc]onnection (reset|aborted)",
        Unreachable,
    ),
)


class WarehouseConnection(Connection):
    """A connection by the URL that ibis knows for an engine.

    Of these engines only ClickHouse can be told to refuse writing; to the others nothing but SELECT is sent. A query
    that is given up goes on in its thread until the engine's own limit, which is `timeout` (seconds), ends it.

    Raises:
        SourceError: No connection could be made, or the library is not installed.
    """

    def __init__(self, place: Place, password: Callable[[], SecretValue | None], timeout: float) -> None:
        self._place = place
        self._timeout = timeout
        secret = password()
        self._secret = None if secret is None else secret.reveal()
        for library in _LIBRARIES:  # what they log is raised, too, and would stand on the terminal
            logging.getLogger(library).addHandler(logging.NullHandler())
        try:
            import ibis

            self._backend = ibis.connect(place.url, **connect_options(place.engine, self._secret, timeout))
        except ImportError:
            raise missing_extra(place) from None
        except Exception as error:  # noqa: BLE001  # each of four libraries raises what it likes
            raise self.explain(error) or self._fault(Unreachable, error) from None

    def tables(self) -> list[str]:
        """Return the tables of the database that the URL names."""
        return sorted(self._backend.list_tables())

    def table(self, place: Place) -> "ibis.Table":
        """Return a table by its name, or by its database's and its own with a dot between them."""
        if place.table is None:
            raise NotThere(f"{place.shown} holds many tables: name one with `table`")
        database, _, name = place.table.rpartition(".")
        return self._backend.table(name, database=database or None)

    def read(self, expression: "ibis.Table", limits: Limits) -> "pyarrow.Table":
        """Return the rows of an expression; the engine gives up by itself after the store's timeout."""
        answer = self._backend.to_pyarrow(limits.applied_to(expression), **self._query_options())
        limits.check(answer.num_rows, shown=self._place.shown)
        return as_promised(answer, expression)

    def interrupt(self) -> None:
        """Do nothing: ibis gives no hold of a query that runs."""

    def close(self) -> None:
        """Close the connection."""
        self._backend.disconnect()

    def explain(self, error: Exception) -> SourceError | None:
        """Return what an error of the engine's library means, by its words: each has a scheme of its own."""
        if type(error).__module__.partition(".")[0] not in _LIBRARIES and not isinstance(error, OSError):
            return None
        text = f"{type(error).__name__} {error}"
        return self._fault(next((kind for words, kind in _BY_WORDS if re.search(words, text)), ServerFault), error)

    def _fault(self, kind: type[SourceError], error: Exception) -> SourceError:
        said = str(error).replace(self._place.url, self._place.shown)
        if self._secret:
            said = said.replace(self._secret, HIDDEN)
        return kind(f"{self._place.shown}: {harmless(' '.join(said.split()))}")

    def _query_options(self) -> dict[str, Any]:
        if self._place.engine != BIGQUERY:
            return {}
        from google.cloud.bigquery import QueryJobConfig  # type: ignore[import-not-found]  # comes with the extra

        labels = {"application": APPLICATION_NAME}
        return {"query_job_config": QueryJobConfig(job_timeout_ms=round(self._timeout * 1000), labels=labels)}


def connect_options(engine: str, password: str | None, timeout: float) -> dict[str, Any]:
    """Return what is said to an engine when it is connected to, beside its URL; `timeout` counts seconds."""
    whole_seconds = max(1, round(timeout))
    if engine == CLICKHOUSE:
        settings = {  # with readonly 2 settings may change, and data may not
            "readonly": 2,
            "max_execution_time": whole_seconds,
            "session_timezone": "UTC",
        }
        options: dict[str, Any] = {"client_name": APPLICATION_NAME, "settings": settings}
    elif engine == TRINO:
        properties = {"query_max_run_time": f"{whole_seconds}s"}
        options = {"source": APPLICATION_NAME, "session_properties": properties}
    elif engine == SNOWFLAKE:
        parameters = {"STATEMENT_TIMEOUT_IN_SECONDS": whole_seconds, "QUERY_TAG": APPLICATION_NAME}
        # Without this ibis creates a database for functions of its own.
        options = {"create_object_udfs": False, "session_parameters": parameters}
    else:
        options = {"application_name": APPLICATION_NAME}
    if password is not None and engine == TRINO:
        options |= {"auth": password, "http_scheme": "https"}  # which Trino insists on
    elif password is not None:
        options["password"] = password
    return options
