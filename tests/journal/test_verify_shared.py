"""Rows of a shared journal that lie: edited, removed, moved, added by somebody else. And who may add any."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from console.journal.contents import BrokenLine
from console.journal.file_lines import NOT_FOLLOWING
from console.journal.holder import Holder
from console.journal.journal import JournalUnavailable
from console.journal.postgresql.read_back import EVERY_WRITER
from console.journal.postgresql.server import schema_sql
from console.journal.postgresql.shared_journal import SharedJournal
from console.journal.who import Who
from tests.journal.samples import ANN, intent, outcome
from tests.journal.team import ENVIRONMENT, emptied, shared_journal
from tests.services import Servers
from tests.services.postgresql import PASSWORD, PostgreSQL


@pytest.fixture(scope="module")
def database(session_servers: Servers) -> PostgreSQL:
    return session_servers.postgresql()


@pytest.fixture
def journal(database: PostgreSQL, tmp_path: Path) -> Iterator[SharedJournal]:
    """A journal of four lines of one writer, and one of another in their middle."""
    journal = shared_journal(emptied(database).url, tmp_path / "ann")
    other = shared_journal(database.url, tmp_path / "bo", Who("bo", "laptop"))
    for number in range(4):
        journal.append(outcome(f"i{number}"))
        if number == 1:
            other.append(intent())
            other.close()
    assert journal.load().problems == ()
    yield journal
    journal.close()


def lie(database: PostgreSQL, change: str, where: str) -> None:
    """Change rows as only an owner can, who first takes away what forbids it."""
    database.execute(
        "ALTER TABLE incident_console.lines DISABLE TRIGGER ALL",
        f"{change} WHERE {where}",
        "ALTER TABLE incident_console.lines ENABLE TRIGGER ALL",
    )


def problems(tmp_path: Path, database: PostgreSQL) -> list[BrokenLine]:
    """Return what somebody finds who has no line of it on their own machine."""
    stranger = shared_journal(database.url, tmp_path / "stranger", Who("cy", "desk"))
    found = stranger.load().problems
    stranger.close()
    return list(found)


OF_ANN = "writer LIKE 'ann@%'"


UPDATE, DELETE = "UPDATE incident_console.lines SET", "DELETE FROM incident_console.lines"


@pytest.mark.parametrize(
    ("change", "of", "line", "told"),
    [
        (f"{UPDATE} line = replace(line, 'applied', 'unknown')", 2, 3, NOT_FOLLOWING),
        (DELETE, 2, 2, "is missing: it was removed"),
        (f"{UPDATE} line = 'nothing'", 4, 4, "is no JSON object: it was changed"),
        (f"{UPDATE} sequence = 9", 4, 4, "and 4 behind it are missing: removed"),
    ],
)
def test_a_line_that_was_changed_is_named(
    journal: SharedJournal, database: PostgreSQL, tmp_path: Path, change: str, of: int, line: int, told: str
) -> None:
    lie(database, change, f"{OF_ANN} AND sequence = {of}")
    found = [each for each in problems(tmp_path, database) if each.chain != EVERY_WRITER]
    assert (found[0].line, found[0].reason) == (line, told)
    assert found[0].chain.startswith("ann@bastion-")


@pytest.mark.parametrize(
    ("removed", "line", "told"),
    [
        ("writer LIKE 'bo@%'", 3, "is missing: it was removed"),
        (f"{OF_ANN} AND sequence <= 2", 1, "and 1 behind it are missing: removed"),
    ],
)
def test_a_writer_of_whom_the_first_or_all_lines_were_removed_leaves_a_gap(
    journal: SharedJournal, database: PostgreSQL, tmp_path: Path, removed: str, line: int, told: str
) -> None:
    lie(database, DELETE, removed)
    assert BrokenLine(line, told, EVERY_WRITER) in problems(tmp_path, database)


def test_the_last_line_is_held_against_what_its_writer_keeps(journal: SharedJournal, database: PostgreSQL) -> None:
    lie(database, f"{UPDATE} line = replace(line, 'are 6', 'are 9')", f"{OF_ANN} AND sequence = 4")
    (found,) = journal.load().problems
    assert (found.line, found.reason) == (4, "is not what its writer keeps on this machine")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incident_console.lines SET line = '{}'",
        "DELETE FROM incident_console.lines",
        "TRUNCATE incident_console.lines",
        "INSERT INTO incident_console.lines (writer, sequence, previous, line) VALUES ('eve', 2, 'x', '{}')",
        "INSERT INTO incident_console.lines (writer, sequence, previous, line) VALUES ('eve', 1, 'x', '{}')",
        "INSERT INTO incident_console.lines SELECT 1, writer, 2, previous, now(), '{}' FROM incident_console.lines",
    ],
)
def test_the_database_takes_nothing_but_the_next_line_of_a_writer(
    journal: SharedJournal, database: PostgreSQL, statement: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException):
        database.execute(statement)
    assert journal.load().problems == ()


def test_a_role_that_was_granted_no_more_can_work_with_it(database: PostgreSQL, tmp_path: Path) -> None:
    emptied(database)
    database.execute("DROP ROLE IF EXISTS oncall", f"CREATE ROLE oncall LOGIN PASSWORD '{PASSWORD}'")
    url = database.url.replace("ops@", "oncall@")
    journal = shared_journal(url, tmp_path / "ann")
    with pytest.raises(JournalUnavailable, match=r"permission denied .* journal schema prints the SQL"):
        journal.refresh()
    database.execute(schema_sql())
    second = shared_journal(url, tmp_path / "ann2")
    with pytest.raises(JournalUnavailable, match=r"permission denied .* tells at its end what its owner must grant"):
        second.refresh()
    grants = [line[2:].strip() for line in schema_sql().splitlines() if line.startswith("--   GRANT")]
    database.execute(*grants)
    third = shared_journal(url, tmp_path / "ann3")
    third.append(intent())
    third.refresh()
    assert third.read() == (intent(),)
    for opened in (journal, second, third):
        opened.close()
    database.execute("DROP SCHEMA incident_console CASCADE", "DROP ROLE oncall")


def test_a_journal_of_a_newer_version_is_left_alone(
    journal: SharedJournal, database: PostgreSQL, tmp_path: Path
) -> None:
    database.execute("UPDATE incident_console.version SET version = 2")
    newer = shared_journal(database.url, tmp_path / "new")
    with pytest.raises(JournalUnavailable, match="its journal is of version 2, this console knows 1: update the older"):
        newer.refresh()
    newer.close()
    database.execute("UPDATE incident_console.version SET version = 1")


def test_no_secret_is_written_or_told(database: PostgreSQL, tmp_path: Path) -> None:
    emptied(database)
    secret = ENVIRONMENT["JOURNAL_PASSWORD"]
    journal = shared_journal(database.url, tmp_path / "ann")
    lock = journal.lock("uid-1", Holder(ANN, 1.0, "7f3", "ml/fraud"))
    lock.append(intent())
    wrong = shared_journal(database.url.replace("ops@", "nobody@"), tmp_path / "bo")
    with pytest.raises(JournalUnavailable) as told:
        wrong.refresh()
    assert secret not in str(told.value)
    assert secret not in repr(wrong.condition)
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT line FROM incident_console.lines UNION SELECT holder FROM incident_console.locks"
        )
        assert secret not in repr(rows.fetchall())
    lock.close()
    journal.close()
    wrong.close()
