"""What weeks become where days are refused, late, of another replica, or kept on a disk; the server is canned."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from console.history import weeks
from console.history.cache import DiskCache, Kept
from console.history.store import HistoryStore
from console.history.view import History
from console.history.weeks import STILL_READING
from console.settings.settings import Settings
from console.sources.prometheus.answers import RangeAnswer
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTimedOut, QueryTooHeavy
from console.sources.prometheus.preset import load_presets
from console.transport.http import SourceError, Unreachable
from tests.history.canned import CannedClient
from tests.history.test_weeks import AT, DAY, STEP, is_same, number

LAST_DAYS_BEGIN = AT // STEP * STEP - DAY
"""Where the last day of the first load begins."""
POINTS_OF_A_DAY = 292
"""A UTC day with the points that the next one tells, too."""


@pytest.fixture
def client() -> CannedClient:
    client = CannedClient()
    client.metrics = [b'{"model":"a"}', b'{"model":"b"}']
    client.value = number
    return client


def store_of(client: CannedClient, cache: Path | None = None, *, patience: float | None = None) -> HistoryStore:
    kept = Kept(DiskCache(cache, pytest.fail, time.time), "me") if cache is not None else None
    return HistoryStore(cast(PrometheusClient, client), load_presets(), Settings(), cache=kept, patience=patience)


async def load(store: HistoryStore, at: float = AT) -> History:
    return (await store.load(at)).history


def days_before(client: CannedClient, count: int, error: Callable[[], SourceError]) -> None:
    """Let questions fail that reach back by more than so many days."""
    client.fails = lambda expression, step: error() if step == STEP and client.since < AT - count * DAY else None


def hold_old_days(client: CannedClient) -> asyncio.Event:
    """Let questions for days before the last one wait until the event is set."""
    gate = asyncio.Event()
    original = client.query_range

    async def held(expression: str, start: float, end: float, step: float, **more: float | None) -> RangeAnswer:
        if start < LAST_DAYS_BEGIN and step == STEP:
            await gate.wait()
        return await original(expression, start, end, step, **more)

    client.query_range = held  # type: ignore[method-assign]
    return gate


def spans(history: History) -> set[float]:
    return {(week.grid.end - week.grid.start) / DAY for week in history.weeks.values()}


@pytest.mark.parametrize("error", [QueryTooHeavy("it would load too many samples"), QueryTimedOut("gave up")])
async def test_days_that_a_server_refuses_are_fewer_days_and_said(client: CannedClient, error: SourceError) -> None:
    days_before(client, 4, lambda: error)
    history = await load(store_of(client))
    assert all(3.0 <= span <= 4.0 for span in spans(history))
    assert not any(np.isnan(week.values).any() for week in history.weeks.values())
    assert history.too_heavy is not None
    assert f"baselines from 3 of 7 days: {error}" in history.too_heavy
    assert history.failed is None
    assert all(past.expected for past in history.models)


async def test_behind_a_day_that_is_refused_no_older_one_is_asked_for(client: CannedClient) -> None:
    days_before(client, 4, lambda: QueryTimedOut("gave up"))
    store = store_of(client)
    await load(store)
    days = [expression for expression, count in client.asked if count == POINTS_OF_A_DAY]
    assert {days.count(expression) for expression in days} <= {4, 5, 6, 7}
    client.asked.clear()
    for refresh in range(1, 4):
        await load(store, AT + STEP * refresh)
    assert POINTS_OF_A_DAY not in [count for _, count in client.asked], "nor is it asked for again at once"


async def test_a_signal_whose_last_day_cannot_be_read_keeps_its_week_and_costs_the_others_nothing(
    client: CannedClient,
) -> None:
    store = store_of(client)
    before = await load(store)
    client.fails = lambda expression, step: QueryTimedOut("no") if "0.99" in expression and step == STEP else None
    client.asked.clear()
    history = await load(store, AT + STEP)
    assert history.weeks["latency_p99"] is before.weeks["latency_p99"]
    assert history.weeks["traffic"].grid.end == before.weeks["traffic"].grid.end + STEP
    assert POINTS_OF_A_DAY not in [count for _, count in client.asked]
    client.fails = lambda expression, step: None
    assert is_same(await load(store, AT + 2 * STEP), await load(store_of(client), AT + 2 * STEP))


async def test_a_signal_whose_last_day_fails_counts_for_the_cap(client: CannedClient) -> None:
    client.fails = lambda expression, step: QueryTimedOut("no") if "0.99" in expression and step == STEP else None
    points = 2 * (4 * 288) + 3 * 2 * (3 * 288)
    told = Settings(baseline_points=points)
    history = await load(HistoryStore(cast(PrometheusClient, client), load_presets(), told))
    assert {signal: week.grid.count for signal, week in history.weeks.items()} == dict.fromkeys(
        ("traffic", "error_ratio", "latency_mean"), 1153
    )


async def test_days_that_were_refused_are_asked_for_again_later(
    client: CannedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weeks, "SECONDS_BETWEEN_TRIES", 0.0)
    store = store_of(client)
    days_before(client, 3, lambda: QueryTimedOut("gave up"))
    await load(store)
    client.fails = lambda expression, step: None
    history = await load(store, AT + STEP)
    assert spans(history) == {7.0}
    assert history.too_heavy is None
    assert is_same(history, await load(store_of(client), AT + STEP))


async def test_a_server_that_dies_between_days_leaves_what_it_told(client: CannedClient) -> None:
    answered = 0

    def dies(expression: str, step: float) -> SourceError | None:
        nonlocal answered
        answered += client.points == POINTS_OF_A_DAY
        return Unreachable("gone") if answered > 9 else None

    client.fails = dies
    history = await load(store_of(client))
    assert history.models
    assert history.too_heavy is not None
    assert history.too_heavy.endswith(": gone")
    assert client.running == 0
    assert answered < 9 + 5, "nothing more is asked of a server that is gone"
    assert min(spans(history)) == 1.0
    assert max(spans(history)) > 1.0


async def test_days_of_another_replica_are_not_joined(client: CannedClient) -> None:
    store = store_of(client)
    before = await load(store)
    client.generation, client.value = 1, lambda metric, at: -number(metric, at)
    history = await load(store, AT + STEP)
    assert all((week.values < 0.0).all() and week.grid.count == 2017 for week in history.weeks.values())
    assert all((week.values > 0.0).all() for week in before.weeks.values())


async def test_a_replica_that_comes_between_days_ends_them(client: CannedClient) -> None:
    def switch(expression: str, step: float) -> None:
        if client.points == POINTS_OF_A_DAY:
            client.generation_of_answers = 1

    client.fails = switch
    history = await load(store_of(client))
    assert spans(history) == {1.0}
    assert history.too_heavy is not None
    assert "another replica" in history.too_heavy


async def test_a_screen_does_not_wait_for_days_that_take_long(client: CannedClient) -> None:
    gate = hold_old_days(client)
    store = store_of(client, patience=0.01)
    first = await load(store)
    assert first.weeks == {}
    assert first.too_heavy == STILL_READING
    assert all(past.expected for past in first.models)
    gate.set()
    later = [await load(store, AT + STEP * refresh) for refresh in range(1, 9)]
    assert later[-1].too_heavy is None
    assert is_same(later[-1], await load(store_of(client), AT + STEP * 8))


async def test_who_closes_a_store_leaves_no_question_behind(client: CannedClient) -> None:
    hold_old_days(client)
    store = store_of(client, patience=0.01)
    await load(store)
    await store.aclose()
    assert len(asyncio.all_tasks()) == 1


async def test_a_second_start_asks_for_tails_only(client: CannedClient, tmp_path: Path) -> None:
    store = store_of(client, tmp_path)
    await load(store)
    await store.aclose()
    client.asked.clear()
    history = await load(store_of(client, tmp_path), AT + STEP)
    assert max(count for _, count in client.asked) < 30
    assert is_same(history, await load(store_of(client), AT + STEP))


async def test_days_on_disk_that_the_server_does_not_continue_are_read_anew(
    client: CannedClient, tmp_path: Path
) -> None:
    store = store_of(client, tmp_path)
    await load(store)
    await store.aclose()
    client.value = lambda metric, at: -number(metric, at)
    history = await load(store_of(client, tmp_path), AT + STEP)
    assert all((week.values < 0.0).all() and week.grid.count == 2017 for week in history.weeks.values())


async def test_a_day_of_which_a_part_is_missing_is_not_kept(client: CannedClient, tmp_path: Path) -> None:
    client.warnings = ("a store behind did not answer",)
    store = store_of(client, tmp_path)
    history = await load(store)
    assert history.too_heavy == "baselines: a store behind did not answer"
    await store.aclose()
    client.warnings = ()
    client.asked.clear()
    await load(store_of(client, tmp_path), AT + STEP)
    assert POINTS_OF_A_DAY in [count for _, count in client.asked]
