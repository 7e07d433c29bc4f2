import asyncio
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from console.settings.predictions import PredictionStore, StoreAddress
from console.settings.secrets import Secret
from console.sources.predictions.mapping import map_log
from console.transport.errors import (
    BadRequest,
    NotInstalled,
    NotThere,
    SourceError,
    TimedOut,
    TlsFailed,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from console.transport.sql import SqlStore, open_store
from tests.services import PostgreSQL, Servers, wait_until
from tests.services.postgresql import PASSWORD

ENVIRONMENT = {"PASSWORD": PASSWORD, "WRONG": "battery staple"}


@pytest.fixture(scope="module")
def shared(session_servers: Servers) -> PostgreSQL:
    """A server that no test of this module stops."""
    server = session_servers.postgresql()
    server.execute(
        "CREATE TABLE log AS SELECT n, 'ads' AS model FROM generate_series(1, 10) AS n",
        'CREATE SCHEMA "s.x"',
        'CREATE TABLE "s.x"."we\'ird""; --" AS SELECT 1 AS n',
        "CREATE TABLE closed AS SELECT 1 AS n",
        "CREATE ROLE console LOGIN PASSWORD 'battery staple'",
        "GRANT SELECT ON log TO console",
    )
    return server


@pytest.fixture
async def store(shared: PostgreSQL) -> AsyncIterator[SqlStore]:
    """The table `log` of the server, as its administrator."""
    async with opened(shared) as store:
        yield store


def opened(server: PostgreSQL, url: str | None = None, password: str = "PASSWORD") -> SqlStore:
    address = StoreAddress(url=url or server.url, table="log", password=Secret(env=password))
    return open_store(address, environment=ENVIRONMENT)


async def test_columns_of_money_are_of_no_known_type(shared: PostgreSQL) -> None:
    shared.execute(
        "CREATE TABLE sales AS SELECT now() AS ts, 'yes' AS prediction, 1.5::numeric(19,4) AS fee, 2::money AS price"
    )
    async with opened(shared) as store:
        schema = (await store.table("sales")).schema()
        assert schema["fee"].is_decimal()
        assert schema["price"].is_unknown()
        address = StoreAddress(url=shared.url, table="sales", password=Secret(env="PASSWORD"))
        log = await map_log(store, PredictionStore(address))
        assert [feature.name for feature in log.features] == ["fee"]
        told = "its type money has no distribution that is watched; cast it in a view where it is a feature"
        assert log.skipped == {"price": told}
        assert (await store.read(log.table))["feature.fee"].to_pylist() == [1.5]
    shared.execute("DROP TABLE sales")


async def count(store: SqlStore, name: str | None = None) -> int:
    number: int = (await store.read((await store.table(name)).count())).column(0).to_pylist()[0]
    return number


async def test_tables_go_by_their_names_or_those_of_their_schemas(store: SqlStore) -> None:
    assert await store.tables() == ("closed", "log", "s.x.we'ird\"; --")
    assert await count(store, "s.x.we'ird\"; --") == 1
    with pytest.raises(NotThere, match=r"holds no table lgo: .*; nearest: log"):
        await store.table("lgo")


async def test_what_may_not_be_read_is_not_there(shared: PostgreSQL) -> None:
    async with opened(shared, shared.url.replace("ops", "console"), "WRONG") as store:
        assert await store.tables() == ("log",)
        table = await store.table()
        shared.execute("REVOKE SELECT ON log FROM console")
        with pytest.raises(Unauthorized, match="permission denied for table log"):
            await store.read(table)
        shared.execute("GRANT SELECT ON log TO console")
        assert (await store.read(table)).num_rows == 10


async def test_nothing_is_ever_written(shared: PostgreSQL, store: SqlStore) -> None:
    shared.execute(
        "CREATE FUNCTION write() RETURNS int LANGUAGE sql AS $$ INSERT INTO closed VALUES (2) RETURNING n $$",
        "CREATE VIEW trap AS SELECT write() AS n",
    )
    with pytest.raises(BadRequest, match="cannot execute INSERT in a read-only transaction"):
        await store.read(await store.table("trap"))
    assert await count(store, "closed") == 1


async def test_what_arrow_has_no_type_or_value_for_is_text_or_null(shared: PostgreSQL, store: SqlStore) -> None:
    shared.execute(
        "CREATE TABLE strange AS SELECT 'infinity'::timestamptz AS never, '-infinity'::date AS past,"
        " 'NaN'::numeric AS number, 1.0000000000001::numeric AS digits, '10.0.0.1'::inet AS place,"
        """ '{"k": [1]}'::jsonb AS document, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id,"""
        " timestamp '2026-11-25 10:00' AS local, timestamptz '2026-11-25 10:00+02' AS at"
    )
    (row,) = (await store.read(await store.table("strange"))).to_pylist()
    assert {name: str(value) for name, value in row.items() if value is not None} == {
        "digits": "1.000000000",
        "place": "10.0.0.1",
        "document": '{"k": [1]}',
        "id": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "local": "2026-11-25 10:00:00",
        "at": "2026-11-25 08:00:00+00:00",
    }
    assert row["at"] == datetime(2026, 11, 25, 8, tzinfo=UTC)


async def test_what_does_not_fit_is_told_with_its_column(shared: PostgreSQL, store: SqlStore) -> None:
    shared.execute("DROP TABLE IF EXISTS wide", "CREATE TABLE wide AS SELECT 1e200::numeric AS amount, 1 AS n")
    table = await store.table("wide")
    with pytest.raises(Unreadable, match="column amount holds what is no decimal"):
        await store.read(table)
    assert (await store.read(table.select("n"))).num_rows == 1


@pytest.mark.parametrize(
    ("change", "password", "kind", "words"),
    [
        (("", ""), "WRONG", Unauthorized, 'password authentication failed for user "ops"'),
        (("", ""), "NONE", Unauthorized, "environment variable NONE is not set"),
        (("ops", "nobody"), "PASSWORD", Unauthorized, 'password authentication failed for user "nobody"'),
        (("/postgres", "/nowhere"), "PASSWORD", NotThere, 'database "nowhere" does not exist'),
        (("/postgres", "/postgres?sslmode=require"), "PASSWORD", TlsFailed, "does not support SSL"),
        (("/postgres", "/postgres?sslmod=require"), "PASSWORD", BadRequest, 'invalid URI query parameter: "sslmod"'),
        (("127.0.0.1", "nowhere.invalid"), "PASSWORD", Unreachable, "failed to resolve host"),
    ],
)
async def test_why_no_connection_is_made_is_one_line(
    shared: PostgreSQL, change: tuple[str, str], password: str, kind: type[SourceError], words: str
) -> None:
    async with opened(shared, shared.url.replace(*change), password) as store:
        with pytest.raises(kind, match=words) as raised:
            await store.table()
    assert raised.value.detail.startswith("postgresql://")
    assert "\n" not in raised.value.detail


async def test_a_password_in_a_url_is_never_told(shared: PostgreSQL) -> None:
    for url in ("postgresql://ops:hunter2@[::1/x", shared.url.replace("ops@", "ops:hunter2@")):
        store = open_store(StoreAddress(url=url), environment={})
        with pytest.raises(SourceError) as raised:
            await store.tables()
        assert "hunter2" not in f"{raised.value!r} {store.shown}"
        await store.aclose()


async def test_a_server_that_was_killed_is_read_again_when_it_is_back(servers: Servers) -> None:
    server = servers.postgresql()
    server.execute("CREATE TABLE log AS SELECT 1 AS n")
    async with opened(server) as store:
        assert await count(store) == 1
        server.kill()
        with pytest.raises(Unreachable, match="Connection refused"):
            await store.table()
        server.start_again()
        assert await count(store) == 1
        server.kill()
        server.start_again()
        assert await count(store) == 1, "a connection that broke meanwhile is not told, but made anew"


async def test_a_server_that_dies_in_the_middle_of_a_query_is_told_in_a_line(servers: Servers) -> None:
    server = servers.postgresql()
    server.execute("CREATE TABLE log AS SELECT n FROM generate_series(1, 20000) AS n")
    async with opened(server) as store:
        table = await store.table()
        pairs = table.cross_join(table.view())
        waiting = asyncio.create_task(store.read(pairs.aggregate(sum=(pairs.n * pairs.n_right).sum())))
        with server.connect() as watcher:
            active = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'incident-console' AND state = 'active'"
            running = lambda: watcher.execute(active).fetchone()  # noqa: E731  # one word for what is waited for
            await asyncio.to_thread(wait_until, running, "the query runs")
        server.kill()
        with pytest.raises(Unreachable, match="Connection refused"):
            await waiting


async def test_a_server_that_hangs_is_left_at_the_deadline_and_read_again_when_it_wakes(servers: Servers) -> None:
    server = servers.postgresql()
    server.execute("CREATE TABLE log AS SELECT 1 AS n")
    async with opened(server) as store:
        table = await store.table()
        server.suspend()
        started = time.monotonic()
        with pytest.raises(TimedOut, match=r"did not answer within 0\.5 s"):
            await store.read(table, deadline=0.5)
        assert time.monotonic() - started < 5, "the store waits neither for the server nor for the interrupt"
        server.resume()
        assert (await store.read(table)).num_rows == 1


async def test_what_is_not_installed_is_told_with_its_extra(
    shared: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    async with opened(shared) as store:
        with pytest.raises(NotInstalled, match=r"pip install 'incident-console\[postgres\]'"):
            await store.table()
