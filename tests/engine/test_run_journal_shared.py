"""Runs in the journal of a team: who follows them is told everywhere, and a cut network gives nobody's run away."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from console.engine.run_journal import RunJournal
from console.journal.holder import Holder
from console.journal.postgresql.server_lock import ServerLock
from console.journal.postgresql.shared_journal import SharedJournal
from console.journal.who import Who
from console.playbooks.events import Started
from console.playbooks.story import line_of
from tests.engine.scaling import scale_out
from tests.journal.cut_network import CutNetwork
from tests.journal.samples import ANN
from tests.journal.team import NOW, emptied, shared_journal
from tests.services import Servers
from tests.services.postgresql import PostgreSQL

BO = Who("bo", "laptop")


@pytest.fixture(scope="module")
def database(session_servers: Servers) -> PostgreSQL:
    return session_servers.postgresql()


@pytest.fixture
def ann(database: PostgreSQL, tmp_path: Path) -> Iterator[SharedJournal]:
    journal = shared_journal(emptied(database).url, tmp_path / "ann")
    yield journal
    journal.close()


@pytest.fixture
def bo(ann: SharedJournal, database: PostgreSQL, tmp_path: Path) -> Iterator[SharedJournal]:
    journal = shared_journal(database.url, tmp_path / "bo", BO)
    yield journal
    journal.close()


async def begun(journal: SharedJournal) -> RunJournal:
    """Begin a run and return the runs of its console, which follows it."""
    playbook = scale_out()
    started = Started(
        at=NOW, run_id="7f3", playbook_id=playbook.id, playbook_version=1, model_id="ads", model_name="ads", by="ann"
    )
    runs = RunJournal(journal, ANN, lambda: NOW)
    assert await runs.hold("7f3") is None
    journal.append(line_of(started, ANN, "7f3", playbook))
    return runs


async def followed_by(runs: RunJournal) -> str | None:
    (other,) = await runs.others(frozenset())
    assert other.story.state.started.run_id == "7f3"
    return other.followed_by.user if other.followed_by is not None else None


async def until(busy: Callable[[], Coroutine[None, None, str | None]]) -> None:
    """Wait until nobody is busy with the run any more."""
    for _ in range(500):
        if await busy() is None:
            return
        await asyncio.sleep(0.02)
    pytest.fail("somebody is busy with the run still")


async def test_a_run_is_seen_on_another_machine_with_the_next_look(ann: SharedJournal, bo: SharedJournal) -> None:
    of_ann, of_bo = await begun(ann), RunJournal(bo, BO, lambda: NOW)
    assert await followed_by(of_bo) == "ann"
    assert await of_bo.hold("7f3") == "ann@bastion follows this run"
    await of_ann.close()
    assert await followed_by(of_bo) is None


async def test_a_lock_whose_connection_was_cut_is_taken_again(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL
) -> None:
    of_ann, of_bo = await begun(ann), RunJournal(bo, BO, lambda: NOW)
    database.execute("SELECT pg_terminate_backend(pid) FROM incident_console.locks")
    await until(lambda: followed_by(of_bo))
    await of_ann.others(frozenset({"7f3"}))
    assert await followed_by(of_bo) == "ann"
    await of_ann.close()


async def test_a_lock_that_somebody_else_took_meanwhile_is_theirs(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL
) -> None:
    of_ann, of_bo = await begun(ann), RunJournal(bo, BO, lambda: NOW)
    database.execute("SELECT pg_terminate_backend(pid) FROM incident_console.locks")
    await until(lambda: of_bo.hold("7f3"))
    await of_ann.others(frozenset({"7f3"}))
    holder = ann.holder("run:7f3")
    assert holder is not None
    assert holder.who == BO
    await of_bo.close()
    await of_ann.close()


async def test_a_run_that_is_let_go_while_its_lock_is_taken_again_is_free(
    ann: SharedJournal, bo: SharedJournal, database: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_ann, of_bo = await begun(ann), RunJournal(bo, BO, lambda: NOW)
    database.execute("SELECT pg_terminate_backend(pid) FROM incident_console.locks")
    await until(lambda: followed_by(of_bo))
    lock = ann.lock

    def let_go_meanwhile(uid: str, holder: Holder) -> ServerLock:
        taken = lock(uid, holder)
        of_ann.let_go("7f3")
        return taken

    monkeypatch.setattr(ann, "lock", let_go_meanwhile)
    await of_ann.others(frozenset({"7f3"}))
    assert await followed_by(of_bo) is None


async def test_a_run_that_began_without_its_lock_gets_it_once_the_network_is_back(
    ann: SharedJournal, database: PostgreSQL, tmp_path: Path
) -> None:
    with CutNetwork(database.address) as network:
        address = database.url.replace(database.address, network.address)
        with closing(shared_journal(address, tmp_path / "bo", BO, seconds=2.0)) as journal:
            network.cut()
            runs, playbook = RunJournal(journal, BO, lambda: NOW), scale_out()
            assert (await runs.hold("8a1", is_followed=True) or "").startswith("the lock of this run cannot be taken")
            started = Started(
                at=NOW, run_id="8a1", playbook_id="scale-out", playbook_version=1, model_id="a", model_name="a", by="bo"
            )
            journal.append(line_of(started, BO, "8a1", playbook))
            network.mend()
            await until(lambda: lacking(runs, ann, "run:8a1"))
            await runs.close()
            assert ann.holder("run:8a1") is None
            await runs.others(frozenset({"8a1"}))
            assert ann.holder("run:8a1") is None


async def lacking(runs: RunJournal, journal: SharedJournal, uid: str) -> str | None:
    """Look into the journal; return None once another console sees the lock held."""
    await runs.others(frozenset({"8a1"}))
    return None if journal.holder(uid) is not None else "nobody holds it"
