"""Every engine is read as the same log: the mapping is one set of expressions, which each of them compiles."""

import json
import math
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow
import pytest

from console.settings.predictions import ColumnSettings, PredictionStore
from console.sources.predictions.inventory import check_rows, take_inventory
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.transport.sql import SqlStore
from tests.services.engines import Engine

NEW_YEAR = 1_767_225_600.0
"""2026-01-01T00:00:00Z"""
MOMENTS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=0.25 * number) for number in range(4)]
NAIVE = [moment.replace(tzinfo=None) for moment in MOMENTS]

Read = Callable[..., "AsyncIterator[tuple[SqlStore, PredictionLog]]"]


class Logs:
    """Opens logs in one engine, and closes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stores: list[SqlStore] = []

    async def open(self, table: dict[str, object], /, **settings: object) -> tuple[SqlStore, PredictionLog]:
        address = self._engine.keep(pyarrow.table(table))
        store = self._engine.open(address)
        self._stores.append(store)
        return store, await map_log(store, PredictionStore(address, **settings))  # type: ignore[arg-type]  # as named

    async def aclose(self) -> None:
        for store in self._stores:
            await store.aclose()


@pytest.fixture
async def logs(engine: Engine) -> AsyncIterator[Logs]:
    opened = Logs(engine)
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(
    "times",
    [
        pyarrow.array(MOMENTS, pyarrow.timestamp("us", "UTC")),
        pyarrow.array(NAIVE, pyarrow.timestamp("us")),
        pyarrow.array([round(moment.timestamp() * 1e3) for moment in MOMENTS], pyarrow.int64()),
        pyarrow.array([round(moment.timestamp() * 1e6) for moment in MOMENTS], pyarrow.int64()),
        pyarrow.array([round(moment.timestamp() * 1e9) for moment in MOMENTS], pyarrow.int64()),
        pyarrow.array([moment.timestamp() for moment in MOMENTS], pyarrow.float64()),
        pyarrow.array([moment.isoformat() for moment in MOMENTS]),
        pyarrow.array([moment.isoformat() + "Z" for moment in NAIVE]),
        pyarrow.array([(moment + timedelta(hours=2)).isoformat() + "+02:00" for moment in NAIVE]),
    ],
    ids=["zone", "naive", "ms", "us", "ns", "float", "text", "Z", "+02:00"],
)
async def test_times(logs: Logs, times: pyarrow.Array) -> None:
    store, log = await logs.open({"ts": times, "prediction": [0, 1, 0, 1]})
    rows = (await store.read(log.table)).sort_by("timestamp")
    assert rows["timestamp"].to_pylist() == NAIVE
    window = await store.read(log.between(NEW_YEAR + 0.25, NEW_YEAR + 0.75))
    assert sorted(window["timestamp"].to_pylist()) == NAIVE[1:3]


async def test_texts_that_are_no_times(logs: Logs) -> None:
    none = ["yesterday", "", None, "2026-02-30T00:00:00Z", "2026-19-39", "2026-01-01T25:00:00Z", "2026-01-01 soon"]
    texts = ["2026-01-01T00:00:00Z", *none]
    numbers = list(range(len(texts)))
    store, log = await logs.open({"ts": pyarrow.array(texts, pyarrow.string()), "prediction": numbers})
    rows = (await store.read(log.table)).sort_by("prediction")
    assert rows["timestamp"].to_pylist() == [NAIVE[0], *(None for _ in none)]
    assert (await check_rows(store, log, NEW_YEAR)).without_time == len(none)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-01T00:00:00Z", "2026-01-01 00:00:00.000000+00:00", "2026-01-01T01:00:00+01", "2026-01-01"),
        *("2026-01-01 00:00", "2025-12-31T19:00:00-0500", "2026-01-01T00:00:00.000000000", "2026-01-01 00:00:00 UTC"),
    ],
)
async def test_texts_that_are_times(logs: Logs, text: str) -> None:
    store, log = await logs.open({"ts": [text, "2024-02-29T00:00:00Z"], "prediction": [0, 1]})
    rows = (await store.read(log.table)).sort_by("prediction")
    assert rows["timestamp"].to_pylist() == [NAIVE[0], datetime(2024, 2, 29)]  # noqa: DTZ001  # the log's times are UTC


@pytest.mark.parametrize(
    "times",
    [
        pyarrow.array([NEW_YEAR, NEW_YEAR + 0.25, math.nan, math.inf, -math.inf, 1e300], pyarrow.float64()),
        pyarrow.array([1_767_225_600_000, 1_767_225_600_250, 2**63 - 1, -(2**63), 2**62, None], pyarrow.int64()),
    ],
    ids=["float", "integer"],
)
async def test_numbers_that_are_no_times_leave_the_others_alone(logs: Logs, times: pyarrow.Array) -> None:
    store, log = await logs.open({"ts": times, "prediction": [0, 1, 2, 3, 4, 5]})
    rows = (await store.read(log.table)).sort_by("prediction")
    assert rows["timestamp"].to_pylist() == [*NAIVE[:2], None, None, None, None]
    assert (await store.read(log.between(NEW_YEAR, NEW_YEAR + 1)))["prediction"].to_pylist() == [0, 1]
    assert (await check_rows(store, log, NEW_YEAR)).without_time == 4


async def test_a_label_that_is_nan_is_none(logs: Logs) -> None:
    nothing = pyarrow.array([1.0, 0.0, math.nan, None], pyarrow.float64())
    times = pyarrow.array(MOMENTS, pyarrow.timestamp("us", "UTC"))
    asked: dict[str, object] = {"ts": times, "prediction": [0, 1, 2, 3]}
    for name, expected in (("label", [1.0, 0.0, None, None]), ("thumbs_up", [True, False, None, None])):
        store, log = await logs.open(asked | {name: nothing})
        assert (await store.read(log.table)).sort_by("prediction")["label"].to_pylist() == expected


@pytest.mark.parametrize(
    "times",
    [
        pyarrow.array([moment + timedelta(hours=1) for moment in NAIVE], pyarrow.timestamp("us")),
        pyarrow.array([(moment + timedelta(hours=1)).isoformat() for moment in NAIVE]),
        pyarrow.array([moment.isoformat() + "Z" for moment in NAIVE]),
        pyarrow.array(MOMENTS, pyarrow.timestamp("us", "UTC")),
    ],
    ids=["naive", "text", "Z", "zone"],
)
async def test_times_of_a_zone(logs: Logs, times: pyarrow.Array) -> None:
    columns = ColumnSettings(time_zone="Europe/Berlin")
    store, log = await logs.open({"ts": times, "prediction": [0, 1, 0, 1]}, columns=columns)
    window = await store.read(log.between(NEW_YEAR, NEW_YEAR + 1))
    assert sorted(window["timestamp"].to_pylist()) == NAIVE


async def test_values(logs: Logs) -> None:
    store, log = await logs.open(
        {
            "timestamp": pyarrow.array(MOMENTS[:2], pyarrow.timestamp("us", "UTC")),
            "model": ["fraud", None],
            "version": pyarrow.array([3, None], pyarrow.int64()),
            "request_id": ["a", "b"],
            "amount": pyarrow.array([Decimal("1.50"), None], pyarrow.decimal128(10, 2)),
            "returning": [True, None],
            "born": [date(2000, 1, 1), None],
            "tags": [[1], None],
            "Quote \" it's": ["x", "y"],
            "prediction": [1, 0],
            "latency_ms": [250.0, None],
            "status_code": pyarrow.array([500, None], pyarrow.int64()),
            "feedback": ["👍", "thumbs_down"],
        },
        model="ads",
    )
    rows = (await store.read(log.table)).sort_by("timestamp").to_pylist()
    assert rows == [
        {
            "timestamp": NAIVE[0],
            "model": "fraud",
            "version": "3",
            "id": "a",
            "latency": 0.25,
            "error": True,
            "label": True,
            "prediction": 1,
            "feature.amount": 1.5,
            "feature.returning": "true",
            "feature.Quote \" it's": "x",
        },
        {
            "timestamp": NAIVE[1],
            "model": "ads",
            "version": "",
            "id": "b",
            "latency": None,
            "error": False,
            "label": False,
            "prediction": 0,
            "feature.amount": None,
            "feature.returning": None,
            "feature.Quote \" it's": "y",
        },
    ]
    assert set(log.skipped) == {"born", "tags"}


async def test_json(logs: Logs) -> None:
    requests = [
        json.dumps({"instances": [{"age": 30, "own": True, "a/b~c": "x", "home": {"country": "it's"}}]}),
        json.dumps({"instances": [{"age": 4.5, "own": None, "a/b~c": "ü", "home": {}}]}),
        "{broken",
        None,
    ]
    answers = [json.dumps({"predictions": [[0.25, 0.75]]}), json.dumps({"predictions": [[1, 0]]}), "", None]
    store, log = await logs.open(
        {
            "ts": pyarrow.array(MOMENTS, pyarrow.timestamp("us", "UTC")),
            "request": pyarrow.array(requests, pyarrow.string()),
            "response": pyarrow.array(answers, pyarrow.string()),
        }
    )
    rows = (await store.read(log.table)).sort_by("timestamp").drop_columns(["timestamp", "model", "version"])
    nothing = dict.fromkeys(rows.column_names)
    assert rows.to_pylist() == [
        {
            "score.0": 0.25,
            "score.1": 0.75,
            "feature.age": 30.0,
            "feature.own": "true",
            "feature.a/b~c": "x",
            "feature.home.country": "it's",
        },
        nothing | {"score.0": 1.0, "score.1": 0.0, "feature.age": 4.5, "feature.a/b~c": "ü"},
        nothing,
        nothing,
    ]


async def test_what_is_there(logs: Logs) -> None:
    store, log = await logs.open(
        {
            "ts": pyarrow.array(MOMENTS, pyarrow.timestamp("us", "UTC")),
            "model": ["b", "a", "a", "a"],
            "version": ["1", "1", "2", "2"],
            "id": ["x", "y", "y", "z"],
            "prediction": [1, 0, 1, 0],
            "label": [None, 0, 1, 1],
        }
    )
    inventory = await take_inventory(store, log, NEW_YEAR)
    assert [(each.model, each.version, each.rows, each.labelled) for each in inventory.served] == [
        ("a", "2", 2, 2),
        ("a", "1", 1, 1),
        ("b", "1", 1, 0),
    ]
    assert inventory.newest == NEW_YEAR + 0.75
    assert (await check_rows(store, log, NEW_YEAR)).repeated_ids == 1
