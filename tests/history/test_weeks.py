"""The weeks that baselines are made of: complete, in the order of the models, and the same however one came to them."""

import asyncio
import math
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.series import Grid
from console.history import week_rows
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
    assert (await store.load(AT + 15.0)).history.weeks["traffic"] is first
    second = (await store.load(AT + STEP)).history.weeks["traffic"]
    third = (await store.load(AT + 2 * STEP)).history.weeks["traffic"]
    assert np.shares_memory(second.values, third.values)


async def test_old_onsets_are_looked_for_in_the_week_and_nobody_is_asked(client: CannedClient) -> None:
    store = store_of(client)
    history = (await store.load(AT)).history
    client.asked.clear()
    further = await store.look_back(history, {"traffic": {"b"}, "latency_p99": {"b"}})
    assert further is not None
    of_a, of_b = further.models
    assert not of_a.older
    for signal, series in of_b.older.items():
        assert series.grid == history.weeks[signal].grid
        assert series.values.tolist() == history.weeks[signal].values[1].tolist()
    assert set(of_b.older) == {"traffic", "latency_p99"}
    assert await store.look_back(further, {"traffic": {"b"}}) is None
    assert not client.asked


async def test_models_of_two_presets_each_have_the_row_of_the_first_that_knows_them(client: CannedClient) -> None:
    vllm = "vllm:request_success_total"
    client.names[vllm] = ("__name__", "finished_reason", "instance", "job", "model_name")
    only_vllm, both = b'{"model_name":"0"}', b'{"model_name":"b"}'
    client.rows = lambda expression: [only_vllm, both] if vllm in expression else client.metrics
    history = (await store_of(client).load(AT)).history
    assert [past.model.id for past in history.models] == ["0", "a", "b"]
    for signal, week in history.weeks.items():
        for row, past in zip(week.values, history.models, strict=True):
            last_day = past.coarse[signal].values.tolist() if signal in past.coarse else [math.nan] * 289
            assert np.array_equal(row[-289:], last_day, equal_nan=True)
    first = history.weeks["traffic"]
    assert first.values[0, 0] == number(only_vllm, first.grid.start)


async def test_a_fleet_that_is_too_big_has_fewer_days_whatever_lies_on_a_disk(client: CannedClient) -> None:
    points = 2 * (4 * 288) + 3 * 2 * (3 * 288)  # of two models: the last day of four signals, three days of three
    history = (await store_of(client, points=points).load(AT)).history
    assert {signal: week.grid.count for signal, week in history.weeks.items()} == {
        "traffic": 1153,
        "error_ratio": 1153,
        "latency_mean": 1153,
        "latency_p99": 289,
    }
    assert history.baselines == "4 of 7 days, of latency_p99 1"


async def test_a_fleet_that_grows_over_the_cap_drops_a_day_as_a_cold_start_does(client: CannedClient) -> None:
    points = 2 * (4 * 288) + 3 * 2 * (3 * 288)
    store = store_of(client, points=points)
    await store.load(AT)
    client.metrics = [*client.metrics, b'{"model":"c"}']
    history = (await store.load(AT + STEP)).history
    assert {week.grid.count for week in history.weeks.values()} == {577, 289}
    cold = (await store_of(client, points=points).load(AT + STEP)).history
    assert {signal: week.grid for signal, week in history.weeks.items()} == {
        signal: week.grid for signal, week in cold.weeks.items()
    }
    assert (await store.load(AT + STEP + 15.0)).history.weeks["traffic"] is history.weeks["traffic"]


_lives = st.lists(st.tuples(st.integers(0, 9 * 24), st.integers(1, 9 * 24)), min_size=3, max_size=3)
"""Of three models when they come (hours after the first instant of all) and for how many hours they serve."""


@settings(max_examples=25)
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


async def test_label_sets_that_come_and_go_by_the_thousand_do_not_pile_up(
    client: CannedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week_rows, "MOST_OTHERS", 5)
    client.names = {"http_requests_total": client.names["http_requests_total"]}
    stays, begin = b'{"model":"stays"}', AT - 8 * DAY
    hours = {f'{{"model":"{hour:03}"}}'.encode(): begin + 3600.0 * hour for hour in range(9 * 24)}
    client.metrics = [stays, *hours]
    client.value = lambda metric, at: (
        number(metric, at) if metric is stays or hours[metric] <= at < hours[metric] + 3600.0 else None
    )
    store = store_of(client)
    histories = [(await store.load(AT + 3600.0 * hour)).history for hour in range(8)]
    for history in histories:
        values = history.weeks["traffic"].values
        assert len(values) == len(history.models)
        assert values.base is not None
        assert values.base.size < 2 * (len(history.models) + 5) * values.shape[1]
        assert [past.model.id for past in history.models][-1] == "stays"
        assert not np.isnan(values[-1]).any()
