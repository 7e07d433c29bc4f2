"""Engines of prediction stores, each with the same tables in it: what one answers, all must answer."""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pyarrow
import pyarrow.parquet

from console.settings.predictions import StoreAddress
from console.settings.secrets import Secret
from console.transport.sql import SqlStore, open_store
from tests.services.postgresql import PASSWORD, PostgreSQL
from tests.services.programs import program
from tests.services.servers import Servers

TIMEOUT_SECONDS = 60.0
"""Far beyond what any question of a test takes, so that a busy machine fails none."""


class Engine(ABC):
    """An engine that tests give tables to; `name` is what `SqlStore.engine` says."""

    name: str

    def __init__(self, servers: Servers, folder: Path) -> None:
        self._servers = servers
        self._folder = folder
        self._tables = count(1)

    @abstractmethod
    def keep(self, rows: pyarrow.Table) -> StoreAddress:
        """Put rows into a new table and return its address."""

    @abstractmethod
    def replace(self, address: StoreAddress, rows: pyarrow.Table | None) -> None:
        """Put other rows, of other columns, into the place of a table, or remove it."""

    def open(self, address: StoreAddress, *, timeout: float = TIMEOUT_SECONDS, most_rows: int = 1_000_000) -> SqlStore:
        """Return the store of an address."""
        return open_store(address, environment=self.environment, timeout=timeout, most_rows=most_rows)

    @property
    def environment(self) -> Mapping[str, str]:
        """Where the store finds its secrets."""
        return os.environ


class Files(Engine):
    """DuckDB over a Parquet file for each table."""

    name = "duckdb"
    _url = "duckdb://{path}"

    def keep(self, rows: pyarrow.Table) -> StoreAddress:
        """Write a file."""
        path = self._folder / f"table-{next(self._tables)}.parquet"
        pyarrow.parquet.write_table(rows, path)
        return StoreAddress(url=self._url.format(path=path))

    def replace(self, address: StoreAddress, rows: pyarrow.Table | None) -> None:
        """Write another file to the same path, or remove it."""
        assert isinstance(address.url, str)
        path = self._folder / address.url.rpartition("/")[2]
        path.unlink()
        if rows is not None:
            pyarrow.parquet.write_table(rows, path)


class Postgres(Engine):
    """PostgreSQL, with a table for each table."""

    name = "postgres"

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(servers, folder)
        self.server: PostgreSQL = servers.postgresql()

    @property
    def environment(self) -> Mapping[str, str]:
        """Where the store finds the password."""
        return {"PASSWORD_OF_POSTGRES": PASSWORD}

    def keep(self, rows: pyarrow.Table) -> StoreAddress:
        """Create a table."""
        name = f"table {next(self._tables)}"
        self._create(name, rows)
        return StoreAddress(url=self.server.url, table=name, password=Secret(env="PASSWORD_OF_POSTGRES"))

    def replace(self, address: StoreAddress, rows: pyarrow.Table | None) -> None:
        """Drop the table, and create it with other rows."""
        assert address.table is not None
        self.server.execute(f"DROP TABLE {_quoted(address.table)}")
        if rows is not None:
            self._create(address.table, rows)

    def _create(self, name: str, rows: pyarrow.Table) -> None:
        columns = [f"{_quoted(field.name)} {_type_in_postgres(field.type)}" for field in rows.schema]
        self.server.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(columns)})")
        copy_in = f"COPY {_quoted(name)} FROM STDIN".encode()
        with self.server.connect() as connection, connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for batch in rows.to_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)


class Spark(Files):
    """Spark over a Parquet file for each table, with the Java runtime that `make test-spark` brings."""

    name = "spark"
    _url = "spark://local[4]{path}"
    """A task that computes without reading goes on when its job was cancelled: more threads than tests that do so."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(servers, folder)
        java = program("java").resolve()
        os.environ["JAVA_HOME"] = str(java.parents[1])  # Spark looks nowhere else
        os.environ["SPARK_SUBMIT_OPTS"] = _JAVA_OPTIONS


_JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Of a Java that runs for a minute: to compile once more, for speed in the long run, takes half of its time."""

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Files, Postgres, Spark)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_TYPES_IN_POSTGRES = {
    "bool": "boolean",
    "int32": "integer",
    "int64": "bigint",
    "float": "real",
    "double": "double precision",
    "string": "text",
    "date32[day]": "date",
    "timestamp[us]": "timestamp",
    "timestamp[us, tz=UTC]": "timestamptz",
}


def _type_in_postgres(type_of_arrow: pyarrow.DataType) -> str:
    if pyarrow.types.is_decimal(type_of_arrow):
        return f"numeric({type_of_arrow.precision}, {type_of_arrow.scale})"
    if pyarrow.types.is_list(type_of_arrow):
        return _type_in_postgres(type_of_arrow.value_type) + "[]"
    return _TYPES_IN_POSTGRES[str(type_of_arrow)]
