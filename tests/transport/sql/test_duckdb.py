import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import ibis
import pytest

from console.settings.predictions import StoreAddress
from console.settings.secrets import Secret
from console.transport.errors import (
    NotInstalled,
    NotThere,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreadable,
)
from console.transport.sql import BadStoreAddress, SqlStore, duckdb_connection, open_store
from console.transport.sql.connection import Limits
from console.transport.sql.duckdb_connection import DuckdbConnection
from console.transport.sql.duckdb_errors import explained
from console.transport.sql.place import place_of

Open = Callable[..., SqlStore]


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Return what opens a store by its URL; all are closed when the test ends."""
    stores: list[SqlStore] = []

    def open_at(url: str, table: str | None = None, **limits: int) -> SqlStore:
        stores.append(open_store(StoreAddress(url=url, table=table), environment=os.environ, **limits))
        return stores[-1]

    yield open_at
    for store in stores:
        await store.aclose()


def write(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    name = str(path).replace("'", "''")
    duckdb.connect().execute(f"COPY ({query}) TO '{name}'")


async def rows(store: SqlStore, table: str | None = None) -> list[dict[str, object]]:
    answer: list[dict[str, object]] = (await store.read(await store.table(table))).to_pylist()
    return answer


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.csv.gz", "a.tsv", "a.jsonl", "a.ndjson.gz", "A.PARQUET"])
async def test_a_file_is_read_by_its_ending(tmp_path: Path, opened: Open, name: str) -> None:
    if name == "A.PARQUET":
        write(tmp_path / "a.parquet", "SELECT 1 AS n, 'x' AS word")
        (tmp_path / "a.parquet").rename(tmp_path / name)
    elif name.startswith("a.tsv"):
        (tmp_path / name).write_text("n\tword\n1\tx\n")
    elif "json" in name:
        duckdb.connect().execute(f"COPY (SELECT 1 AS n, 'x' AS word) TO '{tmp_path / name}' (FORMAT json)")
    else:
        write(tmp_path / name, "SELECT 1 AS n, 'x' AS word")
    assert await rows(opened(f"duckdb://{tmp_path / name}")) == [{"n": 1, "word": "x"}]


async def test_a_relative_path_is_below_the_working_directory(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "logs/a.parquet", "SELECT 1 AS n")
    monkeypatch.chdir(tmp_path)
    assert await rows(opened("duckdb://logs/*.parquet")) == [{"n": 1}]


async def test_a_file_that_appears_later_counts(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / "1.parquet", "SELECT 1 AS n")
    store = opened(f"duckdb://{tmp_path}/*.parquet")
    table = await store.table()
    write(tmp_path / "2.parquet", "SELECT 2 AS n, 'new' AS word")
    assert (await store.read(table.n.sum())).column(0).to_pylist() == [3]
    assert "word" in (await store.table()).columns


async def test_files_elsewhere_are_joined_in_one_query(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / "log/1.parquet", "SELECT 1 AS id, 0.5 AS score")
    write(tmp_path / "labels.csv", "SELECT 1 AS id, 'cat' AS label")
    store = opened(f"duckdb://{tmp_path}/log/*.parquet")
    address = StoreAddress(url=f"duckdb://{tmp_path}/labels.csv")
    assert store.reaches(address)
    joined = (await store.table()).join(await store.table(address), "id")
    assert (await store.read(joined)).to_pylist() == [{"id": 1, "score": 0.5, "label": "cat"}]


async def test_a_database_file_is_free_between_two_reads(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(path) as writer:
        writer.execute("CREATE TABLE predictions AS SELECT 1 AS n")
    store = opened(f"duckdb://{path}")
    table = await store.table()
    assert (await store.read(table)).to_pylist() == [{"n": 1}]
    with duckdb.connect(path) as writer:
        writer.execute("INSERT INTO predictions VALUES (2)")
    assert (await store.read(table.n.sum())).column(0).to_pylist() == [3]


async def test_a_question_that_is_given_up_at_any_moment_leaves_a_database_file_free(tmp_path: Path) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(path) as writer:
        writer.execute("CREATE TABLE predictions AS SELECT range AS n FROM range(2000)")
    place = place_of(StoreAddress(f"duckdb://{path}"), os.environ)
    connection = DuckdbConnection(place, os.environ, lambda: None)
    table, limits, done = connection.table(place), Limits(30.0, 10), threading.Event()

    def interrupt() -> None:
        while not done.wait(0.0005):
            connection.interrupt()

    interrupter = threading.Thread(target=interrupt)
    interrupter.start()
    for _ in range(200):
        with suppress(duckdb.InterruptException):
            connection.read(table.count().as_table(), limits)
    done.set()
    interrupter.join()
    duckdb.connect(path).close()
    assert connection.read(table.count().as_table(), limits).column(0).to_pylist() == [2000]
    connection.close()


async def test_a_directory_is_a_table_or_holds_some(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / "predictions/day=1/a.parquet", "SELECT 1 AS n")
    write(tmp_path / "predictions/day=2/a.parquet", "SELECT 2 AS n")
    write(tmp_path / "labels.parquet", "SELECT 3 AS n")
    store = opened(f"duckdb://{tmp_path}/", table="predictions")
    assert await store.tables() == ("labels", "predictions")
    assert sorted(row["n"] for row in await rows(store)) == [1, 2]  # type: ignore[type-var]  # these are integers
    assert await rows(store, "labels") == [{"n": 3}]
    with pytest.raises(NotThere, match=r"holds no table \.\./x"):
        await store.table("../x")


HOSTILE = """we[ir]d*'"; DROP TABLE x; --? %41 ü"""


