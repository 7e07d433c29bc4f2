"""A console that dies between intent and outcome: the next one says `unknown` and can find out by reading."""

import asyncio
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from console.actions.kubernetes.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome
from console.engine.executor import ActionRefused
from console.journal.events import Intent
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder
from console.journal.intents import outcomes_of
from console.simulation.cluster.faults import Fault
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, executor_for, plan_for

ROOT = Path(__file__).parents[2]

COMMIT_AND_DIE = """
import asyncio, sys
from itertools import count
from pathlib import Path
from console.actions.kubernetes.scale import Scale
from console.actions.registry import OpenActions
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.engine.executor import Executor, RunReference
from console.engine.gate import ActionGate
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from console.settings.places import acting_places
from console.settings.settings import KubernetesSettings, Settings
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport

async def main(directory, pod):
    settings = KubernetesSettings(context="simulated", write=True)
    transport = Kr8sTransport(directory / "kubeconfig", "simulated", key_directory=directory)
    clock = lambda: 1_763_781_600.0
    executor = Executor(
        actions=OpenActions({"kubernetes.scale": Scale(transport, settings, clock)}, {}),
        gate=ActionGate(acting_places(Settings(kubernetes=settings)), live=True, directory=directory, environment={}),
        journal=FileJournal(directory), who=Who("ann", "bastion"), clock=clock,
        new_id=iter("abc").__next__,
    )
    finding = (await resolve_workloads(transport, {"fraud": Sought("ml", (pod,))}))["fraud"]
    view = ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=finding)
    plan = await executor.plan("kubernetes.scale", view, {"replicas": 6})
    await executor.commit(plan, plan.hash, RunReference("7f3", "scale", "scale-out", 3, None))

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


async def kill_a_console_that_waits_for_its_answer(world: World, directory: Path, arrived: asyncio.Event) -> None:
    """Let a console in another process send its request, and kill it without warning before the answer."""
    pod = world.cluster.pods("ml", "fraud")[0].name
    console = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMIT_AND_DIE, str(directory), pod), cwd=ROOT, stderr=subprocess.PIPE
    )
    sent, ended = asyncio.create_task(arrived.wait()), asyncio.create_task(console.communicate())
    await asyncio.wait({sent, ended}, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        sent.cancel()
        pytest.fail(ended.result()[1].decode())
    console.kill()
    await ended


async def test_what_a_killed_console_left_open_is_found_by_reading(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, delay_seconds=60))
    await kill_a_console_that_waits_for_its_answer(world, tmp_path, world.first_commit(monkeypatch))
    events = FileJournal(tmp_path).read()
    assert [type(event) for event in events] == [Intent]
    assert outcomes_of(events, ["a"])["a"] is Outcome.UNKNOWN

    world.cluster.forget_requests()
    next_console = executor_for(world, tmp_path)
    (intent,) = await next_console.unfinished()
    assert (intent.intent_id, intent.who.user, intent.reference.run_id) == ("a", "ann", "7f3")
    settled = await next_console.settle(intent)
    assert settled.outcome is Outcome.APPLIED
    assert settled.detail.startswith("replicas are 6 now")
    assert {request.method for request in world.cluster.requests} == {"GET"}
    assert await next_console.unfinished() == ()


async def left_open(world: World, state: Path, context: str = "simulated") -> Intent:
    """Write the intent of a console that died before it sent anything."""
    plan = await plan_for(executor_for(world, state), world)
    plan = msgspec.structs.replace(plan, target=msgspec.structs.replace(plan.target, context=context))
    intent = Intent(at=world.clock.now, who=ANN, intent_id="a", reference=REFERENCE, plan=plan, plan_hash=plan.hash)
    FileJournal(state).append(intent)
    return intent


async def test_an_intent_whose_request_never_left_is_known_once_it_cannot_arrive_any_more(
    world: World, tmp_path: Path
) -> None:
    open_intent = await left_open(world, tmp_path)
    executor = executor_for(world, tmp_path)
    world.clock.now += LAST_ARRIVAL_SECONDS - 1
    early = await executor.settle(open_intent)
    assert early.detail == "replicas are still 3: the request may arrive yet"
    assert (early.outcome, early.intent_id) == (Outcome.UNKNOWN, "a")
    world.clock.now += 1
    settled = await executor.settle(open_intent)
    assert (settled.outcome, settled.detail) == (Outcome.NOT_APPLIED, "replicas are still 3: it was not applied")
    assert world.mutations == []
    assert outcomes_of(FileJournal(tmp_path).read(), ["a"])["a"] is Outcome.NOT_APPLIED


async def test_a_cluster_that_cannot_be_read_leaves_the_intent_open(world: World, tmp_path: Path) -> None:
    open_intent = await left_open(world, tmp_path)
    world.clock.now += LAST_ARRIVAL_SECONDS
    world.cluster.faults.add(Fault(method="GET", status=503))
    executor = executor_for(world, tmp_path)
    assert (await executor.settle(open_intent)).outcome is Outcome.UNKNOWN
    assert FileJournal(tmp_path).read() == (open_intent,)
    assert await executor.unfinished() == (open_intent,)
    assert (await executor.settle(open_intent)).outcome is Outcome.NOT_APPLIED
    assert await executor.unfinished() == ()


async def test_an_intent_is_never_settled_by_another_cluster(world: World, tmp_path: Path) -> None:
    open_intent = await left_open(world, tmp_path, context="prod-eu")
    world.cluster.forget_requests()
    executor = executor_for(world, tmp_path)
    with pytest.raises(ActionRefused, match="it is for context prod-eu, which is not the configured one"):
        await executor.settle(open_intent)
    assert world.cluster.requests == ()
    assert await executor.unfinished() == (open_intent,)


async def test_a_commit_of_unknown_outcome_is_told_at_the_next_start(world: World, tmp_path: Path) -> None:
    executor = executor_for(world, tmp_path)
    plan = await plan_for(executor, world)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, cut="before"))
    assert (await executor.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.UNKNOWN
    next_console = executor_for(world, tmp_path)
    (open_intent,) = await next_console.unfinished()
    world.clock.now += LAST_ARRIVAL_SECONDS
    assert (await next_console.settle(open_intent)).outcome is Outcome.NOT_APPLIED


async def test_what_nobody_could_tell_for_a_week_is_not_asked_for_ever(world: World, tmp_path: Path) -> None:
    await left_open(world, tmp_path)
    world.clock.now += 7 * 86_400 + 1
    assert await executor_for(world, tmp_path).unfinished() == ()


async def test_of_two_consoles_that_settle_an_intent_one_records_it(world: World, tmp_path: Path) -> None:
    open_intent = await left_open(world, tmp_path)
    world.clock.now += LAST_ARRIVAL_SECONDS
    first = await executor_for(world, tmp_path).settle(open_intent)
    await world.scale_as_a_colleague(6)
    second = await executor_for(world, tmp_path).settle(open_intent)
    assert (second.outcome, second.detail, second.intent_id) == (first.outcome, first.detail, "a")
    assert len(FileJournal(tmp_path).read()) == 2
    assert world.cluster.requests == ()


async def test_an_intent_that_another_console_is_still_at_is_left_alone(world: World, tmp_path: Path) -> None:
    executor = executor_for(world, tmp_path)
    plan = await plan_for(executor, world)
    open_intent = Intent(at=1.0, who=ANN, intent_id="a", reference=REFERENCE, plan=plan, plan_hash=plan.hash)
    holder = Holder(ANN, world.clock.now, "7f3", "ml/fraud")
    with (
        FileJournal(tmp_path).lock(world.fraud.uid, holder),
        pytest.raises(ActionRefused, match=r"^ann@bastion is acting on ml/fraud since"),
    ):
        await executor.settle(open_intent)
    assert FileJournal(tmp_path).read() == ()
