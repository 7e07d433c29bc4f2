"""Consoles of a team: journals that share something, each of a person at a machine of their own."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

from console.journal.file_journal import FileJournal
from console.journal.journal import Journal
from console.journal.opening import new_writer
from console.journal.postgresql.connecting import connector
from console.journal.postgresql.shared_journal import SharedJournal
from console.journal.who import Who
from console.settings.journal import JournalSettings
from console.settings.secrets import Secret
from tests.journal.samples import ANN
from tests.services.postgresql import PASSWORD, PostgreSQL

NOW = 1_763_781_600.0
ENVIRONMENT = {"JOURNAL_PASSWORD": PASSWORD}
SECONDS = 5.0


class Open(Protocol):
    """Opens the journal of a person's console; it is closed with the test."""

    def __call__(self, who: Who = ANN) -> Journal: ...


def in_files(directory: Path) -> Open:
    """Return what opens the file that all share."""
    return lambda who=ANN: FileJournal(directory)


def in_postgresql(server: PostgreSQL, directory: Path, stack: ExitStack) -> Open:
    """Return what opens the database that all share, each person on a machine of their own."""
    return lambda who=ANN: stack.enter_context(closing(shared_journal(server.url, directory / who.user, who)))


def shared_journal(
    url: str,
    directory: Path,
    who: Who = ANN,
    seconds: float = SECONDS,
    clock: Callable[[], float] = lambda: NOW,
) -> SharedJournal:
    """Return a new console's journal in a database, with the state directory of its machine."""
    directory.mkdir(parents=True, exist_ok=True)
    settings = JournalSettings(url, Secret(env="JOURNAL_PASSWORD"), seconds)
    return SharedJournal(connector(settings, ENVIRONMENT), directory, new_writer(who, NOW), clock)


def emptied(server: PostgreSQL) -> PostgreSQL:
    """Return a server without a journal and without locks: it may not have noticed yet which connections have ended."""
    server.execute(_UNTIL_NOTHING_IS_LOCKED, "DROP SCHEMA IF EXISTS incident_console CASCADE")
    return server


_UNTIL_NOTHING_IS_LOCKED = """
DO $$ BEGIN
    FOR look IN 1..500 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory');
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$
"""
