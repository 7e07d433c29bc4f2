"""Every engine is asked the same and answers the same."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pyarrow
import pytest

from console.transport.errors import Changed, NotThere, TimedOut, TooLarge
from console.transport.sql import SqlStore
from tests.services.engines import Engine

Keep = Callable[..., SqlStore]

EVENING = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
ROWS = pyarrow.table(
    {
        "at": pyarrow.array(
            [EVENING + timedelta(minutes=20 * number) for number in range(6)], pyarrow.timestamp("us", "UTC")
        ),
        "local": pyarrow.array(
            [datetime(2026, 11, 25, 23, 30) + timedelta(minutes=20 * number) for number in range(6)],  # noqa: DTZ001
            pyarrow.timestamp("us"),
        ),
        "day": pyarrow.array([date(2026, 11, 25)] * 5 + [None], pyarrow.date32()),
        "whole": pyarrow.array([1, -2, 3, None, 2**40, 0], pyarrow.int64()),
        "small": pyarrow.array([1, -2, 3, None, 4, 0], pyarrow.int32()),
        "number": pyarrow.array([0.5, math.nan, math.inf, None, -math.inf, -0.0], pyarrow.float64()),
        "money": pyarrow.array(
            [Decimal("1.10"), Decimal("-2.20"), None, Decimal(0), Decimal("99999999.99"), Decimal(3)],
            pyarrow.decimal128(10, 2),
        ),
        "word": pyarrow.array(["a", "it's", "", None, 'ü"; --', "a"], pyarrow.string()),
        "flag": pyarrow.array([True, False, None, True, True, False], pyarrow.bool_()),
        "list": pyarrow.array([[1, 2], [], None, [3], [4], [5]], pyarrow.list_(pyarrow.int64())),
    }
)


@pytest.fixture
async def keep(engine: Engine) -> AsyncIterator[Keep]:
    """Return what keeps rows in the engine and opens their store; all stores are closed when the test ends."""
    stores: list[SqlStore] = []

    def open_store_of(rows: pyarrow.Table = ROWS, **limits: Any) -> SqlStore:
        stores.append(engine.open(engine.keep(rows), **limits))
        return stores[-1]

    yield open_store_of
    for store in stores:
        await store.aclose()


async def only(store: SqlStore, rows: ibis.Table) -> dict[str, Any]:
    """Return the row of an expression that has one."""
    answer: list[dict[str, Any]] = (await store.read(rows)).to_pylist()
    (row,) = answer
    return row


async def test_values_come_back_as_they_went_in(keep: Keep) -> None:
    store = keep()
    table = await store.table()
    assert [str(kind).partition("(")[0] for kind in table.schema().values()] == [
        "timestamp", "timestamp", "date", "int64", "int32", "float64", "decimal", "string", "boolean", "array<int64>",
    ]  # fmt: skip
    answer = await store.read(table.order_by("at"))
    for name in ROWS.column_names:
        assert answer[name].type.equals(ROWS[name].type), name
        assert str(answer[name].to_pylist()) == str(ROWS[name].to_pylist()), name


@pytest.mark.parametrize("column", ["at", "local"])
async def test_hours_are_those_of_utc(keep: Keep, column: str) -> None:
    store = keep()
    table = (await store.table()).mutate(time=ibis._[column].cast("timestamp"))
    hours = table.group_by(hour=table.time.truncate("h")).aggregate(rows=table.count()).order_by("hour")
    assert (await store.read(hours)).to_pylist() == [
        {"hour": datetime(2026, 11, 25, 23), "rows": 2},  # noqa: DTZ001  # UTC by convention, and told without a zone
        {"hour": datetime(2026, 11, 26, 0), "rows": 3},  # noqa: DTZ001
        {"hour": datetime(2026, 11, 26, 1), "rows": 1},  # noqa: DTZ001
    ]
    start = ibis.timestamp("2026-11-25 23:50:00")
    window = table.filter(table.time >= start, table.time < start + ibis.interval(hours=1))
    assert await only(store, window.aggregate(rows=window.count())) == {"rows": 3}
    seconds = table.aggregate(last=table.time.max().epoch_seconds())
    assert await only(store, seconds) == {"last": EVENING.timestamp() + 6000}


async def test_what_is_no_number_is_told_from_what_is_missing(keep: Keep) -> None:
    store = keep()
    table = await store.table()
    number = table.number
    finite = ~(number.isnan() | number.isinf())
    counts = table.aggregate(
        nulls=number.isnull().sum(),
        nans=number.isnan().sum(),
        infinite=number.isinf().sum(),
        finite=finite.sum(),
        above=(number > 1).sum(),
        zero=(number == 0).sum(),
        total=ibis.ifelse(finite, number, None).sum(),
    )
    assert await only(store, counts) == {
        "nulls": 1, "nans": 1, "infinite": 2, "finite": 2, "above": 2, "zero": 1, "total": 0.5,
    }  # fmt: skip


async def test_sums_and_means_have_the_same_type_everywhere(keep: Keep) -> None:
    store = keep()
    table = await store.table()
    figures = table.aggregate(
        rows=table.count(),
        whole=table.whole.sum(),
        mean=table.whole.mean(),
        small=table.small.max(),
        money=table.money.sum(),
        price=table.money.cast("float64").mean(),
        flags=table.flag.sum(),
        words=table.word.nunique(),
        longest=table.word.length().max(),
        lists=table.list.length().sum(),
    )
    assert await only(store, figures) == {
        "rows": 6, "whole": 2**40 + 2, "mean": (2**40 + 2) / 5, "small": 4, "money": Decimal("100000001.89"),
        "price": pytest.approx(100000001.89 / 5), "flags": 3, "words": 4, "longest": 6, "lists": 5,
    }  # fmt: skip


async def test_bins_are_counted_alike(keep: Keep) -> None:
    store = keep()
    table = await store.table()
    number, word = table.number, table.word
    bins = ibis.cases((number.isnull(), "null"), (number.isnan(), "nan"), (number < 0.25, "low"), else_="high")
    words = ibis.cases((word.isnull(), "null"), (word.isin(["a", 'ü"; --', "it's"]), word), else_="other")
    counted = table.group_by(bin=bins, word=words).aggregate(rows=table.count()).order_by("bin", "word")
    assert [tuple(row.values()) for row in (await store.read(counted)).to_pylist()] == [
        ("high", "a", 1), ("high", "other", 1), ("low", "a", 1),
        ("low", 'ü"; --', 1), ("nan", "it's", 1), ("null", "null", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["we\"ird'; DROP TABLE x; --", "select", "Ü ñ", "a.b", "%s {0} $1", "A" * 60])
async def test_a_column_may_have_any_name(keep: Keep, name: str) -> None:
    store = keep(pyarrow.table({name: [1, 2, 2], "other": ["x", "y", "y"]}))
    table = await store.table()
    assert table.columns == (name, "other")
    counted = table.group_by(name).aggregate(rows=table.count()).order_by(name)
    assert [tuple(row.values()) for row in (await store.read(counted)).to_pylist()] == [(1, 1), (2, 2)]


async def test_an_answer_of_too_many_rows_is_refused(keep: Keep) -> None:
    store = keep(most_rows=5)
    table = await store.table()
    with pytest.raises(TooLarge, match="more than 5 rows"):
        await store.read(table)
    assert (await store.read(table.filter(table.whole.notnull()))).num_rows == 5


async def test_tables_of_one_store_are_joined(keep: Keep, engine: Engine) -> None:
    store = keep(pyarrow.table({"id": ["1", "2"], "prediction": [0.5, 0.7]}))
    labels = engine.keep(pyarrow.table({"id": ["2", "3"], "label": ["cat", "dog"]}))
    assert store.reaches(labels)
    joined = (await store.table()).left_join(await store.table(labels), "id").order_by("id").select("id", "label")
    assert (await store.read(joined)).to_pylist() == [{"id": "1", "label": None}, {"id": "2", "label": "cat"}]


MANY = pyarrow.table({"n": range(20_000)})


def endless(table: ibis.Table) -> ibis.Table:
    pairs = table.select(a="n").cross_join(table.select(b="n")).cross_join(table.select(c="n"))
    return pairs.aggregate(sum=(pairs.a * pairs.b % 7 + pairs.c).sum())


async def test_a_deadline_ends_the_query_and_not_the_store(keep: Keep) -> None:
    store = keep(MANY)
    table = await store.table()
    with pytest.raises(TimedOut, match=r"did not answer within 0\.5 s"):
        await store.read(endless(table), deadline=0.5)
    assert await only(store, table.aggregate(rows=table.count())) == {"rows": 20_000}


async def test_who_stops_waiting_stops_the_query(keep: Keep) -> None:
    store = keep(MANY)
    table = await store.table()
    waiting = asyncio.create_task(store.read(endless(table)))
    done, _ = await asyncio.wait([waiting], timeout=0.5)
    assert not done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await only(store, table.aggregate(rows=table.count())) == {"rows": 20_000}


async def test_a_table_that_changes_is_told_and_read_anew(keep: Keep, engine: Engine) -> None:
    address = engine.keep(pyarrow.table({"kept": [1], "gone": [2], "retyped": [3]}))
    store = engine.open(address)
    table = await store.table()
    engine.replace(address, pyarrow.table({"kept": [4], "retyped": ["x"], "new": [5]}))
    assert await only(store, table.select("kept")) == {"kept": 4}
    for column in ("gone", "retyped"):
        with pytest.raises(Changed):
            await store.read(table.aggregate(sum=table[column].sum()))
    assert (await store.table()).columns == ("kept", "retyped", "new")
    engine.replace(address, None)
    for question in (store.read(table), store.table()):
        with pytest.raises(NotThere):
            await question
    await store.aclose()
