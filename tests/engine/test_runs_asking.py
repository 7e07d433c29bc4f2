"""Runs that ask for a value: what only a person can give, refused where it does not fit, planned as it was given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from console.domain.anomaly import Cause, CauseKind, Incident
from console.domain.command import Answer, CancelPlan, GiveParameter, StartRun
from console.domain.run import Asked
from console.domain.snapshot import ModelView
from console.playbooks.library import Library
from console.playbooks.parameter import ChoiceParameter, IntegerParameter, TextParameter
from console.playbooks.parameters import takes_of
from tests.engine.stage import MODEL_ID, SLOW, Stage
from tests.playbooks.examples import whole

REPLICAS = IntegerParameter("replicas to run", 1, 40)
ZONE = ChoiceParameter("zone", ("a", "b"))


@asynccontextmanager
async def at_the_action() -> AsyncIterator[Stage]:
    playbook = whole()
    scale = msgspec.structs.replace(playbook.step("scale"), say="in {{ params.zone }}")
    steps = tuple(scale if step.id == "scale" else step for step in playbook.steps)
    playbook = msgspec.structs.replace(playbook, steps=steps, params={"replicas": REPLICAS, "zone": ZONE})
    stage = Stage(Library((playbook,)))
    await stage.snapshot(SLOW)
    await stage.keeper.handle(StartRun(MODEL_ID, "whole"))
    await stage.send(Answer(stage.run.id, "pick", "s"))
    yield stage
    await stage.keeper.close()


async def test_a_value_is_asked_for_where_it_is_needed_and_planned_as_given() -> None:
    async with at_the_action() as stage:
        run = stage.run
        assert run.asked == (
            Asked("replicas", "replicas to run", "a whole number from 1 to 40", takes=takes_of(REPLICAS)),
            Asked("zone", "zone", "one of a, b", ("a", "b"), takes=takes_of(ZONE)),
        )
        assert run.plan is None
        refused = await stage.send(GiveParameter(run.id, "replicas", "50"))
        assert refused.message == "replicas to run: expected a whole number from 1 to 40; found '50'"
        assert stage.executor.committed == []
        await stage.send(GiveParameter(run.id, "replicas", " 6 "))
        planned = await stage.until(lambda run: run.plan is not None)
        assert planned.plan is not None
        assert planned.plan.changes[0].after == "6"
        assert [asked.name for asked in planned.asked] == ["zone"]
        held = await stage.send(CancelPlan(run.id))
        assert [(asked.name, asked.present) for asked in held.asked] == [("zone", ""), ("replicas", "6")]
        await stage.send(GiveParameter(run.id, "replicas", "7"))
        again = await stage.until(lambda run: run.plan is not None)
        assert again.plan is not None
        assert again.plan.changes[0].after == "7"


async def test_what_does_not_fit_is_refused_in_words() -> None:
    async with at_the_action() as stage:
        for name, text, told in (
            ("replicas", "six", "replicas to run: expected a whole number from 1 to 40; found the text 'six'"),
            ("zone", "c", "zone: expected one of a, b; found 'c'"),
            ("nothing", "c", "whole has no parameter nothing"),
        ):
            assert (await stage.send(GiveParameter(stage.run.id, name, text))).message == told
        taken = await stage.send(GiveParameter(stage.run.id, "zone", "b"))
        assert (taken.message, [asked.name for asked in taken.asked]) == (None, ["replicas"])


async def test_the_pod_that_a_cause_blames_is_proposed_and_counts_when_a_person_takes_it() -> None:
    playbook = whole()
    scale = msgspec.structs.replace(playbook.step("scale"), say="of {{ params.pod }}")
    steps = tuple(scale if step.id == "scale" else step for step in playbook.steps)
    pod = TextParameter("the bad pod", propose="bad_replica")
    playbook = msgspec.structs.replace(playbook, steps=steps, params={**playbook.params, "pod": pod})
    stage = Stage(Library((playbook,)))
    await stage.snapshot(blaming("eta-5f6d-x2x7k"))
    await stage.keeper.handle(StartRun(MODEL_ID, "whole"))
    asking = await stage.send(Answer(stage.run.id, "pick", "s"))
    assert [(asked.name, asked.proposed) for asked in asking.asked] == [("pod", "eta-5f6d-x2x7k")]
    taken = await stage.send(GiveParameter(stage.run.id, "pod", asking.asked[0].proposed))
    assert taken.asked == ()
    await stage.keeper.close()


def blaming(pod: str) -> ModelView:
    cause = Cause(CauseKind.BAD_REPLICA, 0.9, "one is slow", replicas=(pod,))
    slow = msgspec.structs.replace(SLOW.anomalies[0], causes=(cause,))
    return msgspec.structs.replace(SLOW, incident=Incident(MODEL_ID, slow.onset, (slow,)))
