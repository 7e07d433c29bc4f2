"""What a shared journal asks of its PostgreSQL."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from console.domain.label import harmless
from console.transport.errors import NotThere, SourceError, Unauthorized
from console.transport.sql.postgres_session import PostgresSession

SCHEMA_VERSION: Final = 1
READ_AT_ONCE: Final = 1_000
SENT_AT_ONCE: Final = 250
"""So many lines go over the wire within one deadline; each that is sent is checked against the one before it."""
_TABLES_MISSING: Final = "incident-console journal schema prints the SQL that its owner may run"


class Row(msgspec.Struct, frozen=True):
    """A line of the journal: `position` counts the lines of all writers from 1, `sequence` those of its writer."""

    position: int
    writer: str
    sequence: int
    previous: str
    line: str


class NewLine(msgspec.Struct, frozen=True):
    """A line on its way into the journal."""

    writer: str
    sequence: int
    previous: str
    line: str


def schema_sql() -> str:
    """Return the SQL that makes the tables of a journal."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")


def lock_key(uid: str) -> int:
    """Return the key of the advisory lock of a target: the first 64 bits of the digest of its uid, signed."""
    return int.from_bytes(hashlib.sha256(uid.encode()).digest()[:8], "big", signed=True)


class NoJournalYet(NotThere):
    """The database has no tables of a journal, and none were to be made."""


class JournalServer:
    """A session with the database of a journal, whose tables are made where they are missing, if it `may_create` them.

    Raises:
        SourceError: there is no connection, or no journal of this version in the database and none can be made.
    """

    def __init__(self, connect: Callable[[], PostgresSession], *, may_create: bool = True) -> None:
        self._session = connect()
        try:
            self._check_schema(may_create=may_create)
        except SourceError:
            self._session.close()
            raise

    @property
    def is_open(self) -> bool:
        """Whether nothing was heard yet of the end of the connection."""
        return self._session.is_open

    def add(self, lines: Sequence[NewLine]) -> None:
        """Add lines of one writer in their order; those that are there already are left.

        Raises:
            SourceError: they are not there, or nobody knows.
        """
        for start in range(0, len(lines), SENT_AT_ONCE):
            columns = zip(*map(msgspec.structs.astuple, lines[start : start + SENT_AT_ONCE]), strict=True)
            self._session.execute(
                "INSERT INTO incident_console.lines (writer, sequence, previous, line) SELECT * FROM"
                " unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS new (w, s, p, l) ORDER BY s",
                [list(column) for column in columns],
            )

    def behind(self, position: int) -> list[Row]:
        """Return a page of lines from a position on, that one included, so that it can be seen to be the same.

        Raises:
            SourceError: they cannot be read.
        """
        rows = self._session.execute(
            "SELECT position, writer, sequence, previous, line FROM incident_console.lines"
            " WHERE position >= %s ORDER BY position LIMIT %s",
            (position, READ_AT_ONCE),
        )
        return [Row(*row) for row in rows]

    def count(self) -> int:
        """Return how many lines there are.

        Raises:
            SourceError: it cannot be read.
        """
        ((newest,),) = self._session.execute("SELECT coalesce(max(position), 0) FROM incident_console.lines")
        return int(newest)

    def time(self) -> float:
        """Return what the clock of the database says (UTC seconds).

        Raises:
            SourceError: it cannot be read.
        """
        ((now,),) = self._session.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(now)

    def heads(self, writers: Iterable[str]) -> dict[str, int]:
        """Return how many lines of each writer are there.

        Raises:
            SourceError: it cannot be read.
        """
        found = self._session.execute(
            "SELECT writer, max(sequence) FROM incident_console.lines WHERE writer = ANY(%s) GROUP BY writer",
            (list(writers),),
        )
        return dict(found)

    def try_lock(self, key: int, holder: str) -> bool:
        """Take a lock for as long as this session lasts, and note who holds it; return whether it was free.

        A session may take an advisory lock twice. One that holds it already is not ours alone: a pooler lends it out.

        Raises:
            SourceError: nobody knows whether it is held; the end of the session releases it.
        """
        ((is_held,),) = self._session.execute(_TRIED, (key, key, key))
        if is_held:
            self._session.execute(
                "INSERT INTO incident_console.locks VALUES (%s, pg_backend_pid(), %s)"
                " ON CONFLICT (key) DO UPDATE SET pid = excluded.pid, holder = excluded.holder",
                (key, holder),
            )
        return bool(is_held)

    def holds(self, key: int) -> bool:
        """Return whether this session holds a lock; behind a pooler that lends sessions out, it may not.

        Raises:
            SourceError: it cannot be told.
        """
        return bool(self._session.execute(_HELD_HERE, (key, key)))

    def holder(self, key: int) -> str | None:
        """Return what whoever holds a lock noted, None where nobody holds it or nothing is noted yet.

        Raises:
            SourceError: it cannot be read.
        """
        rows = self._session.execute(_NOTED, (key, key, key))
        return rows[0][0] if rows else None

    def unlock(self, key: int) -> None:
        """Release a lock.

        Raises:
            SourceError: the server was not told; the end of the session tells it.
        """
        self._session.execute("DELETE FROM incident_console.locks WHERE key = %s AND pid = pg_backend_pid()", (key,))
        self._session.execute("SELECT pg_advisory_unlock(%s)", (key,))

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def _check_schema(self, *, may_create: bool) -> None:
        version = self._version()
        if version is None and not may_create:
            raise NoJournalYet(f"{self._session.shown}: there is no journal yet")
        if version is None:
            try:
                self._session.execute(schema_sql())
            except Unauthorized as error:
                raise Unauthorized(f"{error.detail}; {_TABLES_MISSING}") from None
            except SourceError:
                if self._version() is None:  # no other console made them in this instant
                    raise
            version = self._version()
        if version != SCHEMA_VERSION:
            told = f"its journal is of version {version}, this console knows {SCHEMA_VERSION}"
            raise NotThere(f"{self._session.shown}: {told}: update the older of the two")

    def _version(self) -> int | None:
        try:
            rows = self._session.execute("SELECT version FROM incident_console.version")
        except NotThere:
            return None
        except Unauthorized as error:
            granting = "incident-console journal schema tells at its end what its owner must grant"
            raise Unauthorized(f"{harmless(error.detail)}; {granting}") from None
        return int(rows[0][0]) if rows else None


_HELD_HERE: Final = """
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid = pg_backend_pid()
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid = ((%s::bigint >> 32) & 4294967295)::oid AND objid = (%s::bigint & 4294967295)::oid"""

_TRIED: Final = f"SELECT CASE WHEN EXISTS ({_HELD_HERE}) THEN false ELSE pg_try_advisory_lock(%s) END"

_NOTED: Final = """
SELECT noted.holder FROM incident_console.locks AS noted JOIN pg_locks USING (pid)
WHERE noted.key = %s AND locktype = 'advisory' AND granted AND objsubid = 1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid = ((%s::bigint >> 32) & 4294967295)::oid AND objid = (%s::bigint & 4294967295)::oid"""
