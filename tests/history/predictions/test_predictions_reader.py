"""The past of a log: what is asked for once, what again, and what an instant sees."""

from collections.abc import AsyncIterator
from pathlib import Path

import ibis
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from console.detect.drift.judgement import judge_drift
from console.domain.moments import parse_instant
from console.domain.signal import State
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.reader import PredictionReader
from console.settings.predictions import PredictedModelRule, PredictionStore, ReferenceSettings, StoreAddress
from console.sources.predictions.mapping import map_log
from console.transport.sql import SqlStore, open_store

HOUR = 3600.0
NOON = parse_instant("2026-11-25T12:00:00Z", 0.0)
PER_HOUR = 50


def write(path: Path, start: float, hours: int, *, seed: int = 0, version: str = "v1", model: str = "fraud") -> None:
    random = np.random.default_rng(seed)
    count = hours * PER_HOUR
    seconds = start + np.sort(random.uniform(0, hours * HOUR, count))
    rows = pyarrow.table(
        {
            "timestamp": pyarrow.array((seconds * 1e6).astype(np.int64), pyarrow.timestamp("us")),
            "model": [model] * count,
            "version": [version] * count,
            "age": random.normal(40, 10, count),
            "plan": [("free", "paid")[int(paid)] for paid in random.random(count) < 0.2],
        }
    )
    pyarrow.parquet.write_table(rows, path)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    write(tmp_path / "a.parquet", NOON - 48 * HOUR, 48)
    async with open_store(
        StoreAddress(f"duckdb://{tmp_path}/*.parquet"), environment={}, timeout=60.0, most_rows=100_000
    ) as opened:
        yield opened


def settings(store: SqlStore, **more: object) -> PredictionStore:
    return PredictionStore(StoreAddress(store.shown), history=72 * HOUR, **more)  # type: ignore[arg-type]


async def reader_of(store: SqlStore, *, cache: AnswerCache | None = None, **more: object) -> PredictionReader:
    told = settings(store, **more)
    return PredictionReader(store, await map_log(store, told), told, cache=cache)


async def test_hours_hold_the_rows_before_the_instant(store: SqlStore) -> None:
    at = NOON - 1.5 * HOUR
    (past,) = await (await reader_of(store)).load(at)
    assert (past.model.id, past.at, past.versions) == ("fraud", at, ("v1",))
    assert (past.grid.start, past.grid.instant(-1), past.grid.count) == (NOON - 74 * HOUR, NOON - 2 * HOUR, 73)
    rows = pyarrow.parquet.read_table(store.shown.removeprefix("duckdb://").replace("*", "a"))
    seconds = rows["timestamp"].to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    expected = np.histogram(seconds[seconds < at], past.grid.start + HOUR * np.arange(past.grid.count + 1))[0]
    assert past.rows.tolist() == [expected.tolist()]
    assert past.known.all()
    assert past.newest_row == seconds[seconds < at].max()
    assert {name: counts.sum(axis=2).tolist() for name, counts in past.counts.items()} == {
        "age": past.rows.tolist(),
        "plan": past.rows.tolist(),
    }


async def test_without_configuration_the_first_part_of_a_young_log_is_the_reference(store: SqlStore) -> None:
    (past,) = await (await reader_of(store)).load(NOON)
    assert (past.reference.said, past.reference.rows) == ("the first 1 d of the log", past.rows[0, 24:48].sum())
    assert (past.counts["age"].sum(axis=(0, 1))[2:-1] > 0).all()


async def test_a_reference_may_be_a_window_or_the_first_days_of_a_version(store: SqlStore, tmp_path: Path) -> None:
    write(tmp_path / "b.parquet", NOON - 10 * HOUR, 10, version="v2")
    window = PredictedModelRule("fr*", ReferenceSettings(window=6 * HOUR, ends_before=20 * HOUR))
    (past,) = await (await reader_of(store, models=(window,))).load(NOON)
    assert past.reference.rows == past.rows[0, 72 - 26 : 72 - 20].sum()
    first_days = PredictedModelRule("*", ReferenceSettings(version_days=1))
    (past,) = await (await reader_of(store, models=(first_days,))).load(NOON)
    assert past.versions == ("v1", "v2")
    assert past.reference.said == "the first 2 h of version v2"


async def test_a_log_that_is_too_young_has_no_bins_but_rows(store: SqlStore) -> None:
    (past,) = await (await reader_of(store)).load(NOON - 47.5 * HOUR)
    assert (past.reference.said, past.counts) == ("nothing: the log is too young", {})
    assert past.rows.sum() > 0


