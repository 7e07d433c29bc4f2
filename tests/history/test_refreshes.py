"""What one refresh takes over from the last one as it is, and what it must not; the server is canned."""

from typing import cast

import pytest

from console.domain.signal import ERROR_RATIO, LATENCY_P95, TRAFFIC
from console.history.store import HistoryStore, Loaded
from console.history.view import ModelHistory
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTooHeavy
from console.sources.prometheus.preset import load_presets
from tests.history.canned import LABELS, CannedClient

AT = 1.7e9
DAY = 86_400.0
MODELS = [b'{"model":"a"}', b'{"model":"b"}']


@pytest.fixture
def client() -> CannedClient:
    client = CannedClient()
    client.metrics = MODELS
    return client


def store_of(client: CannedClient) -> HistoryStore:
    return HistoryStore(cast(PrometheusClient, client), load_presets(), Settings())


def facts(loaded: Loaded) -> list[tuple[object, ...]]:
    """Return of each model all but values."""
    return [
        (
            past.model,
            *(sorted(names) for names in (past.fine, past.coarse, past.expected, past.traffic_by_version)),
            *(past.replica_names, past.not_exported, past.errors, past.ends),
        )
        for past in loaded.history.models
    ]


def first(loaded: Loaded) -> ModelHistory:
    return loaded.history.models[0]


async def test_what_does_not_change_is_the_same_object_and_values_are_new(client: CannedClient) -> None:
    store = store_of(client)
    before = first(await store.load(AT))
    client.value = lambda metric, at: 2.0
    after = first(await store.load(AT + 15.0))
    assert after.coarse is before.coarse
    assert after.not_exported is before.not_exported
    assert (before.fine[TRAFFIC.name].last, after.fine[TRAFFIC.name].last) == (1.0, 2.0)
    assert (before.live_targets.last, after.live_targets.last) == (1.0, 2.0)
    assert (after.fine[TRAFFIC.name].grid.end, after.live_targets.grid.end) == (AT + 10.0, AT + 10.0)


async def test_an_error_is_told_while_it_lasts(client: CannedClient) -> None:
    store = store_of(client)
    errors = []
    for number, fails in enumerate((False, True, True, False)):
        client.fails = lambda expression, step, fails=fails: (  # type: ignore[misc]  # bound at once
            QueryTooHeavy("too many samples") if fails and "0.95" in expression else None
        )
        errors.append(first(await store.load(AT + 15.0 * number)).errors)
    assert errors == [{}, {LATENCY_P95.name: "too many samples"}, {LATENCY_P95.name: "too many samples"}, {}]


async def test_models_that_come_and_go_leave_nothing_behind(client: CannedClient) -> None:
    store = store_of(client)
    for number, metrics in enumerate(([MODELS[0]], MODELS, [*MODELS, b'{"model":"c"}'], MODELS)):
        client.metrics = metrics
        models = (await store.load(AT + 2 * DAY * number)).history.models
        assert [past.model.name.raw for past in models] == ["a", "b", "c"][: len(metrics)]
    at = AT + 6 * DAY + 15.0
    assert facts(await store.load(at)) == facts(await store_of(client).load(at))


async def test_the_past_day_and_its_expectation_move_on(client: CannedClient) -> None:
    store = store_of(client)
    before = first(await store.load(AT))
    client.value = lambda metric, at: 3.0
    await store.load(AT + 15.0)
    after = first(await store.load(AT + DAY))
    assert (before.expected[ERROR_RATIO.name], after.expected[ERROR_RATIO.name]) == (1.0, 3.0)


async def test_what_is_asked_is_composed_anew_only_when_other_series_are_exported(client: CannedClient) -> None:
    store = store_of(client)
    before = (await store.load(AT)).compositions
    assert (await store.load(AT + 90.0)).compositions is before
    client.names = dict.fromkeys(client.names, (*LABELS, "version"))
    after = (await store.load(AT + 180.0)).compositions
    assert [composition.preset for composition in after] == [composition.preset for composition in before]
    assert after != before
