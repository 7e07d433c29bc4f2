"""What is known of versions when a way back is planned: asked seldom, never waited for long, never raised."""

import asyncio
from collections.abc import Sequence

import msgspec

from console.domain.model import Model
from console.domain.objective import Objective
from console.domain.served import ServedPast
from console.engine.served_pasts import MOST_KNOWN, ServedPasts
from console.settings.settings import JudgementSettings, ModelRule, Settings
from console.transport.http import SourceError
from tests.actions.occasions import Clock
from tests.detect.served import hours_ago, served
from tests.engine.stage import SLOW

PROMISED = Objective(latency={"latency_p99": 0.5})
SETTINGS = Settings(
    models=(ModelRule("eta", PROMISED),), judgement=JudgementSettings(minimum_traffic=0.3, minimum_failed_requests=7.0)
)


class Source:
    """Tells of versions by script and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.answer: ServedPast | Exception = ServedPast(versions=(served("v17", hours_ago(20, 9)),), reach=7.0)
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, model: Model, latencies: Sequence[str]) -> ServedPast:
        self.asked.append((model.id, tuple(latencies)))
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def test_what_was_promised_and_when_it_counts_comes_with_what_was_measured() -> None:
    source = Source()
    past = await ServedPasts(source, SETTINGS, Clock()).of(SLOW)
    assert (past.objective, past.minimum_traffic, past.minimum_failed_requests) == (PROMISED, 0.3, 7.0)
    assert ([each.name for each in past.versions], past.reach, past.unknown) == (["v17"], 7.0, None)
    assert source.asked == [("eta", ("latency_p99",))]
    assert past.is_promised
    assert not (await ServedPasts(source, Settings(), Clock()).of(SLOW)).is_promised


async def test_it_is_asked_once_within_the_step_of_what_is_read() -> None:
    source, clock = Source(), Clock(900.0)
    pasts = ServedPasts(source, SETTINGS, clock)
    first = await pasts.of(SLOW)
    clock.now = 1199.0
    assert await pasts.of(SLOW) is first
    clock.now = 1200.0
    await pasts.of(SLOW)
    assert len(source.asked) == 2


async def test_two_who_ask_at_once_share_one_question() -> None:
    source = Source()
    pasts = ServedPasts(source, SETTINGS, Clock())
    one, other = await asyncio.gather(pasts.of(SLOW), pasts.of(SLOW))
    assert one is other
    assert len(source.asked) == 1


async def test_a_slow_server_is_not_waited_for_and_what_it_says_is_there_next_time() -> None:
    source = Source()
    source.gate.clear()
    pasts = ServedPasts(source, SETTINGS, Clock(), patience=0.01)
    assert (await pasts.of(SLOW)).unknown == "metrics gave no answer within 0.01 s"
    source.gate.set()
    assert (await pasts.of(SLOW)).unknown is None
    assert len(source.asked) == 1


async def test_a_failure_is_told_and_asked_again() -> None:
    source = Source()
    source.answer = SourceError("prometheus refuses connections")
    pasts = ServedPasts(source, SETTINGS, Clock())
    assert (await pasts.of(SLOW)).unknown == "prometheus refuses connections"
    source.answer = ServedPast()
    assert (await pasts.of(SLOW)).unknown is None


async def test_a_failure_that_nobody_foresaw_takes_no_way_back_away_and_tells_no_values() -> None:
    source = Source()
    source.answer = KeyError("token-8f41")
    past = await ServedPasts(source, SETTINGS, Clock()).of(SLOW)
    assert past.unknown is not None
    assert past.unknown.startswith("reading it failed: KeyError at test_served_pasts.py:")
    assert "token-8f41" not in past.unknown


async def test_who_gives_up_a_plan_does_not_end_what_another_waits_for() -> None:
    source = Source()
    source.gate.clear()
    pasts = ServedPasts(source, SETTINGS, Clock())
    given_up = asyncio.create_task(pasts.of(SLOW))
    waiting = asyncio.create_task(pasts.of(SLOW))
    await asyncio.sleep(0)
    given_up.cancel()
    source.gate.set()
    assert (await waiting).unknown is None


async def test_the_models_that_were_asked_about_longest_ago_are_forgotten() -> None:
    source = Source()
    pasts = ServedPasts(source, SETTINGS, Clock())
    for number in range(MOST_KNOWN + 1):
        await pasts.of(msgspec.structs.replace(SLOW, model=msgspec.structs.replace(SLOW.model, id=f"m{number}")))
    await pasts.of(msgspec.structs.replace(SLOW, model=msgspec.structs.replace(SLOW.model, id="m0")))
    assert [model for model, _ in source.asked].count("m0") == 2


async def test_closing_lets_go_of_what_is_still_read() -> None:
    source = Source()
    source.gate.clear()
    pasts = ServedPasts(source, SETTINGS, Clock(), patience=0.0)
    await pasts.of(SLOW)
    await pasts.aclose()
    assert source.asked
