"""What a store tells when single queries fail, presets disagree or labels come and go; the server is canned."""

import asyncio
from typing import cast

import msgspec
import pytest

from console.domain.series import Grid
from console.history.store import HistoryStore, Loaded
from console.settings.settings import Settings
from console.sources.prometheus.answers import InstantSample, Point
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTooHeavy
from console.sources.prometheus.preset import load_presets
from console.transport.http import TimedOut, Unreachable
from tests.history.canned import CannedClient
from tests.history.test_reader import held

AT = 1.7e9
VLLM = (
    "vllm:request_success_total",
    "vllm:time_to_first_token_seconds_bucket",
    "vllm:time_to_first_token_seconds_count",
)


@pytest.fixture
def client() -> CannedClient:
    return CannedClient()


def store_of(client: CannedClient, settings: Settings | None = None) -> HistoryStore:
    return HistoryStore(cast(PrometheusClient, client), load_presets(), settings or Settings())


@pytest.fixture
def store(client: CannedClient) -> HistoryStore:
    return store_of(client)


def numbers(loaded: Loaded) -> dict[str, int]:
    (model,) = loaded.history.models
    return {name: held(series) for name, series in model.fine.items()}


async def test_a_server_that_is_gone_leaves_no_query_behind(client: CannedClient, store: HistoryStore) -> None:
    before = numbers(await store.load(AT))
    client.fails = lambda expression, step: Unreachable("gone") if "0.99" in expression and step == 15.0 else None
    with pytest.raises(Unreachable):
        await store.load(AT + 15.0)
    assert client.running == 0
    client.fails = lambda expression, step: None
    await store.load(AT + 30.0)
    await asyncio.sleep(0)
    assert numbers(await store.load(AT + 45.0)) == before


async def test_a_step_as_long_as_the_days_keeps_hour_and_day_apart(client: CannedClient) -> None:
    store = store_of(client, Settings(step=300.0))
    for refresh in range(3):
        (model,) = (await store.load(AT + 300.0 * refresh)).history.models
        assert {held(series) for series in model.fine.values()} == {13}
        assert {held(series) for series in model.coarse.values()} == {289}


def refuse(client: CannedClient, *parts: str, step: float | None = None) -> None:
    """Let the queries fail that hold one of some texts (or endpoints of such a name), only those of a step if told."""
    client.fails = lambda expression, asked: (
        QueryTooHeavy("too many samples")
        if any(part in expression for part in parts) and step in (None, asked)
        else None
    )


async def test_burn_queries_that_fail_leave_the_error_ratio_unknown(client: CannedClient, store: HistoryStore) -> None:
    refuse(client, "increase(")
    history = (await store.load(AT)).history
    assert history.models[0].errors == {"error_ratio": "too many samples"}
    assert history.failed == "model-label did not tell error budget: too many samples"
    assert history.partial is None


async def test_a_long_window_fails_alone(client: CannedClient, store: HistoryStore) -> None:
    refuse(client, "[3d]")
    client.instant = lambda expression, at: [
        counted("asked 0", window, 100.0) for window in ("5m", "6h", "1d", "3d") if f"[{window}]" in expression
    ]
    history = (await store.load(AT)).history
    (model,) = history.models
    assert model.errors == {}
    assert [(burn.window, burn.error_ratio, burn.requests) for burn in model.burn_rates] == [
        (window, 0.0, 100.0) for window in (300.0, 21_600.0, 86_400.0)
    ]
    assert history.failed is not None


def counted(what: str, window: str, value: float, model: str = "a") -> InstantSample:
    metric = msgspec.json.encode({"model": model, "counted": what, "window": window})
    return InstantSample(msgspec.Raw(metric), Point(AT, value))


async def test_failures_are_divided_by_what_the_same_way_counted(client: CannedClient, store: HistoryStore) -> None:
    counts = [
        counted("failed 1", "5m", 9.0),
        counted("asked 1", "5m", 10.0),
        counted("failed 0", "5m", 1.0),
        counted("asked 0", "5m", 4.0),
        counted("asked 0", "30m", 0.0),
        counted("asked 1", "30m", 2.0),
    ]
    client.instant = lambda expression, at: counts if "[5m]" in expression else []
    (model,) = (await store.load(AT)).history.models
    assert [(burn.window, burn.error_ratio) for burn in model.burn_rates] == [(300.0, 0.25), (1800.0, 0.0)]


async def test_what_only_burn_windows_still_know_is_no_model(client: CannedClient, store: HistoryStore) -> None:
    client.instant = lambda expression, at: [counted("asked 0", "5m", 4.0, "taken away")]
    assert [model.model.id for model in (await store.load(AT)).history.models] == ["a"]