async def test_hostile_names_are_only_names(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / HOSTILE / "a[1]'.parquet", 'SELECT 1 AS "n\'""; --"')
    for url in (f"duckdb://{tmp_path}/{HOSTILE}/a[1]'.parquet", f"duckdb://{tmp_path}/{HOSTILE}"):
        assert await rows(opened(url)) == [{"n'\"; --": 1}]


async def test_an_answer_of_too_many_rows_is_refused(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / "a.parquet", "SELECT range AS n FROM range(11)")
    store = opened(f"duckdb://{tmp_path}/a.parquet", most_rows=10)
    table = await store.table()
    with pytest.raises(TooLarge, match="more than 10 rows"):
        await store.read(table)
    assert (await store.read(table.filter(table.n < 10))).num_rows == 10


async def test_a_deadline_interrupts_the_query(tmp_path: Path, opened: Open) -> None:
    write(tmp_path / "a.parquet", "SELECT range AS n FROM range(200000)")
    store = opened(f"duckdb://{tmp_path}/a.parquet")
    table = await store.table()
    endless = table.cross_join(table.view()).agg(sum=lambda both: (both.n * both.n_right).sum())
    with pytest.raises(TimedOut, match=r"did not answer within 0\.2 s"):
        await store.read(endless, deadline=0.2)
    waiting = asyncio.create_task(store.read(endless))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await store.read(table.count())).column(0).to_pylist() == [200_000]


async def test_times_that_no_calendar_has_are_null(tmp_path: Path, opened: Open) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(path) as writer:
        writer.execute("CREATE TABLE log AS SELECT unnest(['infinity', '-infinity', '2026-11-26']) AS word")
        writer.execute("CREATE TABLE times AS SELECT word::TIMESTAMP AS at, word::DATE AS day FROM log")
        writer.execute("CREATE TABLE finer AS SELECT word::TIMESTAMP_NS AS at, word::TIMESTAMP_S AS second FROM log")
    answer = (await rows(opened(f"duckdb://{path}"), "times"))[2]
    assert [row["at"] for row in await rows(opened(f"duckdb://{path}"), "times")] == [None, None, answer["at"]]
    assert str(answer) == "{'at': datetime.datetime(2026, 11, 26, 0, 0), 'day': datetime.date(2026, 11, 26)}"
    finer = await rows(opened(f"duckdb://{path}"), "finer")
    assert [[value is None for value in row.values()] for row in finer] == [[True] * 2, [True] * 2, [False] * 2]


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", Unreadable, "too small to be a Parquet file"),
        (b"PAR1" + b"x" * 100, Unreadable, "No magic bytes"),
        (None, NotThere, "No files found"),
    ],
)
async def test_what_is_no_file_is_told_in_a_line(
    tmp_path: Path, opened: Open, content: bytes | None, kind: type[SourceError], words: str
) -> None:
    path = tmp_path / "a.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(kind, match=words) as raised:
        await opened(f"duckdb://{path}").table()
    assert "\n" not in raised.value.detail


def test_an_address_that_is_a_secret_is_read_and_never_shown() -> None:
    environment = {"STORE": "postgresql://ops:hunter2@warehouse/logs\n", "BAD": "postgre://ops:hunter2@warehouse/logs"}
    store = open_store(StoreAddress(url=Secret(env="STORE")), environment=environment)
    assert (store.engine, store.shown) == ("postgres", "postgresql://warehouse/logs")
    with pytest.raises(BadStoreAddress, match="nearest: postgres") as raised:
        open_store(StoreAddress(url=Secret(env="BAD")), environment=environment)
    assert "hunter2" not in str(raised.value)
    with pytest.raises(BadStoreAddress, match="environment variable NONE is not set"):
        open_store(StoreAddress(url=Secret(env="NONE")), environment=environment)


async def test_a_missing_extension_is_told_with_where_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "table/_delta_log").mkdir(parents=True)
    monkeypatch.setenv("HOME", "/dev/null")  # where DuckDB keeps extensions, and now cannot
    store = open_store(StoreAddress(url=f"duckdb://{tmp_path}/table"), environment=os.environ)
    with pytest.raises(NotInstalled, match="takes DuckDB's extension delta"):
        await store.table()
    await store.aclose()


