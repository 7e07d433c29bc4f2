"""DuckDB in this process, which reads files, here or in a bucket, and database files of its own."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from console.settings.secrets import SecretValue
from console.transport.errors import NotInstalled, SourceError
from console.transport.sql.answers import as_promised
from console.transport.sql.buckets import s3_secret
from console.transport.sql.connection import Connection, Limits, chosen
from console.transport.sql.duckdb_errors import explained
from console.transport.sql.duckdb_files import files_at, is_database, path_of, quoted, stamp_of, tables_in
from console.transport.sql.place import Place

if TYPE_CHECKING:
    import ibis
    import pyarrow

MEMORY: Final = "1GiB"
"""What DuckDB may hold in memory; a query that needs more goes on in files of a temporary directory."""
DISK: Final = "8GiB"
"""What such files may take."""


class DuckdbConnection(Connection):
    """DuckDB over files; a view for each table lets one query join several."""

    def __init__(
        self, place: Place, environment: Mapping[str, str], password: Callable[[], SecretValue | None]
    ) -> None:
        import duckdb
        import ibis

        self._place = place
        self._environment = environment
        self._password = password
        self._spill = tempfile.TemporaryDirectory(prefix="incident-console-")
        self._duckdb = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "temp_directory": self._spill.name,
                "max_temp_directory_size": DISK,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self._backend = ibis.duckdb.from_connection(self._duckdb)
        self._views: dict[tuple[str, str | None], str] = {}
        self._moving: set[Place] = set()
        """Whose views read the newest state that there was, so that they are made anew before every query."""
        self._databases: dict[str, str] = {}
        self._loaded: set[str] = set()
        self._shown: dict[str, str] = {}

    def tables(self) -> list[str]:
        """Return the names of a database's or a directory's tables; a glob is one table."""
        path = self._path(self._place)
        if not is_database(path):
            return tables_in(path)
        self._databases.setdefault(path, f"database {len(self._databases) + 1}")
        with self._attached():
            return sorted(self._tables_of(self._databases[path]))

    def table(self, place: Place) -> "ibis.Table":
        """Return a view of files or a table of a database file, as it is now."""
        path = self._path(place)
        if is_database(path):
            return self._table_of_database(path, place)
        return self._backend.table(self._view(place, path))

    def stamp(self, place: Place) -> str | None:
        """Return what the files of this machine are called, how large they are and when they were written."""
        path = self._path(place)
        if not place.is_local:
            return None
        return stamp_of([path] if is_database(path) else files_at(path, place.table, shown=place.shown).on_disk())

    def read(self, expression: "ibis.Table", limits: Limits) -> "pyarrow.Table":
        """Return the rows of an expression; the deadline is kept by interrupting."""
        for place in self._moving:
            self._view(place, self._path(place))
        with self._attached():
            answer = self._duckdb.execute(self._backend.compile(limits.applied_to(expression))).to_arrow_table()
        limits.check(answer.num_rows, shown=self._place.shown)
        return as_promised(answer, expression)

    def interrupt(self) -> None:
        """Interrupt the query that runs."""
        self._duckdb.interrupt()

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self._duckdb.close()
        self._spill.cleanup()

    def explain(self, error: Exception) -> SourceError | None:
        """Return what an error of DuckDB or of a file means."""
        text = str(error)
        for secret, shown in self._shown.items():
            text = text.replace(secret, shown)
        return explained(error, text, memory=MEMORY)

    def _path(self, place: Place) -> str:
        if not place.is_local:  # a signed URL is a secret
            self._shown[place.path] = place.shown
        return path_of(place.path, self._environment)

    @contextmanager
    def _attached(self) -> Iterator[None]:
        """Attach the database files while they are read: DuckDB keeps their writers out as long as they are."""
        try:
            for path, name in self._databases.items():
                self._duckdb.execute(f'ATTACH {quoted(path)} AS "{name}" (TYPE duckdb, READ_ONLY)')
            yield
        finally:
            for name in self._databases.values():
                self._detach(name)

    def _detach(self, name: str) -> None:
        """Detach a database, also where a question is given up just now: else it would be attached for ever."""
        import duckdb

        while True:
            try:
                self._duckdb.execute(f'DETACH DATABASE IF EXISTS "{name}"')
            except duckdb.InterruptException:
                continue  # it is interrupted some times a second
            return

    def _tables_of(self, database: str) -> dict[str, tuple[str, str]]:
        """Return schema and table of a database by the name they go by: a table of `main` by its own."""
        where = f"table_catalog = {quoted(database)}"  # a parameter would make DuckDB import pandas
        query = f"SELECT table_schema, table_name FROM information_schema.tables WHERE {where}"  # noqa: S608  # quoted
        found = self._duckdb.execute(query).fetchall()
        return {table if schema == "main" else f"{schema}.{table}": (schema, table) for schema, table in found}

    def _view(self, place: Place, path: str) -> str:
        """Return the name of the view that reads files; it looks a glob up by itself, but not a newer state."""
        files = files_at(path, place.table, shown=place.shown)
        for extension in files.extensions:
            self._load(extension)
        if files.is_one_state:
            self._moving.add(place)
        view = self._views.setdefault((path, place.table), f"log {len(self._views) + 1}")
        definition = f"SELECT * FROM {files.sql}"  # noqa: S608  # the path in it is quoted
        self._duckdb.execute(f'CREATE OR REPLACE TEMPORARY VIEW "{view}" AS {definition}')
        return view

    def _table_of_database(self, path: str, place: Place) -> "ibis.Table":
        database = self._databases.setdefault(path, f"database {len(self._databases) + 1}")
        with self._attached():
            schema, table = chosen(self._tables_of(database), place.table, shown=place.shown)
            return self._backend.table(table, database=(database, schema))

    def _load(self, extension: str) -> None:
        """Load an extension, from the machine or else from DuckDB's server, and once what it needs to sign requests.

        Raises:
            NotInstalled: It can be had from neither.
        """
        import duckdb

        if extension in self._loaded:
            return
        try:
            self._duckdb.execute(f"LOAD {extension}")
        except duckdb.Error:
            try:
                self._duckdb.execute(f"INSTALL {extension}")
                self._duckdb.execute(f"LOAD {extension}")
            except duckdb.Error:
                raise NotInstalled(
                    f"{self._place.shown} takes DuckDB's extension {extension}, which is not on this machine and cannot"
                    f" be downloaded: run INSTALL {extension} in DuckDB {duckdb.__version__} where that works"
                ) from None
        if extension == "httpfs":
            secret = self._password()
            keys = s3_secret(self._environment, None if secret is None else secret.reveal())
            if keys is not None:
                self._duckdb.execute(keys)
        self._loaded.add(extension)
