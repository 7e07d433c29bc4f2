"""The weeks that baselines are made of: complete, in the order of the models, and the same however one came to them."""

import asyncio
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.series import Grid
from console.history.store import HistoryStore
from console.history.view import History
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from tests.history.canned import CannedClient

AT = 1.7e9
DAY = 86_400.0
STEP = 300.0


def number(metric: bytes, at: float) -> float:
    """Return a number that no other label set and no other instant has."""
    return at * 1000.0 + sum(metric)


def store_of(client: CannedClient, *, patience: float | None = None, points: int = 10_000_000) -> HistoryStore:
    told = Settings(baseline_points=points)
    return HistoryStore(cast(PrometheusClient, client), load_presets(), told, patience=patience)


@pytest.fixture
def client() -> CannedClient:
    client = CannedClient()
    client.metrics = [b'{"model":"a"}', b'{"model":"b"}']
    client.value = number
    return client


def is_same(one: History, other: History) -> bool:
    return one.weeks.keys() == other.weeks.keys() and all(
        week.grid == other.weeks[signal].grid
        and np.array_equal(week.values, other.weeks[signal].values, equal_nan=True)
        for signal, week in one.weeks.items()
    )


async def test_a_week_is_what_a_server_tells_for_each_model(client: CannedClient) -> None:
    history = (await store_of(client).load(AT)).history
    assert set(history.weeks) == {"traffic", "error_ratio", "latency_mean", "latency_p99"}
    assert [past.model.id for past in history.models] == ["a", "b"]
    for week in history.weeks.values():
        assert week.grid == Grid.until(AT, 7 * DAY, STEP)
        instants = week.grid.start + STEP * np.arange(week.grid.count)
        expected = [[number(metric, at) for at in instants] for metric in client.metrics]
        assert week.values.tolist() == expected
    assert history.baselines is None


async def test_the_newest_day_of_a_week_is_the_last_day_of_each_model(client: CannedClient) -> None:
    history = (await store_of(client).load(AT)).history
    for signal, week in history.weeks.items():
        for row, past in zip(week.values, history.models, strict=True):
            assert row[-past.coarse[signal].grid.count :].tolist() == past.coarse[signal].values.tolist()


async def test_nobody_can_write_to_a_week_and_a_refresh_leaves_it_as_it_was(client: CannedClient) -> None:
    store = store_of(client)
    week = (await store.load(AT)).history.weeks["traffic"]
    with pytest.raises(ValueError, match="read-only"):
        week.values[0, 0] = 1.0
    before = week.values.copy()
    client.value = lambda metric, at: -number(metric, at)
    for refresh in range(1, 40):
        await store.load(AT + STEP * refresh)
    assert np.array_equal(week.values, before)


async def test_between_two_points_the_same_matrix_is_given_out_and_a_tail_copies_none(client: CannedClient) -> None:
    store = store_of(client)
    first = (await store.load(AT)).history.weeks["traffic"]
    assert (await store.load(AT + 15.0)).history.weeks["traffic"].values is first.values
    second = (await store.load(AT + STEP)).history.weeks["traffic"]
    third = (await store.load(AT + 2 * STEP)).history.weeks["traffic"]
    assert np.shares_memory(second.values, third.values)


_lives = st.lists(st.tuples(st.integers(0, 9 * 24), st.integers(1, 9 * 24)), min_size=3, max_size=3)
"""Of three models when they come (hours after the first instant of all) and for how many hours they serve."""


@settings(max_examples=60)
@given(_lives, st.lists(st.integers(0, 30), min_size=1, max_size=3))
def test_a_tail_refresh_tells_what_a_cold_load_does_whoever_comes_and_goes(
    lives: list[tuple[int, int]], steps: list[int]
) -> None:
    client = CannedClient()
    client.names = {name: labels for name, labels in client.names.items() if name == "http_requests_total"}
    begin = AT - 8 * DAY
    client.metrics = [f'{{"model":"{name}"}}'.encode() for name in "abc"]
    spans = {
        metric: (begin + 3600.0 * first, begin + 3600.0 * (first + hours))
        for metric, (first, hours) in zip(client.metrics, lives, strict=True)
    }
    client.value = lambda metric, at: number(metric, at) if spans[metric][0] <= at < spans[metric][1] else None

    async def compare() -> None:
        warm, at = store_of(client), AT
        await warm.load(at)
        for count in steps:
            at += STEP * count
            history = (await warm.load(at)).history
            assert is_same(history, (await store_of(client).load(at)).history)

    asyncio.run(compare())
