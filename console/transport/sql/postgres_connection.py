"""PostgreSQL, and what speaks its protocol."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from console.settings.secrets import SecretValue
from console.transport.errors import SourceError
from console.transport.sql.answers import from_rows
from console.transport.sql.connection import Connection, Limits, chosen, missing_extra
from console.transport.sql.place import Place
from console.transport.sql.postgres_errors import explained, explained_refusal
from console.transport.sql.postgres_times import take_strange_times

if TYPE_CHECKING:
    import ibis
    import psycopg
    import pyarrow

APPLICATION_NAME: Final = "incident-console"
CONNECT_SECONDS: Final = 5
CANCEL_SECONDS: Final = 2.0
"""How long the server may take to be told that a query is given up; then the connection is cut."""

_TABLES: Final = r"""
SELECT n.nspname, c.relname, pg_catalog.pg_table_is_visible(c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
AND (pg_catalog.has_table_privilege(c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))"""

_COLUMNS_OF_MONEY: Final = r"""
SELECT a.attname FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s AND a.atttypid = 'pg_catalog.money'::regtype"""


class PostgresConnection(Connection):
    """A connection whose every question is a read-only transaction of its own, so that a pooler may stand before it.

    The URL is that of libpq, with all its parameters; what it does not say comes from where every client of PostgreSQL
    takes it (`PGSSLROOTCERT`, `~/.pgpass`).

    Raises:
        SourceError: No connection could be made, or the client library is not installed.
    """

    def __init__(self, place: Place, password: Callable[[], SecretValue | None]) -> None:
        try:
            import psycopg
            from ibis.backends.postgres import Backend
        except ImportError:
            raise missing_extra(place) from None

        class BackendOfTransactions(Backend):  # type: ignore[misc]  # ibis ships no types
            """ibis' own sets up its connection, for which it imports pandas and commits."""

            def _post_connect(self) -> None:
                pass

        self._shown = place.shown
        secret = password()
        options: dict[str, Any] = {} if secret is None else {"password": secret.reveal()}
        try:
            self._connection = psycopg.connect(
                place.url,
                **options,
                application_name=APPLICATION_NAME,
                connect_timeout=CONNECT_SECONDS,
                keepalives_idle=30,
                prepare_threshold=None,
            )
        except psycopg.Error as error:
            said = str(error).replace(place.url, place.shown)  # what is wrong with a URL is told with all of it
            raise explained_refusal(said, shown=place.shown) from None
        self._connection.read_only = True
        self._backend = BackendOfTransactions.from_connection(self._connection)

    def tables(self) -> list[str]:
        """Return the tables and views that may be read: those of the search path by their own names."""
        with self._transaction():
            return sorted(self._found())

    def table(self, place: Place) -> "ibis.Table":
        """Return a table by its name, or by its schema and its name."""
        with self._transaction():
            schema, name = chosen(self._found(), place.table, shown=self._shown)
            table = self._backend.table(name, database=(self._connection.info.dbname, schema))  # a pair is not parsed
            return self._told_from_numbers(table, schema, name)

    def _told_from_numbers(self, table: "ibis.Table", schema: str, name: str) -> "ibis.Table":
        """Return a table whose columns of `money` are of no known type: ibis takes them for numbers, casts fail."""
        import ibis.expr.datatypes as dt
        from ibis import Schema

        if not any(kind.is_decimal() for kind in table.schema().types):
            return table
        with self._connection.cursor() as cursor:
            money = {column for (column,) in cursor.execute(_COLUMNS_OF_MONEY, (schema, name))}
        kinds = {
            column: dt.Unknown(raw_type="money") if column in money else kind for column, kind in table.schema().items()
        }
        return table.op().copy(schema=Schema(kinds)).to_expr() if money else table

    def read(self, expression: "ibis.Table", limits: Limits) -> "pyarrow.Table":
        """Return the rows of an expression; the server gives up by itself at the deadline, too."""
        import psycopg

        query = self._backend.compile(limits.applied_to(expression))
        with self._transaction(limits.seconds) as cursor:
            cursor.execute(query)
            try:
                rows = cursor.fetchall()
            except psycopg.DataError:  # a time that Python has no word for: infinity, or before the year 1
                take_strange_times(cursor)
                rows = cursor.execute(query).fetchall()
        limits.check(len(rows), shown=self._shown)
        return from_rows(rows, expression)

    def interrupt(self) -> None:
        """Ask the server to cancel what runs; cut the connection where the server does not take that either."""
        import psycopg

        try:
            self._connection.cancel_safe(timeout=CANCEL_SECONDS)
        except (psycopg.Error, OSError):
            self._cut()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def explain(self, error: Exception) -> SourceError | None:
        """Return what an error of PostgreSQL means."""
        import psycopg

        if not isinstance(error, psycopg.Error):
            return None
        if error.sqlstate is None and not isinstance(error, psycopg.OperationalError):
            return None
        return explained(error.sqlstate, str(error), shown=self._shown)

    @contextmanager
    def _transaction(self, seconds: float | None = None) -> "Iterator[psycopg.Cursor]":
        with self._connection.transaction(force_rollback=True), self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            if seconds is not None:
                milliseconds = max(1, round(seconds * 1000))
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", (str(milliseconds),))
            yield cursor

    def _found(self) -> dict[str, tuple[str, str]]:
        """Return schema and table by every name that they go by."""
        found: dict[str, tuple[str, str]] = {}
        for schema, table, is_visible in self._connection.execute(_TABLES):
            found[table if is_visible else f"{schema}.{table}"] = (schema, table)
        return found

    def _cut(self) -> None:
        with suppress(OSError, ValueError), socket.socket(fileno=os.dup(self._connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)