async def test_short_windows_are_read_each_minute_and_long_ones_each_ten(
    client: CannedClient, store: HistoryStore
) -> None:
    for refresh in range(40):
        await store.load(1.7e9 // 600 * 600 + 15.0 * refresh)
    short = [expression for expression, _ in client.asked if "[5m]" in expression and "increase(" in expression]
    long = [expression for expression, _ in client.asked if "increase(" in expression and "[5m]" not in expression]
    assert (len(short), len(long)) == (10, 3)


async def test_an_expectation_that_cannot_be_read_is_an_error_of_its_signal(
    client: CannedClient, store: HistoryStore
) -> None:
    refuse(client, "0.99", step=300.0)
    history = (await store.load(AT)).history
    assert history.models[0].errors == {"latency_p99": "too many samples"}
    assert history.failed == "model-label did not tell latency_p99 of the last day: too many samples"


async def test_a_preset_of_which_nothing_could_be_read_is_told(client: CannedClient, store: HistoryStore) -> None:
    client.names |= {"vllm:request_success_total": ("model_name", "instance", "job")}
    refuse(client, "vllm:")
    history = (await store.load(AT)).history
    assert history.failed == "vllm did not tell anything: too many samples"
    assert [model.model.id for model in history.models] == ["a"]


async def test_a_preset_that_fails_does_not_spoil_what_another_told(client: CannedClient, store: HistoryStore) -> None:
    client.names |= dict.fromkeys(VLLM, ("model_name", "instance", "job"))
    client.metrics = [b'{"model":"a","model_name":"a"}']
    refuse(client, "rate(http_requests_total")
    (model,) = (await store.load(AT)).history.models
    assert "traffic" not in model.errors
    assert "error_ratio" in model.errors


async def test_discovery_is_shared_and_not_repeated_for_what_a_person_looks_at(
    client: CannedClient, store: HistoryStore
) -> None:
    for refresh in range(4):
        model = (await store.load(AT + 15.0 * refresh)).history.models[0].model
        for shift in (0.0, 3600.0, 7 * 86_400.0):
            grid = Grid.until(AT + 15.0 * refresh - shift, 6 * 3600.0, 120.0)
            found, why_not = await store.read_model(model, grid)
            assert found["traffic"].grid == grid
            assert why_not is None
    assert [expression for expression, _ in client.asked].count("metric_names") == 2


async def test_a_discovery_that_fails_alone_leaves_the_last_one_in_use(
    client: CannedClient, store: HistoryStore
) -> None:
    before = numbers(await store.load(AT))
    refuse(client, "label_names")
    loaded = await store.load(AT + 75.0)
    assert numbers(loaded) == before
    assert loaded.history.partial == "what is exported was not told, the last known counts: too many samples"
    client.fails = lambda expression, step: None
    assert (await store.load(AT + 90.0)).history.partial is None


async def test_notes_on_odd_series_are_not_gaps_of_the_answer(client: CannedClient, store: HistoryStore) -> None:
    client.warnings = ('PromQL warning: bucket label "le" is missing',)
    assert (await store.load(AT)).history.partial is None
    client.warnings = ("fetch series of store-1: connection refused",)
    assert (await store.load(AT + 15.0)).history.partial == "fetch series of store-1: connection refused"


async def test_one_deployment_that_two_presets_see_is_one_model(client: CannedClient, store: HistoryStore) -> None:
    client.names |= dict.fromkeys(VLLM, ("model_name", "namespace", "instance", "job"))
    client.rows = lambda expression: (
        [b'{"model_name":"a","namespace":"ml"}'] if "vllm:" in expression else [b'{"model":"a"}']
    )
    (model,) = (await store.load(AT)).history.models
    assert (model.model.id, model.model.labels) == ("a", {"namespace": "ml"})
    assert {"time_to_first_token", "error_ratio"} <= set(model.fine)
    found, _ = await store.read_model(model.model, Grid.until(AT, 3600.0, 15.0))
    assert {"time_to_first_token", "error_ratio"} <= set(found)


async def test_a_preset_that_cannot_tell_namesakes_apart_is_not_asked_about_one(
    client: CannedClient, store: HistoryStore
) -> None:
    client.names |= dict.fromkeys(VLLM, ("model_name", "namespace", "instance", "job"))
    client.rows = lambda expression: (
        [b'{"model_name":"a","namespace":"ml"}', b'{"model_name":"a","namespace":"test"}']
        if "vllm:" in expression
        else [b'{"model":"a"}']
    )
    models = [past.model for past in (await store.load(AT)).history.models]
    assert [model.labels for model in models] == [{}, {"namespace": "ml"}, {"namespace": "test"}]
    found, _ = await store.read_model(models[1], Grid.until(AT, 3600.0, 15.0))
    assert "time_to_first_token" in found
    assert "error_ratio" not in found


async def test_a_server_that_lets_requests_hang_is_told_at_once(client: CannedClient, store: HistoryStore) -> None:
    client.fails = lambda expression, step: TimedOut("did not answer") if step else None
    with pytest.raises(TimedOut):
        await store.load(AT)
