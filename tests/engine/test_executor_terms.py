"""Under which terms a playbook may act, asked at the plan and again at the commit, under the lock."""

from pathlib import Path

import msgspec
import pytest

from console.domain.action import Outcome, Plan
from console.engine.executor import ActionRefused, Executor
from console.journal.events import Approved
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder
from console.journal.terms import Terms
from console.journal.who import Who
from console.playbooks.events import Committing, TakenOver
from console.playbooks.story import line_of
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, executor_for, view_of
from tests.engine.scaling import scale_out

BO = Who("bo", "laptop")
NEXT_RUN = msgspec.structs.replace(REFERENCE, run_id="8a1")
COOLDOWN = Terms(cooldown=600.0)


async def plan_under(executor: Executor, world: World, terms: Terms, replicas: int = 6) -> Plan:
    return await executor.plan("kubernetes.scale", view_of(world), {"replicas": replicas}, NEXT_RUN, terms)


def approve(state: Path, world: World, who: Who, plan: Plan) -> None:
    FileJournal(state).append(
        Approved(at=world.clock.now, who=who, run_id=NEXT_RUN.run_id, step_id="scale", plan_hash=plan.hash)
    )


async def test_a_plan_within_the_cooldown_of_a_colleague_is_refused_until_it_is_over(
    world: World, tmp_path: Path
) -> None:
    ann = executor_for(world, tmp_path)
    plan = await ann.plan("kubernetes.scale", view_of(world), {"replicas": 6}, REFERENCE, COOLDOWN)
    await ann.commit(plan, plan.hash, REFERENCE, COOLDOWN)
    bo = executor_for(world, tmp_path, who=BO)
    (refusal,) = (await plan_under(bo, world, COOLDOWN, 8)).refusals
    assert refusal.startswith("scale-out leaves ml/fraud alone until ")
    assert "ann@bastion" in refusal
    world.clock.now += 600
    assert (await plan_under(bo, world, COOLDOWN, 8)).refusals == ()


async def test_a_cooldown_that_began_after_the_plan_stops_the_commit(world: World, tmp_path: Path) -> None:
    bo = executor_for(world, tmp_path, who=BO)
    plan = await plan_under(bo, world, COOLDOWN)
    ann = executor_for(world, tmp_path)
    other = await ann.plan("kubernetes.scale", view_of(world), {"replicas": 5}, REFERENCE, COOLDOWN)
    await ann.commit(other, other.hash, REFERENCE, COOLDOWN)
    world.cluster.forget_requests()
    with pytest.raises(ActionRefused, match=r"^scale-out leaves ml/fraud alone until "):
        await bo.commit(plan, plan.hash, NEXT_RUN, COOLDOWN)
    assert world.mutations == []


async def test_an_undo_never_waits(world: World, tmp_path: Path) -> None:
    terms = Terms(cooldown=600.0, most_actions=1, within=3600.0, approvals=1, sender_counts=False)
    bo = executor_for(world, tmp_path, who=BO)
    plan = await plan_under(bo, world, terms)
    approve(tmp_path, world, ANN, plan)
    await bo.commit(plan, plan.hash, NEXT_RUN, terms)
    undo = await bo.plan_undo(plan)
    assert undo.refusals == ()
    await bo.commit(undo, undo.hash, NEXT_RUN, terms)
    assert len(world.mutations) == 2


async def test_a_plan_is_sent_once_a_second_person_agreed(world: World, tmp_path: Path) -> None:
    terms = Terms(approvals=1)
    bo = executor_for(world, tmp_path, who=BO)
    plan = await plan_under(bo, world, terms)
    assert plan.refusals == ()
    lacking = f"plan {plan.hash} needs 1 approval by another person, has none"
    assert lacking in plan.notes
    approve(tmp_path, world, BO, plan)
    with pytest.raises(ActionRefused, match=lacking):
        await bo.commit(plan, plan.hash, NEXT_RUN, terms)
    assert world.mutations == []
    approve(tmp_path, world, ANN, plan)
    await bo.commit(plan, plan.hash, NEXT_RUN, terms)
    assert len(world.mutations) == 1


def line(state: Path, world: World, who: Who, event: Committing | TakenOver) -> None:
    FileJournal(state).append(line_of(event, who, REFERENCE.run_id, scale_out()))


async def test_whoever_lost_a_run_after_they_confirmed_its_plan_sends_nothing(world: World, tmp_path: Path) -> None:
    ann, now = executor_for(world, tmp_path), world.clock.now
    plan = await ann.plan("kubernetes.scale", view_of(world), {"replicas": 6}, REFERENCE)
    line(tmp_path, world, ANN, Committing(at=now, step="scale", plan_hash=plan.hash))
    line(tmp_path, world, BO, TakenOver(at=now, by="bo"))
    world.cluster.forget_requests()
    with pytest.raises(ActionRefused, match=r"^bo@laptop took up this run meanwhile: nothing was sent$"):
        await ann.commit(plan, plan.hash, REFERENCE)
    line(tmp_path, world, ANN, TakenOver(at=now, by="ann"))
    with pytest.raises(ActionRefused, match=r"^ann@bastion took up this run meanwhile: nothing was sent$"):
        await ann.commit(plan, plan.hash, REFERENCE)
    assert world.mutations == []
    line(tmp_path, world, ANN, Committing(at=now, step="scale", plan_hash=plan.hash))
    assert (await ann.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.APPLIED


async def test_an_intent_that_is_being_written_cannot_be_missed(world: World, tmp_path: Path) -> None:
    ann, bo = executor_for(world, tmp_path), executor_for(world, tmp_path, who=BO)
    plan = await ann.plan("kubernetes.scale", view_of(world), {"replicas": 6}, REFERENCE)
    assert await bo.find_intent(plan, REFERENCE) is None
    holder = Holder(ANN, world.clock.now, REFERENCE.run_id, "ml/fraud")
    with FileJournal(tmp_path).lock(plan.target.uid, holder), pytest.raises(ActionRefused, match="ann@bastion"):
        await bo.find_intent(plan, REFERENCE)
    await ann.commit(plan, plan.hash, REFERENCE)
    found = await bo.find_intent(plan, REFERENCE)
    assert found is not None
    assert found.plan_hash == plan.hash
    line(tmp_path, world, ANN, Committing(at=world.clock.now, step="scale", plan_hash=plan.hash))
    assert await bo.find_intent(plan, REFERENCE) is None


async def test_an_intent_is_found_though_the_clock_was_set_back_before_it_was_written(
    world: World, tmp_path: Path
) -> None:
    ann, bo = executor_for(world, tmp_path), executor_for(world, tmp_path, who=BO)
    plan = await ann.plan("kubernetes.scale", view_of(world), {"replicas": 6}, REFERENCE)
    world.clock.now += 30
    line(tmp_path, world, ANN, Committing(at=world.clock.now, step="scale", plan_hash=plan.hash))
    world.clock.now -= 20
    await ann.commit(plan, plan.hash, REFERENCE)
    found = await bo.find_intent(plan, REFERENCE)
    assert found is not None
    assert found.plan_hash == plan.hash


async def test_a_plan_tells_who_holds_the_target_now(world: World, tmp_path: Path) -> None:
    with FileJournal(tmp_path).lock(world.fraud.uid, Holder(ANN, world.clock.now, "7f3", "ml/fraud")):
        plan = await plan_under(executor_for(world, tmp_path, who=BO), world, Terms())
    assert plan.notes[-1].startswith("ann@bastion is acting on ml/fraud since ")
    assert "is acting on" not in " ".join((await plan_under(executor_for(world, tmp_path), world, Terms())).notes)
