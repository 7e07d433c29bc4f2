"""Logs that nobody would write on purpose, the whole way: mapped, measured, counted, judged and told in words."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow
import pytest

from console.domain.snapshot import ModelView, Snapshot
from console.engine.refresh import Refresher
from console.headless.summary.text import summary_text
from console.settings.predictions import LabelSettings, PredictedModelRule, PredictionStore
from console.settings.settings import Settings
from console.sources.predictions.inventory import RowCheck, check_rows
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.sources.predictions.reference import make_reference
from console.transport.sql import SqlStore
from tests.services.engines import Engine

HOUR = 3600.0
HOURS, PER_HOUR = 40, 60
START = 1_780_272_000.0
END = START + HOURS * HOUR
MODEL = 'it\'s "odd"; DROP TABLE predictions; --'
BROKEN = "'; DROP TABLE predictions; --"
"""The column that is null in the last hours."""
NAMES = ('a"b', "a.b", "$1", "%s", "{0}", "naïve 👍", "a\nb", "[bold]a", "Age", "age")
ROWS = HOURS * PER_HOUR


def spread(row: int) -> float:
    """Return a number from 0 to 1 that looks random and is the same each time."""
    return math.sin(row * 12.9898) * 43758.5453 % 1.0


def log_rows(names: tuple[str, ...] = NAMES) -> dict[str, object]:
    """Return the columns of a log in which the hours after the last but three are broken in one column."""
    moments = [datetime.fromtimestamp(START + row * HOUR / PER_HOUR, UTC) for row in range(ROWS)]
    is_broken = [row >= ROWS - 3 * PER_HOUR and row % 5 != 0 for row in range(ROWS)]
    return {
        "timestamp": pyarrow.array(moments, pyarrow.timestamp("us", "UTC")),
        "model": [MODEL] * ROWS,
        "version": ["v'1"] * ROWS,
        "request_id": [f"r{row // 2 if row < 20 else row}" for row in range(ROWS)],
        "prediction": [("no", "it's")[spread(row) > 0.8] for row in range(ROWS)],
        BROKEN: pyarrow.array(
            [None if bad else spread(row + 1) for row, bad in enumerate(is_broken)], pyarrow.float64()
        ),
        **{name: [spread(row + 7 * place) for row in range(ROWS)] for place, name in enumerate(names)},
        "nothing": pyarrow.array([None] * ROWS, pyarrow.float64()),
        "wild": [(math.nan, math.inf, -math.inf)[row % 3] if row % 7 == 0 else spread(row) for row in range(ROWS)],
        "only_nan": [math.nan] * ROWS,
        "price": pyarrow.array([Decimal(row % 100) / 4 for row in range(ROWS)], pyarrow.decimal128(10, 2)),
        "born": pyarrow.array([moment.replace(tzinfo=None) for moment in moments], pyarrow.timestamp("us")),
        "basket": pyarrow.array([[1, 2]] * ROWS, pyarrow.list_(pyarrow.int64())),
    }


def label_rows() -> dict[str, object]:
    """Return labels for most rows, two for some, and labels for ids that no row has."""
    known = [*range(20, ROWS - PER_HOUR), *range(20, 40)]
    ids = [*(f"r{row}" for row in known), "'; --", "x1", "x2"]
    seconds = [START + row * HOUR / PER_HOUR + HOUR for row in (*known, 0, 0, 0)]
    when = pyarrow.array([datetime.fromtimestamp(each, UTC) for each in seconds], pyarrow.timestamp("us", "UTC"))
    labels = ["it's" if number % 5 == 0 else "no" for number in range(len(ids))]
    return {"request_id": ids, "label": labels, "label_time": when}


class Taken:
    """A log in one engine, and what a whole refresh says of it."""

    def __init__(self, engine: Engine, rows: dict[str, object]) -> None:
        self._engine = engine
        labels = LabelSettings(engine.keep(pyarrow.table(label_rows())))
        rules = (PredictedModelRule(training={"accuracy": 0.5}),)
        self._store = PredictionStore(engine.keep(pyarrow.table(rows)), labels=labels, models=rules)

    async def snapshot(self) -> Snapshot:
        settings = Settings(predictions=(self._store,), cache=False)
        environment = {**self._engine.environment}
        async with Refresher(settings, environment=environment, clock=lambda: END) as refresher:
            return await refresher.take(None)

    async def mapped(self) -> tuple[PredictionLog, RowCheck]:
        store: SqlStore = self._engine.open(self._store.address)
        async with store:
            log = await map_log(store, self._store)
            return log, await check_rows(store, log, START)


def names_for(engine: Engine) -> tuple[str, ...]:
    """Return the names that an engine can tell apart: PostgreSQL cuts them, and to Spark `Age` is `age`."""
    if engine.name == "spark":
        return tuple(name for name in NAMES if name != "Age")
    return NAMES if engine.name == "postgres" else (*NAMES, "x" * 5000)


def only(snapshot: Snapshot) -> ModelView:
    (view,) = snapshot.models
    return view


async def test_hostile_names_values_ids_and_labels_harm_nothing_else(engine: Engine) -> None:
    taken = Taken(engine, log_rows(names_for(engine)))
    log, check = await taken.mapped()
    assert check == RowCheck(without_time=0, repeated_ids=10, unknown_ids=3)
    assert {name: log.skipped[name].partition(",")[0].partition(";")[0] for name in ("born", "basket")} == {
        "born": "a time",
        "basket": "a list",
    }
    snapshot = await taken.snapshot()
    assert [source.detail for source in snapshot.sources] == [None]
    view = only(snapshot)
    assert view.model.name.raw == MODEL
    assert [(anomaly.signal, anomaly.summary.partition(" null in ")[0]) for anomaly in view.anomalies] == [
        ("data_quality", f"`{BROKEN}`")
    ]
    assert view.readings["data_quality"].feature == BROKEN
    assert view.readings["model_quality"].value is not None
    text = summary_text(snapshot, details=True)
    assert f"`{BROKEN}` null in " in text
    assert "\x1b" not in text


@pytest.mark.parametrize("many", [600])
async def test_a_log_of_more_columns_than_are_watched_is_read_within_its_deadline(engine: Engine, many: int) -> None:
    rows = {
        name: values for name, values in log_rows(()).items() if name in ("timestamp", "model", "prediction", BROKEN)
    }
    short = {name: pyarrow.array(values)[-6 * PER_HOUR :: 10] for name, values in rows.items()}
    count = len(short["timestamp"])
    numbers = {f"f{place}": [spread(row + place) for row in range(count)] for place in range(many)}
    address = engine.keep(pyarrow.table(short | numbers))
    async with engine.open(address, timeout=30.0) as store:
        log = await map_log(store, PredictionStore(address))
        assert len(log.features) == 500
        (note,) = (note for note in log.notes if "may be features" in note)
        assert note.startswith(f"{many + 1:,} columns may be features and the first 500 are watched")
        reference = await make_reference(store, log, said="all rows", fingerprint="f", model=MODEL)
    assert (reference.rows, len(reference.bins)) == (count, 501)
    assert all(sum(bins.reference) == count for bins in reference.bins.values())


async def test_times_of_mixed_zones_are_one_time(engine: Engine) -> None:
    rows = log_rows(())
    zones = (timedelta(0), timedelta(hours=2), timedelta(hours=-9, minutes=-30))
    moments = pyarrow.array(rows["timestamp"]).to_pylist()
    texts = []
    for row, moment in enumerate(moments):
        shift = zones[row % 3]
        sign, size = ("-", -shift) if shift < timedelta(0) else ("+", shift)
        hours, minutes = divmod(int(size.total_seconds()) // 60, 60)
        texts.append(f"{(moment + shift).replace(tzinfo=None).isoformat()}{sign}{hours:02}:{minutes:02}")
    view = only(await Taken(engine, rows | {"timestamp": texts}).snapshot())
    assert [anomaly.signal for anomaly in view.anomalies] == ["data_quality"]
    assert END - 4 * HOUR <= view.anomalies[0].onset <= END - 2 * HOUR
