"""A connection to PostgreSQL for single statements that change something: each is a transaction of its own."""

import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from console.settings.secrets import SecretValue
from console.transport.errors import SourceError, TimedOut
from console.transport.sql.connection import missing_extra
from console.transport.sql.place import Place
from console.transport.sql.postgres_connection import APPLICATION_NAME
from console.transport.sql.postgres_errors import explained, explained_refusal

if TYPE_CHECKING:
    import psycopg

_ON_THIS_MACHINE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})

_SETTINGS: Final = """
SET search_path = pg_catalog;
SET default_transaction_isolation = 'read committed';
SET default_transaction_read_only = off;
SET TIME ZONE 'UTC';
SET statement_timeout = {milliseconds};
SET lock_timeout = {milliseconds};
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3
"""
"""What every session sets for itself. A client whose machine is gone is missed by the server within 25 seconds."""


class PostgresSession:
    """A connection that any thread may use, one statement at a time; no statement outlasts its deadline.

    The URL is that of libpq, with all its parameters; what it does not say comes from where every client of PostgreSQL
    takes it (`PGSSLROOTCERT`, `~/.pgpass`). A server on another machine must encrypt unless `sslmode` says otherwise.

    Args:
        place: the address.
        password: returns the password, None where the address needs none.
        environment: the variables of the process.
        seconds: the deadline of connecting and of each statement.

    Raises:
        SourceError: no connection could be made, or the client library is not installed.
    """

    def __init__(
        self, place: Place, password: Callable[[], SecretValue | None], environment: Mapping[str, str], seconds: float
    ) -> None:
        try:
            import psycopg
        except ImportError:
            raise missing_extra(place) from None
        self.shown = place.shown
        self._seconds = seconds
        self._was_cut = False
        secret = password()
        options: dict[str, Any] = {} if secret is None else {"password": secret.reveal()}
        if must_encrypt(place.url, environment):
            options["sslmode"] = "require"
        try:
            self._connection = psycopg.connect(
                place.url,
                **options,
                application_name=APPLICATION_NAME,
                connect_timeout=max(2, round(seconds)),
                keepalives_idle=10,
                prepare_threshold=None,
                autocommit=True,
            )
        except psycopg.Error as error:
            said = str(error).replace(place.url, place.shown)  # what is wrong with a URL is told with all of it
            raise explained_refusal(said, shown=place.shown) from None
        try:
            self.execute(_SETTINGS.format(milliseconds=max(1, round(seconds * 1000))))
        except SourceError:
            self._connection.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether nothing was heard yet of its end."""
        return not self._connection.closed and not self._connection.broken

    def execute(self, statement: str, values: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Execute a statement and return its rows, none where it has none; several without values are allowed.

        Raises:
            SourceError: it failed, or was not answered in time; then the connection is of no use any more.
        """
        import psycopg

        with self._deadline():
            try:
                cursor = self._connection.execute(statement.encode(), values)
                return cursor.fetchall() if cursor.description is not None else []
            except psycopg.Error as error:
                raise self._explained(error) from None

    def close(self) -> None:
        """Close the connection; what the server held for it is free then."""
        self._connection.close()

    def _explained(self, error: "psycopg.Error") -> SourceError:
        if self._was_cut:
            return TimedOut(f"{self.shown}: no answer within {self._seconds:g} s")
        return explained(error.sqlstate, str(error), shown=self.shown)

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """Cut the connection if the block takes too long: a server that hangs answers no cancelling either."""
        watch = threading.Timer(self._seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        self._was_cut = True
        import psycopg

        gone = (
            OSError,
            ValueError,
            psycopg.Error,
        )  # the statement ended in this very instant, and the connection with it
        with suppress(*gone), socket.socket(fileno=os.dup(self._connection.fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


def must_encrypt(url: str, environment: Mapping[str, str]) -> bool:
    """Return whether a connection must be encrypted: nobody chose how, and the server is on another machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # libpq tells what is wrong with it
        return False
    query = parse_qs(parts.query)
    if "sslmode" in query or environment.get("PGSSLMODE") or environment.get("PGSERVICE") or "service" in query:
        return False
    given = [*query.get("host", []), host or environment.get("PGHOST", "")]
    hosts = [*given, *query.get("hostaddr", [environment.get("PGHOSTADDR", "")])]
    return not all(each in _ON_THIS_MACHINE or each.startswith("/") for each in hosts)
