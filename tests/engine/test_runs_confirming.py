import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from console.domain.action import Commitment, Plan, RiskTier
from console.domain.command import Answer, CancelPlan, Command, CommitPlan, EndRun
from console.domain.run import Run
from console.domain.snapshot import ModelView
from console.journal.events import RunReference
from console.journal.terms import NO_TERMS, Terms
from tests.engine.stage import SLOW, Stage
from tests.engine.walk import planned, shown_plan, states


async def confirmed_late(stage: Stage) -> asyncio.Event:
    """Confirm a plan that grew old; it is made anew once the event that is returned is set."""
    run = await planned(stage)
    may_plan, plan = asyncio.Event(), stage.executor.plan

    async def slow(
        action: str,
        view: ModelView,
        arguments: Mapping[str, object],
        reference: RunReference | None = None,
        terms: Terms = NO_TERMS,
        *,
        anew: bool = False,
    ) -> Plan:
        await may_plan.wait()
        return await plan(action, view, arguments, reference, terms, anew=anew)

    stage.executor.plan = slow  # type: ignore[method-assign]  # the same executor, slower from now on
    stage.now += 12
    await stage.snapshot(SLOW)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    return may_plan


async def test_a_plan_that_grew_old_is_made_anew_and_sent_when_it_is_the_same() -> None:
    stage = Stage()
    run = await planned(stage)
    stage.now += 12
    await stage.snapshot(SLOW)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.until(lambda run: run.commitment is not None)
    assert stage.executor.planned == [{"replicas": 8}, {"replicas": 8}]
    assert stage.executor.anew == [False, True]
    assert stage.executor.committed[0][0].made_at == 1012.0


async def test_a_plan_that_grew_old_and_differs_is_shown_again() -> None:
    stage = Stage()
    run = await planned(stage)
    old = shown_plan(run).hash
    stage.executor.replicas = 5
    stage.now += 12
    await stage.snapshot(SLOW)
    await stage.send(CommitPlan(run.id, old))
    run = await stage.until(lambda run: run.message is not None)
    assert run.message == "the plan has changed since it was shown"
    assert shown_plan(run).hash != old
    assert stage.executor.committed == []


async def test_cancelling_drops_the_plan_and_keeps_the_step() -> None:
    stage = Stage()
    run = await planned(stage)
    run = await stage.send(CancelPlan(run.id))
    assert run.plan is None
    assert [choice.key for choice in run.choices] == ["r", "x"]
    run = await stage.send(CancelPlan(run.id))
    assert run.message == "no plan waits for its key"
    run = await stage.send(Answer(run.id, "scale", "x"))
    assert run.active == "elsewhere"
    assert states(run)["scale"] == "skipped"
    assert run.message is None


@pytest.mark.parametrize("command", [CancelPlan("run1"), Answer("run1", "scale", "x"), EndRun("run1")])
async def test_nothing_is_sent_when_the_key_is_taken_back_while_the_plan_is_made_anew(command: Command) -> None:
    stage = Stage()
    may_plan = await confirmed_late(stage)
    assert stage.run.is_planning
    run = await stage.send(command)
    assert run.message is None
    assert not run.is_planning
    may_plan.set()
    await stage.quiet()
    await stage.pass_time(10, SLOW)
    assert stage.executor.committed == []


async def test_a_cancelled_action_is_planned_again_only_when_asked_for() -> None:
    stage = Stage()
    may_plan = await confirmed_late(stage)
    run = await stage.send(CancelPlan(stage.run.id))
    assert run.active_step is not None
    assert run.active_step.note == "cancelled"
    may_plan.set()
    await stage.send(Answer(run.id, "scale", "r"))
    run = await stage.until(lambda run: run.plan is not None)
    assert stage.executor.committed == []


async def test_cancelling_names_the_plan_that_was_seen() -> None:
    stage = Stage()
    run = await planned(stage)
    run = await stage.send(CancelPlan(run.id, "0" * 12))
    assert run.message == "the plan has changed since it was shown"
    assert run.plan is not None
    run = await stage.send(CancelPlan(run.id, shown_plan(run).hash))
    assert (run.plan, run.message) == (None, None)


