import asyncio
import json
import os
from pathlib import Path

import msgspec
import pytest

from console.actions.kubernetes.scale import Scale
from console.domain.action import Commitment, Outcome, Plan
from console.engine.executor import ActionRefused
from console.journal.events import Intent, OutcomeRecorded, Verification
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder
from console.journal.who import Who
from console.simulation.cluster.api import Api
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.messages import Answer, Request
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, executor_for, plan_for, refusal


async def test_a_commit_leaves_intent_and_outcome_in_the_journal(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    commitment = await executor.commit(plan, plan.hash, REFERENCE)
    assert commitment == Commitment(Outcome.APPLIED, "fraud is asked to run 6 replicas", world.clock.now, "ann-1")
    now = world.clock.now
    assert FileJournal(state).read() == (
        Intent(at=now, who=ANN, intent_id="ann-1", reference=REFERENCE, plan=plan, plan_hash=plan.hash),
        OutcomeRecorded(
            at=now,
            who=ANN,
            intent_id="ann-1",
            run_id="7f3",
            outcome=Outcome.APPLIED,
            detail="fraud is asked to run 6 replicas",
        ),
    )
    assert await executor.unfinished() == ()


async def test_the_intent_is_on_disk_when_the_request_arrives_and_the_outcome_is_not(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    happened: list[str] = []
    fsync, answer = os.fsync, Api.answer

    def watch_the_disk(file: int) -> None:
        fsync(file)
        if os.readlink(f"/proc/self/fd/{file}") == str(FileJournal(state).path):
            happened.append(f"on disk: {_kinds(state)}")

    def watch_the_server(api: Api, request: Request) -> Answer:
        happened.append(f"{request.method} arrived: {_kinds(state)}")
        return answer(api, request)

    monkeypatch.setattr(os, "fsync", watch_the_disk)
    monkeypatch.setattr(Api, "answer", watch_the_server)
    await executor.commit(plan, plan.hash, REFERENCE)
    assert happened == ["on disk: intent", "PATCH arrived: intent", "on disk: intent, outcome"]


def _kinds(state: Path) -> str:
    return ", ".join(json.loads(line)["kind"] for line in FileJournal(state).path.read_bytes().splitlines())


async def test_of_two_consoles_at_once_exactly_one_acts(world: World, state: Path) -> None:
    ann, bo = executor_for(world, state), executor_for(world, state, who=Who("bo", "bastion"))
    plan = await plan_for(ann, world)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, delay_seconds=0.3))
    results = await asyncio.gather(
        ann.commit(plan, plan.hash, REFERENCE), bo.commit(plan, plan.hash, REFERENCE), return_exceptions=True
    )
    (won,) = [result for result in results if isinstance(result, Commitment)]
    (lost,) = [result for result in results if isinstance(result, ActionRefused)]
    assert won.outcome is Outcome.APPLIED
    assert " is acting on ml/fraud since " in str(lost)
    assert len(world.mutations) == 1
    assert len([event for event in FileJournal(state).read() if isinstance(event, Intent)]) == 1


