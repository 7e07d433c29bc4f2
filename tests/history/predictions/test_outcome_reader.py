import itertools
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import ibis
import pyarrow
import pytest

from console.domain.bins import ColumnKind
from console.domain.quality import Task
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.outcomes import DAY, OutcomeReader, cutoff_of, pieces_of
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictedModelRule, PredictionStore, StoreAddress
from console.sources.predictions.log import LoggedColumn, PredictionLog
from console.sources.predictions.outcome_plan import OutcomePlan
from console.transport.errors import TimedOut
from console.transport.sql import SqlStore, open_store
from tests.sources.predictions.logs import START

LABEL_DELAY = 2 * HOUR
NOW = START + 10 * DAY + 3 * HOUR + 100.0
ROWS_PER_HOUR = 1200
PLANNING = 3
"""Questions that tell how outcomes are read: two of the models that were there, one for those that came since."""


class CountingStore:
    """A real store that counts what it is asked."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.shown = store.shown
        self.reads = 0
        self.too_slow = 0
        """Which question it does not answer in time."""

    async def read(self, expression: object, *, deadline: float | None = None) -> pyarrow.Table:
        self.reads += 1
        if self.reads == self.too_slow:
            raise TimedOut("it did not answer in time")
        return await self._store.read(expression, deadline=deadline)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[CountingStore]:
    path, rows = tmp_path / "log.parquet", int(11 * DAY / HOUR) * ROWS_PER_HOUR
    query = f"""COPY (
            SELECT make_timestamp(CAST(1e6 * (epoch(TIMESTAMP '2026-01-01') + i * 3) AS BIGINT)) AS timestamp,
                CASE WHEN i % 4 < 2 THEN 'eta' ELSE 'fraud' END AS model,
                CASE WHEN i < {rows // 2} THEN 'v1' ELSE 'v2' END AS version,
                CASE WHEN i % 2 = 0 THEN 1 ELSE 0 END AS prediction,
                CASE WHEN i % 10 = 0 THEN 0 WHEN i % 2 = 0 THEN 1 ELSE 0 END AS label,
                make_timestamp(CAST(1e6 * (epoch(TIMESTAMP '2026-01-01') + i * 3 + {LABEL_DELAY}) AS BIGINT))
                    AS label_time
            FROM range({rows}) t(i)
        ) TO '{path}'"""  # noqa: S608 # all of it is the test's own
    duckdb.connect().execute(query)
    opened = open_store(StoreAddress(url=f"duckdb://{path}"), environment=os.environ)
    yield CountingStore(opened)
    await opened.aclose()


async def reader(store: CountingStore, tmp_path: Path, *rules: PredictedModelRule) -> OutcomeReader:
    log = PredictionLog(
        await store._store.table(),
        features=(),
        prediction=LoggedColumn("prediction", "prediction", ColumnKind.NUMBER, "number"),
        has_label=True,
        has_label_time=True,
    )
    settings = PredictionStore(address=StoreAddress(url=store.shown), models=rules)
    cache = AnswerCache(tmp_path / "cache", tell=pytest.fail, clock=lambda: NOW)
    return OutcomeReader(store, log, settings, cache)  # type: ignore[arg-type] # it counts, else it is one


async def test_every_model_has_its_past_and_learns_how_late_its_labels_are(
    store: CountingStore, tmp_path: Path
) -> None:
    eta, fraud = await (await reader(store, tmp_path)).load(NOW)
    assert (eta.model.id, fraud.model.id) == ("eta", "fraud")
    assert fraud.plan.task is Task.BINARY
    assert fraud.plan.classes == ("0", "1")
    assert fraud.plan.horizon == 3 * HOUR
    assert fraud.versions == ("v1", "v2")
    assert any("95 % of the labels come within 3 h" in note for note in fraud.notes)
    labelled = fraud.cells.rows[fraud.cells.labelled].sum()
    assert labelled == pytest.approx((fraud.grid.count - 3) * ROWS_PER_HOUR / 2, rel=0.01)


async def test_settled_days_are_never_asked_for_again_and_others_only_at_a_new_step(
    store: CountingStore, tmp_path: Path
) -> None:
    rule = PredictedModelRule(horizon=3 * HOUR)
    first = await reader(store, tmp_path, rule)
    before = await first.load(NOW)
    reads = store.reads
    assert await first.load(NOW + 20.0)
    assert store.reads == reads
    plan = before[0].plan
    assert await first.load(cutoff_of(plan, NOW) + HOUR)
    assert store.reads == reads + 1 + 1
    again = await reader(store, tmp_path, rule)
    store.reads = 0
    after = await again.load(NOW)
    assert store.reads == PLANNING + 1
    for one, other in zip(before, after, strict=True):
        assert one.cells.rows.sum() == other.cells.rows.sum()
        assert one.cells.labelled.sum() == other.cells.labelled.sum()


async def test_missing_days_are_asked_for_together_and_kept_each(store: CountingStore, tmp_path: Path) -> None:
    rule = PredictedModelRule(horizon=3 * HOUR)
    first = await reader(store, tmp_path, rule)
    (before, _) = await first.load(NOW)
    assert store.reads == PLANNING + 1
    finals = sum(piece.is_final for piece in pieces_of(before.plan, NOW))
    kept = sorted((tmp_path / "cache").iterdir())
    assert len(kept) == finals
    # A file is named after a fingerprint: only what was asked tells which days lie between others.
    for path in sorted(kept, key=_asked)[::2]:
        path.unlink()
    store.reads = 0
    (after, _) = await (await reader(store, tmp_path, rule)).load(NOW)
    assert store.reads > PLANNING + 1
    assert sorted((tmp_path / "cache").iterdir()) == kept
    assert sorted(after.cells.rows.tolist()) == sorted(before.cells.rows.tolist())


def _asked(path: Path) -> bytes:
    asked: bytes = pyarrow.ipc.open_file(path).schema.metadata[b"asked"]
    return asked


async def test_fewer_days_are_asked_for_at_once_after_the_store_took_too_long(
    store: CountingStore, tmp_path: Path
) -> None:
    slow = await reader(store, tmp_path, PredictedModelRule(horizon=3 * HOUR))
    (before, _) = await slow.load(NOW)
    days = len(pieces_of(before.plan, NOW))
    again = await reader(store, tmp_path / "other", PredictedModelRule(horizon=3 * HOUR))
    store.reads, store.too_slow = 0, PLANNING + 1
    with pytest.raises(TimedOut):
        await again.load(NOW)
    store.reads, store.too_slow = 0, 0
    (after, _) = await again.load(NOW)
    assert store.reads == -(-days // (days // 2))
    assert after.cells.rows.sum() == before.cells.rows.sum()
    assert after.cells.labelled.sum() == before.cells.labelled.sum()


async def test_a_look_at_the_past_sees_only_the_labels_that_had_come(store: CountingStore, tmp_path: Path) -> None:
    rule = PredictedModelRule(horizon=3 * HOUR)
    source = await reader(store, tmp_path, rule)
    await source.load(NOW)
    past = next(one for one in await source.load(NOW - DAY) if one.model.id == "fraud")
    newest = past.grid.count - 1
    by_hour = {int(hour): 0 for hour in past.cells.hour}
    for hour, labelled, rows in zip(past.cells.hour, past.cells.labelled, past.cells.rows, strict=True):
        by_hour[int(hour)] += int(rows) if labelled else 0
    assert by_hour.get(newest - 1, 0) == 0
    assert by_hour[newest - 4] == ROWS_PER_HOUR / 2


async def test_a_model_that_comes_new_is_read_alike_by_who_watched_and_who_looks_for_the_first_time(
    store: CountingStore, tmp_path: Path
) -> None:
    begins = NOW - HOUR
    table = await store._store.table()

    async def with_a_newer_one() -> ibis.Table:
        is_new = (table.timestamp >= datetime.fromtimestamp(begins, UTC).replace(tzinfo=None)) & (table.model == "eta")
        return table.mutate(model=ibis.ifelse(is_new, "new", table.model))

    store._store.table = with_a_newer_one  # type: ignore[method-assign,assignment]  # the rows of a day later
    watching = await reader(store, tmp_path)
    assert {past.model.id for past in await watching.load(begins - 600.0)} == {"eta", "fraud"}
    watched, cold = await watching.load(NOW), await (await reader(store, tmp_path / "other")).load(NOW)
    assert [past.model.id for past in watched] == ["eta", "fraud", "new"]
    assert [(past.model.id, past.plan, past.notes) for past in watched] == [
        (past.model.id, past.plan, past.notes) for past in cold
    ]
    assert [past.cells.rows.sum() for past in watched] == [past.cells.rows.sum() for past in cold]


def test_pieces_are_days_that_end_with_the_cutoff() -> None:
    plan = OutcomePlan(Task.BINARY, HOUR, 2 * HOUR)
    pieces = pieces_of(plan, NOW)
    assert all(one.end == other.start for one, other in itertools.pairwise(pieces))
    assert pieces[-1].end == cutoff_of(plan, NOW)
    assert [piece.is_final for piece in pieces] == [True] * (len(pieces) - 1) + [False]
    later = pieces_of(plan, NOW + HOUR)
    assert set(pieces[1:-1]) <= set(later)


async def test_a_damaged_answer_is_asked_for_anew(store: CountingStore, tmp_path: Path) -> None:
    told: list[str] = []
    await (await reader(store, tmp_path)).load(NOW)
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(b"ARROW1 but not really")
    again = await reader(store, tmp_path)
    again._cache = AnswerCache(tmp_path / "cache", tell=told.append, clock=lambda: NOW)
    assert len(await again.load(NOW)) == 2
    assert len(told) == 1
