"""For which runs, and how often, what their plans will need is read while a person decides."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest

from console.domain.command import Answer, CancelPlan, CommitPlan, EndRun, GiveParameter, StartRun
from console.domain.snapshot import ModelView
from tests.engine.stage import MODEL_ID, REFRESH, SLOW, Stage, model_view
from tests.engine.walk import shown_plan


class Reader:
    """Notes for what it was asked to read; each reading ends when it may."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, Mapping[str, object]], ...]] = []
        self.began = asyncio.Semaphore(0)
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.cancelled = 0

    async def read(self, view: ModelView, asked: Iterable[tuple[str, Mapping[str, object]]]) -> None:
        self.asked.append(tuple(asked))
        self.began.release()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    async def times(self, count: int) -> None:
        """Wait until it was asked so many times more."""
        async with asyncio.timeout(5):
            for _ in range(count):
                await self.began.acquire()


TO_8 = (("kubernetes.scale", {"replicas": 8}),)
TO_7 = (("kubernetes.scale", {"replicas": 7}),)


@pytest.fixture
async def reader() -> Reader:
    return Reader()


@pytest.fixture
async def stage(reader: Reader) -> Stage:
    return Stage(ahead=reader)


async def at_the_decision(stage: Stage) -> str:
    run = await stage.start()
    await stage.quiet()
    return run.id


async def test_a_run_that_comes_to_a_decision_has_its_plan_read_for_once(stage: Stage, reader: Reader) -> None:
    run_id = await at_the_decision(stage)
    assert reader.asked == [TO_8]
    await stage.send(Answer(run_id, "decide", "?"))
    await stage.quiet()
    assert reader.asked == [TO_8], "what changes nothing reads nothing"


async def test_it_is_read_again_with_each_refresh_while_it_stands_there(stage: Stage, reader: Reader) -> None:
    await at_the_decision(stage)
    await stage.pass_time(2 * REFRESH, SLOW)
    assert reader.asked == 3 * [TO_8]


async def test_it_is_read_once_more_before_it_counts_no_more(
    stage: Stage, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.engine.run_ahead.AGAIN_SECONDS", 0.01)
    await at_the_decision(stage)
    await reader.times(2)
    await asyncio.sleep(0.05)
    assert reader.asked == 2 * [TO_8], "until the next refresh"
    await stage.pass_time(REFRESH, SLOW)
    await reader.times(2)
    assert reader.asked == 4 * [TO_8]


async def test_it_is_not_read_once_more_for_a_run_that_went_on(
    stage: Stage, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.engine.run_ahead.AGAIN_SECONDS", 0.05)
    run_id = await at_the_decision(stage)
    await stage.send(Answer(run_id, "decide", "s"))
    await stage.until(lambda run: run.plan is not None)
    await asyncio.sleep(0.1)
    assert reader.asked == [TO_8]


async def test_another_value_is_read_for_at_once(stage: Stage, reader: Reader) -> None:
    run_id = await at_the_decision(stage)
    await stage.send(GiveParameter(run_id, "replicas", "7"))
    await stage.quiet()
    assert reader.asked == [TO_8, TO_7]


async def test_another_value_that_comes_while_one_is_read_for_is_read_for_after_it(
    stage: Stage, reader: Reader
) -> None:
    reader.may_end.clear()
    run_id = await at_the_decision(stage)
    await stage.send(GiveParameter(run_id, "replicas", "7"))
    await stage.pass_time(REFRESH, SLOW)
    assert reader.asked == [TO_8], "one reading at a time"
    reader.may_end.set()
    await stage.quiet()
    assert reader.asked == [TO_8, TO_7]


async def test_a_plan_in_hand_and_one_that_was_sent_read_nothing_ahead(stage: Stage, reader: Reader) -> None:
    run_id = await at_the_decision(stage)
    await stage.send(Answer(run_id, "decide", "s"))
    run = await stage.until(lambda run: run.plan is not None)
    await stage.pass_time(REFRESH, SLOW)
    await stage.send(CommitPlan(run_id, shown_plan(run).hash))
    await stage.until(lambda run: run.commitment is not None)
    await stage.pass_time(REFRESH, SLOW)
    assert reader.asked == [TO_8]


async def test_a_plan_that_was_dropped_can_be_asked_for_again(stage: Stage, reader: Reader) -> None:
    run_id = await at_the_decision(stage)
    await stage.send(Answer(run_id, "decide", "s"))
    await stage.until(lambda run: run.plan is not None)
    await stage.send(CancelPlan(run_id))
    await stage.pass_time(REFRESH, SLOW)
    assert reader.asked[-1] == TO_8
    assert len(reader.asked) > 1


async def test_a_guard_that_lets_nothing_pass_has_nothing_read(stage: Stage, reader: Reader) -> None:
    await stage.start(model_view(ready=1))
    await stage.quiet()
    assert reader.asked == []


async def test_what_is_read_for_a_run_that_ends_is_given_up(stage: Stage, reader: Reader) -> None:
    reader.may_end.clear()
    run_id = await at_the_decision(stage)
    await stage.send(EndRun(run_id))
    await stage.quiet()
    assert reader.cancelled == 1
    await stage.pass_time(REFRESH, SLOW)
    assert len(reader.asked) == 1


async def test_a_key_lets_what_is_being_read_end_by_itself(stage: Stage, reader: Reader) -> None:
    reader.may_end.clear()
    run_id = await at_the_decision(stage)
    await stage.send(Answer(run_id, "decide", "s"))
    await stage.until(lambda run: run.plan is not None)
    assert reader.cancelled == 0
    await stage.keeper.close()
    assert reader.cancelled == 1


async def test_nothing_is_read_ahead_of_the_past(stage: Stage, reader: Reader) -> None:
    await stage.snapshot(SLOW, live=False)
    await stage.send(StartRun(MODEL_ID, "scale-out"))
    await stage.quiet()
    assert reader.asked == []