@pytest.mark.parametrize(
    ("change", "is_sent"),
    [
        ({"notes": ("3 pods find no room",)}, False),
        ({"tier": RiskTier.HARD_TO_UNDO}, False),
        ({"dry_run": "accepted with a change"}, False),
        ({"refusals": ("the limit is 6",)}, False),
        ({"notes": ("1 h 5 min ago bob@bastion: Scale eta (verified)",)}, True),
    ],
)
async def test_a_plan_that_says_more_than_the_confirmed_one_is_shown_again(
    change: dict[str, object], is_sent: bool
) -> None:
    stage = Stage()
    stage.executor.changes_of_plan = {"notes": ("58 min ago bob@bastion: Scale eta (verified)",)}
    if "notes" not in change:
        stage.executor.changes_of_plan = {}
    run = await planned(stage)
    stage.executor.changes_of_plan = change
    stage.now += 12
    await stage.snapshot(SLOW)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    assert bool(stage.executor.committed) is is_sent
    if not is_sent:
        assert stage.run.message == "the plan has changed since it was shown"
        assert stage.run.plan is not None


@pytest.mark.parametrize(("seconds", "plans", "is_sent"), [(11.0, 2, True), (16.0, 2, False)])
async def test_slow_planning_ends_with_the_request_or_with_a_word(seconds: float, plans: int, is_sent: bool) -> None:
    stage = Stage()
    run = await planned(stage)
    stage.executor.plan_seconds = seconds
    stage.now += 12
    await stage.snapshot(SLOW)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    for _ in range(3):
        await stage.snapshot(SLOW)
        await stage.quiet()
    assert len(stage.executor.planned) == plans
    assert bool(stage.executor.committed) is is_sent
    if not is_sent:
        assert stage.run.message == "the plan took 16 s to make and is too old to be sent: the cluster is slow"
        assert stage.run.plan is not None


async def test_guards_need_evidence_that_is_not_older_than_what_was_seen() -> None:
    stage = Stage()
    run = await planned(stage)
    await stage.snapshot(SLOW, at=stage.now - 5)
    run = await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    assert run.message == "evidence that is older than what was seen"
    assert stage.executor.committed == []


def test_plans_differ_in_more_than_their_instants() -> None:
    from console.playbooks.same_plan import says_the_same
    from tests.playbooks.follower import plan

    shown = plan()
    later = msgspec.structs.replace(shown, made_at=9.0)
    assert says_the_same(shown, later)
    assert not says_the_same(shown, plan(9))
    assert not says_the_same(shown, msgspec.structs.replace(shown, undo=None))


async def test_that_a_plan_is_being_sent_is_published_once_its_request_leaves() -> None:
    stage = Stage()
    run = await planned(stage)
    await stage.quiet()
    sent_when_published: list[int] = []
    publish = stage.keeper._pursuit._publish

    def noted(run: Run) -> None:
        sent_when_published.append(len(stage.executor.committed))
        publish(run)

    stage.keeper._pursuit._publish = noted
    stage.executor.gate.clear()
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    told = await stage.until(lambda run: run.progress == "being sent")
    assert sent_when_published == [1]
    assert told.plan is None
    stage.executor.gate.set()
    await stage.until(lambda run: run.commitment is not None)


async def test_that_a_plan_is_being_sent_is_told_soon_also_where_its_request_cannot_leave_yet() -> None:
    stage = Stage()
    run = await planned(stage)
    may_lock, commit = asyncio.Event(), stage.executor.commit

    async def slow(*given: Any, **named: Any) -> Commitment:
        await may_lock.wait()
        return await commit(*given, **named)

    stage.executor.commit = slow  # type: ignore[method-assign]  # as if the journal were slow
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.until(lambda run: run.progress == "being sent")
    assert stage.executor.committed == []
    may_lock.set()
    await stage.until(lambda run: run.commitment is not None)
