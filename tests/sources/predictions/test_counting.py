"""Counts by bin against numpy on the same rows, on every engine."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import numpy as np
import pyarrow
import pytest

from console.domain.bins import Bins, ColumnKind, Reference
from console.settings.predictions import PredictionStore
from console.sources.predictions import counting
from console.sources.predictions.counting import LATENCY_BOUNDS, count, count_queries
from console.sources.predictions.group_counts import GroupCounts
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.sources.predictions.reference import ChosenRows, EmptyReference, make_reference, make_references
from console.transport.sql import SqlStore
from tests.services.engines import Engine

START = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
HOUR = 3600.0
ROWS = 4000

Opened = tuple[SqlStore, PredictionLog]
Open = Callable[[pyarrow.Table], Awaitable[Opened]]


@pytest.fixture
async def open_log(engine: Engine) -> AsyncIterator[Open]:
    stores: list[SqlStore] = []

    async def open_log_of(rows: pyarrow.Table) -> Opened:
        address = engine.keep(rows)
        stores.append(engine.open(address))
        return stores[-1], await map_log(stores[-1], PredictionStore(address))

    yield open_log_of
    for store in stores:
        await store.aclose()


def rows_with(**columns: Any) -> pyarrow.Table:
    """Return rows of one model over four hours; the columns are of one length."""
    count = len(next(iter(columns.values())))
    seconds = START + np.arange(count) * (4 * HOUR / count)
    return pyarrow.table(
        {
            "timestamp": pyarrow.array((seconds * 1e6).astype(np.int64), pyarrow.timestamp("us")),
            "model": ["fraud"] * count,
            "version": ["v1" if number % 3 else "v2" for number in range(count)],
            **columns,
        }
    )


def mixed_rows(seed: int = 1) -> pyarrow.Table:
    random = np.random.default_rng(seed)
    number = random.lognormal(0, 2, ROWS)
    number[::50] = math.nan
    number[7], number[8] = math.inf, -math.inf
    return rows_with(
        number=pyarrow.array(number, mask=np.arange(ROWS) % 40 == 0),
        narrow=pyarrow.array(random.normal(1e9, 1e-3, ROWS)),
        single=pyarrow.array(random.normal(0, 1, ROWS).astype(np.float32)),
        whole=pyarrow.array(random.poisson(4, ROWS)),
        wide=pyarrow.array(random.integers(-(2**62), 2**62, ROWS)),
        money=pyarrow.array([Decimal(int(cents)).scaleb(-2) for cents in random.integers(-500, 500, ROWS)]),
        flag=pyarrow.array(random.random(ROWS) < 0.3),
        word=pyarrow.array(
            [None if i % 30 == 0 else f"it's {int(w)}" for i, w in enumerate(random.exponential(8, ROWS))]
        ),
        empty=pyarrow.array([None] * ROWS, pyarrow.float64()),
        latency=pyarrow.array(random.exponential(0.2, ROWS)),
        error=pyarrow.array(random.random(ROWS) < 0.1),
    )


async def counts_of(opened: Opened, reference: Reference, **asked: Any) -> list[GroupCounts]:
    store, log = opened
    found: list[GroupCounts] = []
    for query in count_queries(log, {"fraud": reference}, engine=store.engine, **asked):
        found.extend(query.read(await store.read(query.expression)))
    return found


def code_of(bins: Bins, value: Any) -> int:
    """Return the code of a value as the definition of bins says it."""
    if value is None or value != value:
        return 0
    if bins.kind is ColumnKind.CATEGORY:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if text in bins.categories:
            return 1 + bins.categories.index(text)
        return bins.count - (2 if text in bins.rare else 1)
    value = float(value)
    if value < bins.low:
        return 1
    return bins.count - 1 if value > bins.high else 2 + sum(value > edge for edge in bins.edges)


def expected(bins: Bins, values: list[Any]) -> list[int]:
    counts = [0] * bins.count
    for value in values:
        counts[code_of(bins, value)] += 1
    return counts


async def test_counts_are_those_of_the_definition(open_log: Open) -> None:
    rows = mixed_rows()
    store, log = await open_log(rows)
    reference = await make_reference(
        store, log, said="two hours", fingerprint="f", model="fraud", start=START, end=START + 2 * HOUR
    )
    assert set(reference.bins) == {"number", "narrow", "single", "whole", "wide", "money", "flag", "word"}
    assert reference.skipped == {"empty": "holds no number in the reference"}
    first = rows.slice(0, ROWS // 2)
    (found,) = await counts_of((store, log), reference, by_hour=False)
    for name, bins in reference.bins.items():
        assert list(bins.reference) == expected(bins, first[name].to_pylist()), name
        assert found.counts[name].sum(axis=0).tolist() == expected(bins, rows[name].to_pylist()), name
        assert sum(bins.reference) == reference.rows == ROWS // 2
    assert found.latency is not None
    assert found.errors is not None
    latency = rows["latency"].to_numpy()
    assert (
        found.latency.sum(axis=0).tolist()
        == np.bincount(np.searchsorted(LATENCY_BOUNDS, latency), minlength=len(LATENCY_BOUNDS) + 1).tolist()
    )
    assert found.errors.sum() == sum(rows["error"].to_pylist())


async def test_hours_add_up_to_the_window_in_any_order_of_rows(open_log: Open) -> None:
    rows = mixed_rows()
    shuffled = rows.take(np.random.default_rng(5).permutation(ROWS))
    opened, again = await open_log(rows), await open_log(shuffled)
    reference = await make_reference(*opened, said="all", fingerprint="f", model="fraud")
    (whole,) = await counts_of(opened, reference, by_hour=False)
    (hours,) = await counts_of(again, reference, start=START, end=START + 4 * HOUR)
    assert sorted(set(hours.hours.tolist())) == [START + HOUR * hour for hour in range(4)]
    assert await make_reference(*again, said="all", fingerprint="f", model="fraud") == reference
    for version in ("v1", "v2"):
        by_hour = [index for index, found in enumerate(hours.versions) if found == version]
        in_all = whole.versions.index(version)
        assert hours.rows[by_hour].sum() == whole.rows[in_all]
        assert hours.newest[by_hour].max() == whole.newest[in_all]
        for name in reference.bins:
            assert hours.counts[name][by_hour].sum(axis=0).tolist() == whole.counts[name][in_all].tolist()


async def test_what_the_reference_never_held_has_bins_of_its_own(open_log: Open) -> None:
    before = await open_log(rows_with(age=pyarrow.array([18.0, 20.0, 30.0, 40.0] * 25), plan=["a", "b"] * 50))
    now = await open_log(
        rows_with(age=pyarrow.array([17.9, 18.0, 40.1, math.inf, None]), plan=["a", "c", "'; DROP TABLE x", "", None])
    )
    reference = await make_reference(*before, said="all", fingerprint="f")
    assert reference.bins["age"].edges == (18.0, 20.0, 30.0)
    (found,) = await counts_of(now, reference, by_hour=False)
    assert found.counts["age"].sum(axis=0).tolist() == [1, 1, 1, 0, 0, 0, 2]
    assert found.counts["plan"].sum(axis=0).tolist() == [1, 1, 0, 0, 3]


async def test_columns_beyond_one_question_are_asked_in_several(
    open_log: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_SUMS", 100)
    random = np.random.default_rng(3)
    names = [f"f{number}" for number in range(20)]
    opened = await open_log(rows_with(**{name: pyarrow.array(random.normal(0, 1, 100)) for name in names}))
    reference = await make_reference(*opened, said="all", fingerprint="f")
    found = await counts_of(opened, reference, by_hour=False)
    assert len(found) == 3
    counts = {name: matrix for group in found for name, matrix in group.counts.items()}
    assert {name: tuple(matrix.sum(axis=0).tolist()) for name, matrix in counts.items()} == {
        name: bins.reference for name, bins in reference.bins.items()
    }


async def test_models_of_one_table_have_bins_of_their_own(open_log: Open) -> None:
    rows = rows_with(size=pyarrow.array([1.0, 2.0, 100.0, 200.0] * 50), kind=["x", None, "y", "z"] * 50)
    names = pyarrow.array(["small", "small", "large", "large"] * 50)
    store, log = await open_log(rows.set_column(1, "model", names))
    references = {
        model: await make_reference(store, log, said="all", fingerprint=model, model=model)
        for model in ("small", "large")
    }
    (query,) = count_queries(log, references, engine=store.engine, by_hour=False)
    found = {group.model: group for group in query.read(await store.read(query.expression))}
    assert list(found) == ["small", "large"]
    for model, reference in references.items():
        assert (reference.bins["size"].low, found[model].rows.sum()) == ({"small": 1.0, "large": 100.0}[model], 100)
        for name, bins in reference.bins.items():
            assert tuple(found[model].counts[name].sum(axis=0).tolist()) == bins.reference


async def test_many_models_are_counted_together_as_each_is_alone(open_log: Open) -> None:
    rows = mixed_rows()
    names = ('it\'s \\ "odd" \x1f', "few", "late")
    models = pyarrow.array([names[number % 17 % 3] for number in range(rows.num_rows)])
    store, log = await open_log(rows.set_column(rows.column_names.index("model"), "model", models))
    windows = [(START + HOUR * place / 2, START + 2.5 * HOUR) for place in range(len(names))]
    wanted = {name: ChosenRows("some", name, None, *window) for name, window in zip(names, windows, strict=True)}
    references = {
        name: made for name, made in (await make_references(store, log, wanted)).items() if isinstance(made, Reference)
    }
    few = {column: references["few"].bins[column] for column in ("number", "flag")}
    references["few"] = msgspec.structs.replace(references["few"], bins=few)
    others = {"nobody": references["late"], "unmeasured": Reference("nothing", 0, {}, "")}
    together = await count(store, log, references | others)
    assert list(together) == [*references, *others]
    for name, reference in references.items():
        alone = (await count(store, log, {name: reference}))[name]
        found, expected = ({key: row for key, *row in rows_of(groups)} for groups in (together[name], alone))
        assert found == expected, name
        assert set(together[name].counts) == set(reference.bins)
    assert sum(groups.rows.sum() for groups in together.values()) == ROWS
    asked = (await count(store, log, references, start=START + HOUR, version="v2", by_hour=False))["late"]
    groups = together["late"]
    of_v2 = [place for place, version in enumerate(groups.versions) if version == "v2" and groups.hours[place] > START]
    assert asked.versions == ("v2",)
    assert asked.counts["word"].sum(axis=0).tolist() == groups.counts["word"][of_v2].sum(axis=0).tolist()


def rows_of(groups: GroupCounts) -> list[tuple[Any, ...]]:
    """Return what each group holds, its key first."""
    assert groups.errors is not None
    assert groups.latency is not None
    keys = zip(groups.versions, groups.hours.tolist(), groups.slices, strict=True)
    matrices = (groups.latency, *groups.counts.values())
    columns = [groups.rows.tolist(), groups.newest.tolist(), groups.errors.tolist(), *(m.tolist() for m in matrices)]
    return list(zip(keys, *columns, strict=True))


async def test_a_column_of_another_kind_is_not_counted(open_log: Open) -> None:
    before = await open_log(rows_with(age=pyarrow.array([1.0, 2.0] * 20)))
    now = await open_log(rows_with(age=["1", "two"] * 20))
    reference = await make_reference(*before, said="all", fingerprint="f")
    (found,) = await counts_of(now, reference)
    assert (found.counts, found.rows.sum()) == ({}, 40)


async def test_slices_split_the_same_counts(open_log: Open) -> None:
    store, log = await open_log(mixed_rows())
    reference = await make_reference(store, log, said="all", fingerprint="f", model="fraud")
    flag = next(column for column in log.features if column.name == "flag")
    (whole,) = await counts_of((store, log), reference, by_hour=False)
    (sliced,) = await counts_of((store, log), reference, by_hour=False, slice_by=flag)
    assert set(sliced.slices) == {"true", "false"}
    for name in reference.bins:
        assert sliced.counts[name].sum(axis=0).tolist() == whole.counts[name].sum(axis=0).tolist()


async def test_too_many_values_have_no_bin_for_new_ones(open_log: Open) -> None:
    values = [f"shop {number % 7 if number % 3 else number % 4500}" for number in range(9000)]
    opened = await open_log(rows_with(shop=values))
    reference = await make_reference(*opened, said="all", fingerprint="f")
    bins = reference.bins["shop"]
    assert (len(bins.categories), bins.rare) == (20, ())
    assert bins.reference[-2:] == (9000 - sum(bins.reference[1:-2]), 0)
    (found,) = await counts_of(await open_log(rows_with(shop=["shop 1", "shop 1499", "new"])), reference)
    assert found.counts["shop"].sum(axis=0)[-2:].sum() == 2 + (f"shop {1}" not in bins.categories)
    assert found.counts["shop"][:, -1].sum() == 0


def test_every_field_of_a_reference_survives_its_file() -> None:
    bins = Bins("a", msgspec.convert("feature", Bins.__annotations__["role"]), ColumnKind.NUMBER, (1, 2, 3, 4))
    reference = Reference("x", 10, {"a": bins}, "f", {"b": "why"})
    assert msgspec.json.decode(msgspec.json.encode(reference), type=Reference) == reference


async def test_references_that_are_made_together_are_those_made_one_by_one(open_log: Open) -> None:
    rows = mixed_rows()
    models = pyarrow.array([("fraud", "eta", "it's")[number % 7 % 3] for number in range(rows.num_rows)])
    store, log = await open_log(rows.set_column(rows.column_names.index("model"), "model", models))
    wanted = {
        "fraud": ChosenRows("all", "fraud"),
        "eta": ChosenRows("two hours of v1", "eta", "v1", START, START + 2 * HOUR),
        "it's": ChosenRows("the last hour", "it's", None, START + 3 * HOUR, START + 4 * HOUR),
        "gone": ChosenRows("all", "gone"),
    }
    together = await make_references(store, log, wanted)
    for name, chosen in wanted.items():
        alone = (await make_references(store, log, {name: chosen}))[name]
        if name == "gone":
            assert isinstance(together[name], EmptyReference)
            assert isinstance(alone, EmptyReference)
            assert str(together[name]) == str(alone)
        else:
            assert isinstance(alone, Reference)
            assert together[name] == alone
            assert alone.bins
            assert alone.rows == sum(next(iter(alone.bins.values())).reference)