async def test_rows_that_come_late_are_counted_and_those_that_come_too_late_are_not(
    store: SqlStore, tmp_path: Path
) -> None:
    reader = await reader_of(store, lateness=2 * HOUR)
    (before,) = await reader.load(NOON)
    write(tmp_path / "late.parquet", NOON - HOUR, 1)
    write(tmp_path / "too late.parquet", NOON - 9 * HOUR, 1)
    (after,) = await reader.load(NOON)
    changed = {index: count for index, count in enumerate((after.rows - before.rows)[0].tolist()) if count}
    assert changed == {71: PER_HOUR}


async def test_the_past_seen_from_an_earlier_instant_is_the_same_whenever_one_looks(store: SqlStore) -> None:
    earlier = NOON - 5.25 * HOUR
    rule = PredictedModelRule("*", ReferenceSettings(window=HOUR * 5, ends_before=30 * HOUR))
    warm = await reader_of(store, models=(rule,))
    await warm.load(NOON)
    (seen,) = await warm.load(earlier)
    (cold,) = await (await reader_of(store, models=(rule,))).load(earlier)
    assert seen.reference == cold.reference
    assert seen.rows.tolist() == cold.rows.tolist()
    for name in seen.counts:
        assert seen.counts[name].tolist() == cold.counts[name].tolist()
    assert seen.newest_row == cold.newest_row


async def test_hours_that_were_not_asked_for_yet_are_told(store: SqlStore) -> None:
    reader = await reader_of(store)
    (past,) = await reader.load(NOON, patience=0.0)
    assert past.known[-2:].all()
    assert not past.known[25:70].any()
    (past,) = await reader.load(NOON)
    assert past.known.all()
    assert past.rows.sum() == 48 * PER_HOUR


