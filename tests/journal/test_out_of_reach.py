"""A shared journal whose database dies, hangs or is cut off: nothing is lost or comes twice, no lock is believed."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.journal.contents import BrokenLine
from console.journal.holder import Holder, TargetBusy
from console.journal.journal import JournalUnavailable
from console.journal.postgresql.left_chains import KEPT_SECONDS
from console.journal.postgresql.own_chain import chain_files, writer_of
from console.journal.postgresql.server import JournalServer
from console.journal.postgresql.server_lock import NOT_HELD
from console.journal.postgresql.shared_journal import LOST_LINES, SharedJournal
from console.journal.who import Who
from tests.journal.cut_network import CutNetwork
from tests.journal.samples import ANN, intent, outcome
from tests.journal.team import NOW, emptied, shared_journal
from tests.services import Servers
from tests.services.postgresql import PostgreSQL
from tests.services.waiting import wait_until

BO = Who("bo", "laptop")
HOLDER = Holder(ANN, since=2.0, run_id="8a1", target="ml/fraud")


@pytest.fixture(scope="module")
def database(session_servers: Servers) -> PostgreSQL:
    return session_servers.postgresql()


@pytest.fixture
def network(database: PostgreSQL) -> Iterator[CutNetwork]:
    with CutNetwork(emptied(database).address) as network:
        yield network


@pytest.fixture
def ann(database: PostgreSQL, network: CutNetwork, tmp_path: Path) -> Iterator[SharedJournal]:
    """A console behind a network that can be cut."""
    journal = shared_journal(database.url.replace(database.address, network.address), tmp_path / "ann", seconds=2.0)
    yield journal
    journal.close()


@pytest.fixture
def bo(database: PostgreSQL, network: CutNetwork, tmp_path: Path) -> Iterator[SharedJournal]:
    """A console beside the database; the network makes it empty first."""
    journal = shared_journal(database.url, tmp_path / "bo", BO)
    yield journal
    journal.close()


def is_back(journal: SharedJournal) -> bool:
    try:
        journal.refresh()
    except JournalUnavailable:
        return False
    return True


def test_what_is_written_while_it_is_out_of_reach_is_brought_over_in_order(
    ann: SharedJournal, bo: SharedJournal, network: CutNetwork
) -> None:
    ann.append(intent("i1"))
    network.cut()
    for number in range(3):
        ann.append(outcome(f"o{number}"))
    assert ann.condition.waiting == 3
    assert ann.condition.down_since == NOW
    assert len(ann.read()) == 4
    network.mend()
    wait_until(lambda: is_back(ann), "the journal to be back")
    assert (ann.condition.down, ann.condition.waiting) == (None, 0)
    bo.refresh()
    assert bo.read() == (intent("i1"), outcome("o0"), outcome("o1"), outcome("o2")) == ann.read()
    assert bo.load().problems == ()


def test_a_connection_that_ended_while_nobody_used_it_is_no_outage(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL
) -> None:
    ann.append(intent("i1"))
    ann.refresh()
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'incident-console'"
    database.execute(ended)
    ann.append(outcome("i1"))
    assert (ann.condition.down, ann.condition.waiting) == (None, 0)
    database.execute(ended)
    ann.refresh()
    bo.refresh()
    assert bo.read() == ann.read() == (intent("i1"), outcome("i1"))


def test_a_line_whose_answer_was_lost_is_there_once(ann: SharedJournal, bo: SharedJournal, network: CutNetwork) -> None:
    ann.refresh()
    network.silence()  # the statement waits in the network; it arrives after all
    ann.append(outcome("o1"))
    assert ann.condition.waiting == 1
    network.mend()
    wait_until(lambda: is_back(ann), "the journal to be back")
    bo.refresh()
    assert bo.read() == (outcome("o1"),)


def test_a_lock_whose_network_is_cut_sends_nothing(ann: SharedJournal, bo: SharedJournal, network: CutNetwork) -> None:
    lock = ann.lock("uid-1", HOLDER)
    network.cut()
    with pytest.raises(JournalUnavailable):
        lock.append(intent())
    lock.close()
    with pytest.raises(JournalUnavailable):
        ann.lock("uid-1", HOLDER)
    wait_until(lambda: bo.holder("uid-1") is None, "the lock to be free")
    bo.lock("uid-1", HOLDER).close()


def test_a_lock_that_the_database_ended_is_noticed_before_anything_is_sent(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL
) -> None:
    lock = ann.lock("uid-1", HOLDER)
    database.execute("SELECT pg_terminate_backend(pid) FROM incident_console.locks")
    wait_until(lambda: bo.holder("uid-1") is None, "the lock to be free")
    with bo.lock("uid-1", HOLDER), pytest.raises(JournalUnavailable):
        lock.append(intent())
    lock.close()


def test_a_lock_that_a_pooler_gave_away_is_not_believed(ann: SharedJournal) -> None:
    lock = ann.lock("uid-1", HOLDER)
    lock._session._session.execute("SELECT pg_advisory_unlock_all()")  # what a pooler does between two clients
    with pytest.raises(JournalUnavailable, match=NOT_HELD):
        lock.append(intent())
    lock.close()


def test_a_session_that_a_pooler_lends_to_two_consoles_locks_for_one_of_them(
    ann: SharedJournal, tmp_path: Path
) -> None:
    with ann.lock("uid-1", HOLDER) as lock:
        lent = lock._session._session
        (tmp_path / "bo").mkdir()
        bo = SharedJournal(lambda: JournalServer(lambda: lent), tmp_path / "bo", "bo", lambda: NOW)
        with pytest.raises(TargetBusy, match="ann@bastion is acting on ml/fraud"):
            bo.lock("uid-1", HOLDER)


def test_the_outcome_under_a_cut_lock_is_kept_and_brought_over(
    ann: SharedJournal, bo: SharedJournal, network: CutNetwork
) -> None:
    with ann.lock("uid-1", HOLDER) as lock:
        lock.append(intent())
        network.cut()
        ann.append(outcome())
    bo.refresh()
    assert bo.read() == (intent(),)
    network.mend()
    wait_until(lambda: is_back(ann), "the journal to be back")
    bo.refresh()
    assert bo.read() == (intent(), outcome())


def test_what_a_dead_console_left_is_brought_over_by_the_next_on_its_machine(
    ann: SharedJournal, bo: SharedJournal, network: CutNetwork, database: PostgreSQL, tmp_path: Path
) -> None:
    ann.append(intent("i1"))
    network.cut()
    ann.append(outcome("i1"))
    ann._chain.close()  # what the kernel does when the process is killed
    (file,) = chain_files(tmp_path / "ann")
    with file.open("ab") as torn:
        torn.write(b'{"kind":"outc')
    following = shared_journal(database.url, tmp_path / "ann")
    following.refresh()
    assert following.read() == (intent("i1"), outcome("i1"))
    bo.refresh()
    assert bo.read() == (intent("i1"), outcome("i1"))
    assert bo.load().problems == ()
    following.close()


def test_an_intent_waits_for_no_merge_of_what_others_left(
    database: PostgreSQL, network: CutNetwork, tmp_path: Path
) -> None:
    ended = shared_journal(database.url, tmp_path / "ann")
    ended.append(outcome("i0"))
    ended.close()
    following = shared_journal(database.url, tmp_path / "ann")
    connect, is_merging, is_sent = following._connect, threading.Event(), threading.Event()
    waited: list[bool] = []

    def slow_to_merge() -> JournalServer:
        if threading.current_thread() is merging:
            is_merging.set()
            waited.append(is_sent.wait(5.0))
        return connect()

    following._connect = slow_to_merge
    merging = threading.Thread(target=following.refresh)
    merging.start()
    is_merging.wait()
    with following.lock("uid-1", HOLDER) as lock:
        following.refresh()
        lock.append(intent("i1"))
    is_sent.set()
    merging.join()
    assert waited[:1] == [True]
    assert following.read() == (outcome("i0"), intent("i1"))
    following.close()


def test_a_chain_that_is_just_being_begun_is_not_taken_for_a_left_one(
    ann: SharedJournal, database: PostgreSQL, network: CutNetwork, tmp_path: Path
) -> None:
    network.cut()
    ann.append(outcome("i1"))
    ann._chain.close()
    (file,) = chain_files(tmp_path / "ann")
    content = file.read_bytes()
    file.write_bytes(b"")
    following = shared_journal(database.url, tmp_path / "ann")
    following.refresh()
    file.write_bytes(content)
    following.refresh()
    assert following.read() == (outcome("i1"),)
    following.close()


def test_what_a_dead_console_left_is_known_even_without_the_database(
    ann: SharedJournal, network: CutNetwork, database: PostgreSQL, tmp_path: Path
) -> None:
    ann.append(intent("i1"))
    network.cut()
    following = shared_journal(database.url.replace(database.address, network.address), tmp_path / "ann")
    with pytest.raises(JournalUnavailable):
        following.refresh()
    assert following.read() == (intent("i1"),)
    following.close()


def test_a_chain_is_kept_for_a_week_after_it_was_brought_over(
    database: PostgreSQL, network: CutNetwork, tmp_path: Path
) -> None:
    ended = shared_journal(database.url, tmp_path / "ann")
    ended.append(intent())
    ended.close()
    (file,) = chain_files(tmp_path / "ann")
    written = file.stat().st_mtime
    for passed, is_kept in ((KEPT_SECONDS - 60, True), (KEPT_SECONDS + 60, False)):
        clock = itertools.repeat(written + passed)
        following = shared_journal(database.url, tmp_path / "ann", clock=clock.__next__)
        following.refresh()
        assert file.exists() is is_kept
        assert following.read() == (intent(),)
        following.close()


def test_a_chain_that_somebody_changed_on_this_machine_keeps_no_other_from_its_way(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL, network: CutNetwork, tmp_path: Path
) -> None:
    ann.append(outcome("i1"))
    network.cut()
    for name in ("i2", "i3"):
        ann.append(outcome(name))
    ann._chain.close()
    (file,) = chain_files(tmp_path / "ann")
    file.write_bytes(file.read_bytes().replace(b"i2", b"ix"))
    following = shared_journal(database.url, tmp_path / "ann")
    following.append(outcome("i4"))
    following.refresh()
    (refused,) = following.condition.conflicts
    assert refused.startswith(f"{file} is not taken by the shared journal: ")
    assert "does not follow the line before it" in refused
    bo.refresh()
    assert bo.read() == (outcome("i1"), outcome("i4"))
    following.close()


def test_a_line_of_this_machine_that_cannot_be_read_is_told_and_its_file_kept(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL, network: CutNetwork, tmp_path: Path
) -> None:
    ann.append(outcome("i1"))
    network.cut()
    for name in ("i2", "i3"):
        ann.append(outcome(name))
    ann._chain.close()
    (file,) = chain_files(tmp_path / "ann")
    file.write_bytes(file.read_bytes().replace(b'"i2"', b'"i2'))
    clock = itertools.repeat(file.stat().st_mtime + KEPT_SECONDS + 60)
    following = shared_journal(database.url, tmp_path / "ann", clock=clock.__next__)
    following.refresh()
    told = f"cannot be read in {file}, nor what is behind it: it was changed"
    assert following.condition.conflicts == (f"line 2 of {writer_of(file)} {told}",)
    assert following.load().problems == (BrokenLine(2, told, writer_of(file)),)
    assert file.exists()
    bo.refresh()
    assert bo.read() == (outcome("i1"),)
    following.close()


def test_a_database_that_was_restored_gets_back_what_its_writers_still_have(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL
) -> None:
    ann.append(intent("i1"))
    bo.append(outcome("i1"))
    ann.append(outcome("i2"))
    bo.refresh()
    before = bo.changes().position
    database.execute(
        "ALTER TABLE incident_console.lines DISABLE TRIGGER only_added",
        "DELETE FROM incident_console.lines WHERE position > 1",
        "ALTER TABLE incident_console.lines ENABLE TRIGGER only_added",
    )
    bo.refresh()
    assert bo.read() == (intent("i1"), outcome("i1"))
    assert bo.changes(before).is_anew
    assert bo.condition.conflicts == (LOST_LINES,)
    ann.refresh()
    bo.refresh()
    assert bo.read() == (intent("i1"), outcome("i1"), outcome("i2"))
    assert bo.load().problems == ()


@pytest.mark.parametrize("ahead", [-300.0, 0.0, 300.0])
def test_a_clock_that_differs_from_that_of_the_database_is_told(
    database: PostgreSQL, network: CutNetwork, tmp_path: Path, ahead: float
) -> None:
    journal = shared_journal(database.url, tmp_path / "ann", clock=lambda: time.time() + ahead)
    journal.refresh()
    assert journal.condition.clock_ahead == pytest.approx(ahead, abs=30.0)
    assert (journal.condition.clock_ahead == 0.0) is (ahead == 0.0)
    journal.close()


def test_a_database_that_died_is_told_and_comes_back(servers: Servers, tmp_path: Path) -> None:
    server = servers.postgresql()
    with CutNetwork(server.address) as network:
        journal = shared_journal(server.url.replace(server.address, network.address), tmp_path / "ann", seconds=2.0)
        journal.append(intent())
        lock = journal.lock("uid-1", HOLDER)
        server.kill()
        with pytest.raises(JournalUnavailable):
            lock.append(outcome())
        lock.close()
        with pytest.raises(JournalUnavailable):
            journal.refresh()
        assert journal.condition.down is not None
        server.start()
        network.lead_to(server.address)
        wait_until(lambda: is_back(journal), "the journal to be back")
        assert journal.load().events == (intent(), outcome())
        journal.close()
