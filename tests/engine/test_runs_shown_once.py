"""A plan that comes at once is published once; that a slow one is being made is told."""

import asyncio
from typing import Any

import pytest

from console.domain.action import Plan
from console.domain.command import Answer, GiveParameter
from tests.engine.stage import Stage

LONG, SHORT = 3600.0, 0.001


async def test_a_plan_that_comes_at_once_is_all_that_is_published() -> None:
    stage = Stage(seconds_for_a_plan=LONG)
    run = await stage.start()
    before = len(stage.published)
    await stage.send(Answer(run.id, "decide", "s"))
    await stage.until(lambda run: run.plan is not None)
    assert [run.is_planning for run in stage.published[before:]] == [False]


async def test_a_plan_that_takes_its_time_is_told_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(seconds_for_a_plan=SHORT)
    plan, may_plan = stage.executor.plan, asyncio.Event()

    async def slow(*arguments: Any, **named: Any) -> Plan:
        await may_plan.wait()
        return await plan(*arguments, **named)

    monkeypatch.setattr(stage.executor, "plan", slow)
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    assert not stage.run.is_planning
    assert (await stage.until(lambda run: run.is_planning)).progress == "being planned"
    may_plan.set()
    await stage.until(lambda run: run.plan is not None)


async def test_whatever_else_happens_while_a_plan_is_made_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(seconds_for_a_plan=LONG)
    monkeypatch.setattr(stage.executor, "plan", lambda *_, **__: asyncio.Event().wait())
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    run = await stage.send(GiveParameter(run.id, "replicas", "7"))
    assert run.is_planning
    assert run.message == "the plan has been made with another value; cancel it first"
    await stage.keeper.close()