@pytest.mark.parametrize(
    ("error", "text", "kind", "told"),
    [
        (
            duckdb.IOException,
            'IO Error: Cannot open file "/logs/a.parquet": Permission denied\n\nLINE 1: …',
            Unauthorized,
            'Cannot open file "/logs/a.parquet": Permission denied',
        ),
        (
            duckdb.IOException,
            'IO Error: The file "/logs/a.db" exists, but it is not a valid DuckDB database file!',
            Unreadable,
            'The file "/logs/a.db" exists, but it is not a valid DuckDB database file!',
        ),
        (
            duckdb.InvalidInputException,
            'Invalid Input Error: Error when sniffing file "".\nIt was not possible to automatically detect …',
            Unreadable,
            "a CSV file: nobody can tell what parts its columns",
        ),
        (
            duckdb.HTTPException,
            "HTTP Error: HTTP GET error on 'https://host/a.parquet' (HTTP 404 Not Found)",
            NotThere,
            "HTTP GET error on 'https://host/a.parquet' (HTTP 404 Not Found)",
        ),
        (
            duckdb.IOException,
            'IO Error: Could not set lock on file "/logs/a.db": Conflicting lock is held in python (PID 7)',
            Overloaded,
            'Could not set lock on file "/logs/a.db": Conflicting lock is held in python (PID 7)',
        ),
        (
            duckdb.OutOfMemoryException,
            "Out of Memory Error: failed to offload data block (9.8 MiB used).\nThis limit was set by",
            TooLarge,
            "DuckDB needs more memory or disk than it is given (1GiB): failed to offload data block (9.8 MiB used).",
        ),
        (
            duckdb.ConversionException,
            'Conversion Error: CSV Error on Line: 7\nOriginal Line: x\nError when converting column "a".\n\nfile',
            Unreadable,
            'CSV Error on Line: 7: Error when converting column "a".',
        ),
    ],
)
def test_an_error_is_the_line_that_says_what_is_wrong(
    error: type[duckdb.Error], text: str, kind: type[SourceError], told: str
) -> None:
    meant = explained(error(text), text, memory="1GiB")
    assert meant is not None
    assert (type(meant), meant.detail) == (kind, told)


@pytest.mark.parametrize("cut", ["2026-11-26T03:0", "2026-11-26T03:00:00Z,fra", "2026-11-26T03:00:00Z,fraud"])
@pytest.mark.parametrize("lines", [2, 3000])
async def test_a_last_line_of_csv_that_is_cut_short_harms_no_other(
    tmp_path: Path, opened: Open, cut: str, lines: int
) -> None:
    line = '2026-11-26T03:00:00Z,fraud,1,"said\nmore"\n'
    (tmp_path / "log.csv").write_text("timestamp,model,prediction,note\n" + line * lines + cut)
    store = opened(f"duckdb://{tmp_path}/log.csv")
    found = await rows(store)
    assert (len(found), list(found[0])) == (lines + 1, ["timestamp", "model", "prediction", "note"])
    assert (found[-1]["prediction"], found[-1]["note"]) == (None, None)


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (PermissionError(13, "Permission denied", "/logs"), Unauthorized, "/logs: permission denied"),
        (FileNotFoundError(2, "No such file or directory", "/logs"), NotThere, "/logs: no such file or directory"),
        (OSError(5, "Input/output error", "/logs"), ServerFault, "/logs: input/output error"),
    ],
)
async def test_a_directory_that_cannot_be_looked_at_is_told_in_a_line(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch, error: OSError, kind: type[SourceError], told: str
) -> None:
    def refuse(_: Path) -> bool:
        raise error  # root may look at everything

    store = opened(f"duckdb://{tmp_path}")
    monkeypatch.setattr(Path, "is_dir", refuse)
    with pytest.raises(kind, match=told):
        await store.table()


async def test_a_query_that_needs_more_memory_and_disk_than_there_is_ends_in_a_line(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_connection, "MEMORY", "24MiB")
    monkeypatch.setattr(duckdb_connection, "DISK", "1MiB")
    write(
        tmp_path / "a.parquet",
        "SELECT range::VARCHAR || ' is kept elsewhere' AS word FROM range(1_000_000)",
    )
    store = opened(f"duckdb://{tmp_path}/a.parquet")
    table = await store.table()
    ranked = table.mutate(place=ibis.row_number().over(order_by=table.word.desc()))
    with pytest.raises(TooLarge, match=r"more memory or disk than it is given \(24MiB\)"):
        await store.read(ranked.aggregate(word=ranked.word.max(), place=ranked.place.max()))
    assert (await store.read(table.count())).num_rows == 1


async def test_a_stamp_changes_with_the_files_and_with_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", "SELECT 1 AS x")
    async with open_store(StoreAddress(f"duckdb://{tmp_path}/*.parquet"), environment={}) as store:
        first = await store.stamp()
        assert first is not None
        assert await store.stamp() == first
        write(tmp_path / "b.parquet", "SELECT 2 AS x")
        second = await store.stamp()
        assert second != first
        (tmp_path / "b.parquet").unlink()
        assert await store.stamp() == first
