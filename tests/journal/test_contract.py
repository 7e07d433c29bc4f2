"""What every journal does, wherever it is kept."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.journal.events import Event, RunLine
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder, TargetBusy
from console.journal.journal import Journal
from console.journal.who import Who
from tests.journal.samples import ANN, intent, outcome
from tests.journal.team import NOW, Open, emptied, in_files, in_postgresql
from tests.services import Servers
from tests.services.postgresql import PostgreSQL

BO = Who("bo", "laptop")
ANN_HOLDS = Holder(ANN, since=1_763_781_662.0, run_id="7f3", target="ml/fraud")
BO_HOLDS = Holder(BO, since=2.0, run_id="8a1", target="ml/fraud")


@pytest.fixture(scope="module")
def server(session_servers: Servers) -> PostgreSQL:
    return session_servers.postgresql()


@pytest.fixture(params=["file", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    if request.param == "file":
        yield in_files(tmp_path)
    else:
        with ExitStack() as stack:
            yield in_postgresql(emptied(request.getfixturevalue("server")), tmp_path, stack)


def known(journal: Journal) -> tuple[Event, ...]:
    journal.refresh()
    return journal.read()


def test_a_journal_that_was_never_written_is_empty(opened: Open) -> None:
    journal = opened()
    assert known(journal) == ()
    assert journal.load().entries == ()
    assert journal.condition.down is None


def test_events_come_back_as_they_were_written_oldest_first(opened: Open) -> None:
    events: list[Event] = [
        intent(),
        outcome(),
        RunLine(at=NOW, who=ANN, run_id="7f3", name="answered", payload={"step": "demand", "value": None, "n": "\0é"}),
    ]
    journal = opened()
    for event in events:
        journal.append(event, durable=event is events[0])
    for reader in (journal, opened(BO)):
        assert known(reader) == tuple(events)
        assert reader.load().events == tuple(events)
        assert reader.load().problems == ()


def test_each_sees_what_the_other_wrote_and_nothing_twice(opened: Open) -> None:
    ann, bo = opened(ANN), opened(BO)
    seen = bo.changes().position
    ann.append(intent("i1"))
    bo.append(intent("i2"))
    ann.append(outcome("i1"))
    bo.refresh()
    changes = bo.changes(seen)
    assert sorted(map(repr, changes.events)) == sorted(map(repr, (intent("i1"), intent("i2"), outcome("i1"))))
    bo.refresh()
    assert bo.changes(changes.position).entries == ()
    ann.append(outcome("i2"))
    bo.refresh()
    later = bo.changes(changes.position)
    assert later.events == (outcome("i2"),)
    assert not later.is_anew


def test_threads_of_one_console_lose_and_mix_nothing(opened: Open) -> None:
    journal = opened()

    def write(name: str) -> None:
        for number in range(10):
            journal.append(outcome(f"{name}-{number}"), durable=False)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = opened(BO).load()
    assert contents.problems == ()
    assert len(contents.entries) == 30


def test_the_second_is_told_who_holds_a_target_since_when_and_for_what(opened: Open) -> None:
    ann, bo = opened(ANN), opened(BO)
    assert bo.holder("uid-1") is None
    told = r"^ann@bastion is acting on ml/fraud since \d\d:\d\d:\d\d UTC \(run 7f3\)$"
    with ann.lock("uid-1", ANN_HOLDS):
        assert bo.holder("uid-1") == ANN_HOLDS
        with pytest.raises(TargetBusy, match=told) as busy:
            bo.lock("uid-1", BO_HOLDS)
    assert busy.value.holder == ANN_HOLDS
    assert bo.holder("uid-1") is None


def test_other_targets_are_free_and_a_lock_is_free_again_after_close(opened: Open) -> None:
    ann, bo = opened(ANN), opened(BO)
    first = ann.lock("uid-1", ANN_HOLDS)
    with bo.lock("uid-2", BO_HOLDS):
        first.close()
        first.close()
        with bo.lock("uid-1", BO_HOLDS), pytest.raises(TargetBusy, match=r"^bo@laptop"):
            ann.lock("uid-1", ANN_HOLDS)


def test_what_is_written_under_a_lock_is_seen_by_whoever_gets_it_next(opened: Open) -> None:
    ann, bo = opened(ANN), opened(BO)
    with ann.lock("uid-1", ANN_HOLDS) as lock:
        lock.append(intent())
    with bo.lock("uid-1", BO_HOLDS):
        assert known(bo) == (intent(),)


def test_a_lock_that_was_closed_takes_nothing(opened: Open) -> None:
    lock = opened().lock("uid-1", ANN_HOLDS)
    lock.close()
    with pytest.raises(OSError, match=r"\w"):
        lock.append(intent())


@pytest.mark.parametrize("uid", ["../../etc/passwd", "", "x" * 5000, "\n\x1b[2J", "'; DROP TABLE"])
def test_a_hostile_uid_is_a_uid(opened: Open, uid: str) -> None:
    ann, bo = opened(ANN), opened(BO)
    with ann.lock(uid, ANN_HOLDS):
        with pytest.raises(TargetBusy):
            bo.lock(uid, BO_HOLDS)
        bo.lock(uid + ".", BO_HOLDS).close()


def test_a_file_that_was_replaced_is_read_anew(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path)
    journal.append(intent())
    journal.append(outcome())
    position = (journal.read(), journal.changes().position)[1]
    journal.path.rename(tmp_path / "old.jsonl")
    journal.append(outcome("i9"))
    assert journal.read() == (outcome("i9"),)
    changes = journal.changes(position)
    assert (changes.events, changes.is_anew) == ((outcome("i9"),), True)