async def test_references_that_are_not_made_in_time_are_left_to_the_next_load(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.history.predictions.reader.REFERENCES_AT_ONCE", 1)
    for model in ("eta", "ranker"):
        write(tmp_path / f"{model}.parquet", NOON - 48 * HOUR, 48, model=model)
    reader = await reader_of(store)
    for made in (1, 2, 3):
        pasts = await reader.load(NOON, patience=0.0)
        assert [past.model.id for past in pasts] == ["eta", "fraud", "ranker"]
        assert [past.reference.said for past in pasts] == (
            ["the first 1 d of the log"] * made + ["nothing: it is being made"] * (3 - made)
        )
        assert all(past.rows.sum() > 0 for past in pasts)
    for past in await reader.load(NOON):
        assert past.known.all()
        assert past.rows.sum() == 48 * PER_HOUR


async def test_a_model_without_a_reference_has_readings_that_say_so(store: SqlStore) -> None:
    (young,) = await (await reader_of(store)).load(NOON - 47.5 * HOUR)
    empty_window = PredictedModelRule("*", ReferenceSettings(window=HOUR, ends_before=60 * HOUR))
    (empty,) = await (await reader_of(store, models=(empty_window,))).load(NOON)
    for past, why in ((young, "nothing: the log is too young"), (empty, "holds no rows of fraud")):
        readings = judge_drift(past).readings
        assert list(readings) == ["feature_drift", "prediction_drift", "data_quality"]
        for reading in readings.values():
            assert (reading.state, reading.value) == (State.NOT_ENOUGH_DATA, None)
            assert why in str(reading.detail)


class Asking:
    """Counts what is asked of a store."""

    def __init__(self, store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.questions = 0
        self._read = store.read
        monkeypatch.setattr(store, "read", self)

    async def __call__(self, expression: ibis.Expr, *, deadline: float | None = None) -> pyarrow.Table:
        self.questions += 1
        return await self._read(expression, deadline=deadline)


async def test_what_can_change_no_more_is_asked_once_and_kept_for_the_next_start(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    cache = AnswerCache(tmp_path / "cache", told.append, lambda: NOON)
    asking = Asking(store, monkeypatch)
    reader = await reader_of(store, cache=cache)
    (first,) = await reader.load(NOON)
    to_start = asking.questions
    await reader.load(NOON + 60)
    again = asking.questions - to_start
    assert again == 2  # what serves, and the tail
    (cold,) = await (await reader_of(store, cache=cache)).load(NOON)
    assert asking.questions - to_start - again == 4  # the mapping looks at the newest time and a few rows, too
    assert cold.reference == first.reference
    assert cold.rows.tolist() == first.rows.tolist()
    assert {name: counts.tolist() for name, counts in cold.counts.items()} == {
        name: counts.tolist() for name, counts in first.counts.items()
    }
    kept = list((tmp_path / "cache").iterdir())
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    for path in kept:
        path.write_bytes(path.read_bytes()[:100])
    (anew,) = await (await reader_of(store, cache=cache)).load(NOON)
    assert anew.rows.tolist() == first.rows.tolist()
    assert len(told) == 1


async def test_a_data_set_is_the_reference_until_it_changes(store: SqlStore, tmp_path: Path) -> None:
    training = tmp_path / "training" / "sample.parquet"
    training.parent.mkdir()
    ages = np.random.default_rng(2).normal(30, 5, 500)
    pyarrow.parquet.write_table(pyarrow.table({"age": ages, "plan": ["free", "paid"] * 250}), training)
    rule = PredictedModelRule("*", ReferenceSettings(data=StoreAddress(f"duckdb://{training}")))
    cache = AnswerCache(tmp_path / "cache", pytest.fail, lambda: NOON)
    reader = await reader_of(store, cache=cache, models=(rule,))
    (past,) = await reader.load(NOON)
    assert (past.reference.rows, set(past.reference.bins)) == (500, {"age", "plan"})
    assert past.reference.bins["age"].low == ages.min()
    pyarrow.parquet.write_table(pyarrow.table({"age": ages + 1, "plan": ["free", "paid"] * 250}), training)
    (soon,) = await reader.load(NOON + 60)
    assert soon.reference == past.reference
    (later,) = await reader.load(NOON + 2 * HOUR)
    assert later.reference.bins["age"].low == ages.min() + 1
    assert later.reference.fingerprint != past.reference.fingerprint
    assert later.counts["age"].sum() == later.rows.sum()


async def test_what_is_damaged_on_disk_is_written_anew(store: SqlStore, tmp_path: Path) -> None:
    told: list[str] = []
    await (await reader_of(store, cache=AnswerCache(tmp_path / "cache", told.append, lambda: NOON))).load(NOON)
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    await (await reader_of(store, cache=AnswerCache(tmp_path / "cache", told.append, lambda: NOON))).load(NOON)
    assert [line.endswith("it is asked for anew") for line in told] == [True]
    await (await reader_of(store, cache=AnswerCache(tmp_path / "cache", pytest.fail, lambda: NOON))).load(NOON)


@pytest.mark.parametrize("reference", [ReferenceSettings(version_days=1), None])
async def test_a_console_that_ran_for_weeks_and_a_new_one_see_the_same(
    tmp_path: Path, reference: ReferenceSettings | None
) -> None:
    write(tmp_path / "a.parquet", NOON - 60 * HOUR, 20 * 24)
    write(tmp_path / "b.parquet", NOON - 60 * HOUR, 20, model="gone", seed=1)
    write(tmp_path / "c.parquet", NOON + 30 * HOUR, 17 * 24, version="v2", seed=2)
    rules = (PredictedModelRule("*", reference),)
    address = StoreAddress(f"duckdb://{tmp_path}/*.parquet")
    async with open_store(address, environment={}, timeout=60.0, most_rows=100_000) as opened:
        warm = await reader_of(opened, models=rules)
        for hours in (0, 1.2, 41.5, 200, 16 * 24 + 0.5):
            at = NOON + hours * HOUR
            seen = await warm.load(at)
            cold = await (await reader_of(opened, models=rules)).load(at)
            assert [past.model.id for past in seen] == [past.model.id for past in cold]
            for one, other in zip(seen, cold, strict=True):
                assert one.reference == other.reference
                assert repr(judge_drift(one)) == repr(judge_drift(other))  # NaN is not equal to itself


async def test_hours_do_not_pile_up_in_a_console_that_runs_for_weeks(store: SqlStore, tmp_path: Path) -> None:
    write(tmp_path / "b.parquet", NOON, 20 * 24)
    reader = await reader_of(store, models=(PredictedModelRule("*", ReferenceSettings(version_days=1)),))
    for days in range(0, 20, 2):
        await reader.load(NOON + days * 24 * HOUR)
    (known,) = reader._known.values()
    assert len(known.hours) <= 24 * (3 + 7 + 1)
    (again,) = await reader.load(NOON + 24 * HOUR)
    assert again.known.all()
    assert (again.rows[0, 25:-1] > 0).all()
