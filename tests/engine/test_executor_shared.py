"""A commit with a shared journal whose network is cut at each point: no lock, no request, and nothing is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.actions.kubernetes.scale import Scale
from console.actions.registry import OpenActions
from console.domain.action import Commitment, Outcome, Plan
from console.engine.executor import ActionRefused, Executor
from console.engine.gate import ActionGate
from console.journal.events import Intent, OutcomeRecorded, RunReference
from console.journal.intents import unfinished_intents
from console.journal.journal import HeldLock, JournalUnavailable
from console.journal.postgresql.server_lock import ServerLock
from console.journal.postgresql.shared_journal import SharedJournal
from console.journal.terms import Terms
from console.journal.who import Who
from console.settings.places import acting_places
from console.settings.settings import Settings
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, refusal, view_of
from tests.journal.cut_network import CutNetwork
from tests.journal.team import emptied, shared_journal
from tests.services import Servers
from tests.services.postgresql import PostgreSQL
from tests.services.waiting import wait_until

BO = Who("bo", "laptop")


@pytest.fixture(scope="module")
def database(session_servers: Servers) -> PostgreSQL:
    return session_servers.postgresql()


@pytest.fixture
def network(database: PostgreSQL) -> Iterator[CutNetwork]:
    with CutNetwork(emptied(database).address) as network:
        yield network


@pytest.fixture
def journal(database: PostgreSQL, network: CutNetwork, tmp_path: Path) -> Iterator[SharedJournal]:
    """Ann's journal, behind a network that can be cut."""
    journal = shared_journal(database.url.replace(database.address, network.address), tmp_path / "ann", seconds=2.0)
    yield journal
    journal.close()


@pytest.fixture
def of_bo(database: PostgreSQL, network: CutNetwork, tmp_path: Path) -> Iterator[SharedJournal]:
    journal = shared_journal(database.url, tmp_path / "bo", BO)
    yield journal
    journal.close()


class WhileSending(Scale):
    """The action, during whose request something happens."""

    def __init__(self, world: World, happens: Callable[[], None]) -> None:
        super().__init__(world.transport, world.settings, world.clock)
        self._happens = happens

    async def commit(self, plan: Plan) -> Commitment:
        self._happens()
        return await super().commit(plan)


def executor_of(
    world: World, journal: SharedJournal, state: Path, who: Who = ANN, action: Scale | None = None
) -> Executor:
    ids = iter(f"{who.user}-{number}" for number in range(99))
    return Executor(
        actions=OpenActions({"kubernetes.scale": action or world.action()}, {}),
        gate=ActionGate(acting_places(Settings(kubernetes=world.settings)), live=True, directory=state, environment={}),
        journal=journal,
        who=who,
        clock=world.clock,
        new_id=ids.__next__,
    )


async def plan_of(executor: Executor, world: World, replicas: int = 6, terms: Terms | None = None) -> Plan:
    given = {"replicas": replicas}
    plan = await executor.plan("kubernetes.scale", view_of(world), given, REFERENCE, terms or Terms())
    world.cluster.forget_requests()
    return plan


def back(journal: SharedJournal) -> bool:
    try:
        journal.refresh()
    except JournalUnavailable:
        return False
    return True


async def test_without_the_database_a_plan_is_shown_and_nothing_is_sent(
    world: World, journal: SharedJournal, network: CutNetwork, tmp_path: Path
) -> None:
    executor = executor_of(world, journal, tmp_path)
    good = await plan_of(executor, world)
    assert good.refusals == ()
    network.cut()
    assert (await refusal(executor, good)).startswith("the lock cannot be taken, nothing was sent: postgresql://")
    shown = await plan_of(executor, world)
    assert shown.refusals[0].startswith("nothing is sent while the shared journal cannot be asked: postgresql://")
    assert world.mutations == []


async def test_a_network_that_is_cut_after_the_lock_sends_nothing_and_leaves_nothing_open(
    world: World,
    journal: SharedJournal,
    of_bo: SharedJournal,
    network: CutNetwork,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executor = executor_of(world, journal, tmp_path)
    plan = await plan_of(executor, world)
    append = ServerLock.append

    def cut_before(lock: ServerLock, event: Intent) -> None:
        network.cut()
        append(lock, event)

    monkeypatch.setattr(ServerLock, "append", cut_before)
    assert (await refusal(executor, plan)).startswith("the journal cannot be written, nothing was sent: postgresql://")
    assert world.mutations == []
    network.mend()
    wait_until(lambda: back(journal), "the journal to be back")
    of_bo.refresh()
    events = of_bo.read()
    assert [type(event) for event in events] == [Intent, OutcomeRecorded]
    assert unfinished_intents(events) == ()


async def test_a_lock_that_is_lost_after_it_was_taken_sends_nothing(
    world: World,
    journal: SharedJournal,
    of_bo: SharedJournal,
    database: PostgreSQL,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executor = executor_of(world, journal, tmp_path)
    plan = await plan_of(executor, world)
    lock_of = SharedJournal.lock

    def lost(journal: SharedJournal, uid: str, holder: object) -> HeldLock:
        lock = lock_of(journal, uid, holder)  # type: ignore[arg-type]  # whatever the executor gave
        database.execute("SELECT pg_terminate_backend(pid) FROM incident_console.locks")
        return lock

    monkeypatch.setattr(SharedJournal, "lock", lost)
    with pytest.raises(ActionRefused, match="nothing was sent"):
        await executor.commit(plan, plan.hash, REFERENCE)
    assert world.mutations == []


async def test_the_outcome_of_what_was_sent_is_kept_here_and_brought_over(
    world: World, journal: SharedJournal, of_bo: SharedJournal, network: CutNetwork, tmp_path: Path
) -> None:
    executor = executor_of(world, journal, tmp_path, action=WhileSending(world, network.cut))
    plan = await plan_of(executor, world)
    commitment = await executor.commit(plan, plan.hash, REFERENCE)
    assert commitment.outcome is Outcome.APPLIED
    assert len(world.mutations) == 1
    of_bo.refresh()
    assert [intent.intent_id for intent in unfinished_intents(of_bo.read())] == ["ann-0"]
    network.mend()
    wait_until(lambda: back(journal), "the journal to be back")
    of_bo.refresh()
    assert unfinished_intents(of_bo.read()) == ()
    assert of_bo.load().problems == ()


async def test_a_colleague_elsewhere_waits_for_the_lock_and_then_for_the_cooldown(
    world: World, journal: SharedJournal, of_bo: SharedJournal, tmp_path: Path
) -> None:
    told: list[str] = []
    cooldown = Terms(cooldown=600.0)
    bo = executor_of(world, of_bo, tmp_path, BO)

    def bo_looks() -> None:
        holder = of_bo.holder(world.fraud.uid)
        told.append(holder.shown if holder is not None else "nobody")

    ann = executor_of(world, journal, tmp_path, action=WhileSending(world, bo_looks))
    of_ann, of_his = await plan_of(ann, world), await plan_of(bo, world, 5)
    await ann.commit(of_ann, of_ann.hash, REFERENCE, cooldown)
    assert told[0].startswith("ann@bastion is acting on ml/fraud since ")
    with pytest.raises(ActionRefused, match=r"^scale-out leaves ml/fraud alone until .* ann@bastion"):
        await bo.commit(of_his, of_his.hash, RunReference("8a1", "scale", "scale-out", 3, None), cooldown)
    assert len(world.mutations) == 1
