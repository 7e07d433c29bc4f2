import pytest

from console.settings.predictions import StoreAddress
from console.settings.secrets import Secret
from console.transport.errors import Changed, NotInstalled, NotThere, ServerFault, SourceError, Unauthorized
from console.transport.sql import open_store
from console.transport.sql.place import Place
from console.transport.sql.warehouse_connection import WarehouseConnection, connect_options

URLS = {
    "clickhouse": "clickhouse://ops:hunter2@127.0.0.1:1/logs",
    "trino": "trino://ops:hunter2@127.0.0.1:1/hive/logs",
    "bigquery": "bigquery://project/logs",
    "snowflake": "snowflake://ops:hunter2@account/logs/public",
}


@pytest.mark.parametrize("extra", URLS)
async def test_a_missing_library_is_told_with_the_extra_that_brings_it(extra: str) -> None:
    async with open_store(StoreAddress(url=URLS[extra], table="log"), environment={}) as store:
        assert store.engine == extra
        with pytest.raises(NotInstalled, match=rf"pip install 'incident-console\[{extra}\]'") as raised:
            await store.table()
    assert "hunter2" not in raised.value.detail


async def test_a_password_that_is_not_set_is_told_before_anything_is_connected() -> None:
    address = StoreAddress(url="trino://ops@127.0.0.1:1/hive/logs", password=Secret(env="NONE"))
    async with open_store(address, environment={}) as store:
        with pytest.raises(Unauthorized, match="environment variable NONE is not set"):
            await store.tables()


def test_engines_are_told_to_give_up_and_not_to_write_where_they_can() -> None:
    assert connect_options("clickhouse", "secret", 30.0) == {
        "client_name": "incident-console",
        "settings": {"readonly": 2, "max_execution_time": 30, "session_timezone": "UTC"},
        "password": "secret",
    }
    assert connect_options("trino", "secret", 0.2) == {
        "source": "incident-console",
        "session_properties": {"query_max_run_time": "1s"},
        "auth": "secret",
        "http_scheme": "https",
    }
    assert connect_options("snowflake", None, 30.0) == {
        "create_object_udfs": False,
        "session_parameters": {"STATEMENT_TIMEOUT_IN_SECONDS": 30, "QUERY_TAG": "incident-console"},
    }
    assert connect_options("bigquery", None, 30.0) == {"application_name": "incident-console"}


class LibraryError(Exception):
    """An error of a client library."""

    __module__ = "trino.exceptions"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("error 401: b'Unauthorized'", Unauthorized),
        ("TableNotFound: Table 'hive.logs.x' does not exist", NotThere),
        ("COLUMN_NOT_FOUND: Column 'age' cannot be resolved", Changed),
        ("INTERNAL_ERROR:\n  trace", ServerFault),
    ],
)
def test_errors_of_the_libraries_are_one_line_by_their_words(text: str, kind: type[SourceError]) -> None:
    connection = object.__new__(WarehouseConnection)  # nothing can be connected to here
    connection._place = Place("trino", URLS["trino"])
    connection._secret = "hunter2"
    meant = connection.explain(LibraryError(f"{text} at {URLS['trino']} with hunter2"))
    assert type(meant) is kind
    assert meant.detail.startswith("trino://127.0.0.1:1/hive/logs: ")
    assert "hunter2" not in meant.detail
    assert "\n" not in meant.detail
    assert connection.explain(ValueError("a bug")) is None