async def test_the_lock_is_free_after_a_commit_and_after_a_failed_one(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    for fault in (Fault(path="*/scale", dry_run=False, status=409), None):
        plan = await plan_for(executor, world)
        if fault is not None:
            world.cluster.faults.add(fault)
        await executor.commit(plan, plan.hash, REFERENCE)
        FileJournal(state).lock(world.fraud.uid, Holder(ANN, 0.0, "x", "x")).close()


async def test_nothing_is_sent_when_the_intent_cannot_be_written(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    FileJournal(state).path.mkdir()
    assert (await refusal(executor, plan)).startswith("the journal cannot be ")
    assert world.cluster.requests == ()


async def test_an_outcome_that_cannot_be_written_is_told_beside_what_was_done(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    append = FileJournal.append

    def full_after_the_intent(journal: FileJournal, event: Intent | OutcomeRecorded, durable: bool = True) -> None:
        if isinstance(event, OutcomeRecorded):
            raise OSError(28, "No space left on device")
        append(journal, event, durable)

    monkeypatch.setattr(FileJournal, "append", full_after_the_intent)
    commitment = await executor.commit(plan, plan.hash, REFERENCE)
    assert commitment.outcome is Outcome.APPLIED
    assert "not journalled: [Errno 28] No space left on device" in commitment.detail
    assert [intent.intent_id for intent in await executor.unfinished()] == ["ann-1"]


async def test_a_request_that_arrives_after_all_is_found_while_it_is_watched(
    world: World, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = Kr8sTransport(tmp_path / "kubeconfig", "simulated", key_directory=tmp_path)
    action = Scale(impatient, world.settings, world.clock, settle_seconds=0.0)
    executor = executor_for(world, state, action=action)
    plan = await plan_for(executor, world)
    impatient._deadline_seconds = 0.5  # not before: logging in and planning may take longer on a busy machine
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, arrives_after_seconds=1.0))
    arrived = world.first_commit(monkeypatch)
    commitment = await executor.commit(plan, plan.hash, REFERENCE)
    assert commitment.outcome is Outcome.UNKNOWN
    assert commitment.detail.startswith("replicas are still 3: the request may arrive yet")
    progress = await executor.observe(plan)
    assert (progress.done, progress.failed) == (None, None)
    assert progress.text.startswith("replicas are 3 now, not 6")

    await arrived.wait()
    await executor.observe(plan)
    await executor.observe(plan)
    outcomes = [event.outcome for event in FileJournal(state).read() if isinstance(event, OutcomeRecorded)]
    assert outcomes == [Outcome.UNKNOWN, Outcome.APPLIED]
    assert len(world.mutations) == 1
    await impatient.close()


class BrokenScale(Scale):
    """A provider with a bug."""

    async def commit(self, plan: Plan) -> Commitment:
        raise ZeroDivisionError


async def test_a_console_that_breaks_while_sending_says_unknown(world: World, state: Path) -> None:
    executor = executor_for(world, state, action=BrokenScale(world.transport, world.settings, world.clock))
    plan = await plan_for(executor, world)
    with pytest.raises(ZeroDivisionError):
        await executor.commit(plan, plan.hash, REFERENCE)
    last = FileJournal(state).read()[-1]
    assert isinstance(last, OutcomeRecorded)
    assert (last.outcome, last.detail) == (
        Outcome.UNKNOWN,
        "the console failed while sending: ZeroDivisionError",
    )


async def test_a_caller_that_leaves_does_not_cut_the_request(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    world.cluster.faults.add(Fault(path="*/scale", dry_run=False, delay_seconds=0.2))
    arrived = world.first_commit(monkeypatch)
    caller = asyncio.create_task(executor.commit(plan, plan.hash, REFERENCE))
    await arrived.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await executor.close()
    last = FileJournal(state).read()[-1]
    assert isinstance(last, OutcomeRecorded)
    assert last.outcome is Outcome.APPLIED
    assert (await refusal(executor, plan)).startswith("the console is closing")


async def test_an_undo_is_linked_to_what_it_takes_back(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    await executor.commit(plan, plan.hash, REFERENCE)
    undo = await executor.plan_undo(plan)
    assert undo.refusals == ()
    assert undo.notes == ("0 s ago ann@bastion: Scale fraud from 3 to 6 replicas (applied)",)
    await executor.commit(undo, undo.hash, REFERENCE)
    intents = [event for event in FileJournal(state).read() if isinstance(event, Intent)]
    assert [(intent.intent_id, intent.undoes) for intent in intents] == [("ann-1", None), ("ann-2", "ann-1")]
    assert world.settled_replicas() == 3


async def test_the_same_plan_sent_twice_is_told_apart_by_its_intent(world: World, state: Path) -> None:
    """Ann scales 3 → 6 and back, Bo does 3 → 6 after her: all three plans and two hashes are alike."""
    ann, bo = executor_for(world, state), executor_for(world, state, who=Who("bo", "bastion"))
    plan = await plan_for(ann, world)
    first = await ann.commit(plan, plan.hash, REFERENCE)
    back = await ann.plan_undo(plan, first.intent_id)
    await ann.commit(back, back.hash, REFERENCE)
    again = await plan_for(bo, world)
    assert again.hash == plan.hash
    theirs = msgspec.structs.replace(REFERENCE, run_id="b0")
    second = await bo.commit(again, again.hash, theirs)
    assert (first.intent_id, second.intent_id) == ("ann-1", "bo-1")

    await ann.record(plan, Outcome.NOT_VERIFIED, "not better", REFERENCE, first.intent_id)
    await ann.record(plan, Outcome.NOT_VERIFIED, "not better", REFERENCE)
    verified = [event.intent_id for event in FileJournal(state).read() if isinstance(event, Verification)]
    assert verified == ["ann-1", "ann-1"]

    undo = await bo.plan_undo(again, second.intent_id)
    await bo.commit(undo, undo.hash, theirs)
    intents = [event for event in FileJournal(state).read() if isinstance(event, Intent)]
    assert [intent.undoes for intent in intents] == [None, "ann-1", None, "bo-1"]


async def test_what_colleagues_did_lately_is_told_before_the_key(world: World, state: Path) -> None:
    bo = executor_for(world, state, who=Who("bo", "bastion"))
    plan = await plan_for(bo, world)
    await bo.commit(plan, plan.hash, REFERENCE)
    await bo.record(plan, Outcome.WORSE, "errors 4 %", REFERENCE)
    world.clock.now += 130
    later = await plan_for(executor_for(world, state), world, replicas=9)
    assert later.notes[-1] == "2 min ago bo@bastion: Scale fraud from 3 to 6 replicas (worse)"
    world.clock.now += 3600
    assert (await plan_for(executor_for(world, state), world, replicas=9)).notes == ()


async def test_a_verification_is_recorded_with_its_intent(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    with pytest.raises(ActionRefused, match="was never committed"):
        await executor.record(plan, Outcome.VERIFIED, "", REFERENCE)
    await executor.commit(plan, plan.hash, REFERENCE)
    await executor.record(plan, Outcome.VERIFIED, "p99 0.3 s", REFERENCE)
    assert FileJournal(state).read()[-1] == Verification(
        at=world.clock.now,
        who=ANN,
        intent_id="ann-1",
        run_id="7f3",
        outcome=Outcome.VERIFIED,
        detail="p99 0.3 s",
    )


async def test_no_secret_reaches_the_journal(world: World, state: Path, tmp_path: Path) -> None:
    token = (tmp_path / "kubeconfig").read_text().split("token: ")[1].split()[0]
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    await executor.commit(plan, plan.hash, REFERENCE)
    assert token.encode() not in FileJournal(state).path.read_bytes()
