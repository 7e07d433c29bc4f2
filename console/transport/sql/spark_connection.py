"""Spark, of which this process is the driver: over files, or over the tables of its catalog."""

import atexit
import logging
import shutil
import subprocess
import tempfile
import threading
import uuid
from typing import TYPE_CHECKING, Any, Final

from console.domain.label import harmless
from console.transport.errors import NotInstalled, NotThere, SourceError, Unreachable
from console.transport.sql.answers import as_promised
from console.transport.sql.connection import Connection, Limits, chosen, missing_extra
from console.transport.sql.place import Place
from console.transport.sql.spark_dialect import compiler, schema_of
from console.transport.sql.spark_errors import explained

if TYPE_CHECKING:
    import ibis
    import pyarrow

APPLICATION_NAME: Final = "incident-console"
SETTINGS: Final = {
    "spark.app.name": APPLICATION_NAME,
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.mergeSchema": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_FORMATS: Final = {".parquet": "parquet", ".orc": "orc", ".json": "json", ".jsonl": "json", ".ndjson": "json"}

_starting = threading.Lock()


class SparkConnection(Connection):
    """A session of the one driver that this process has; the driver lives as long as the process.

    Behind the master's host stands a path, whose files are looked up by every query, or nothing: then tables are those
    of Spark's catalog. Spark knows no read-only session; nothing but SELECT is ever sent.

    Raises:
        SourceError: Spark or a Java runtime is not installed, or there is a driver of another master.
    """

    def __init__(self, place: Place) -> None:
        try:
            import ibis
            import ibis.backends.pyspark
        except ImportError:
            raise missing_extra(place) from None

        self._shown = place.shown
        master, _ = master_and_path(place)
        logging.getLogger(
            "SQLQueryContextLogger"
        ).disabled = True  # it prints every error on the terminal, trace and all
        with _starting:
            self._context = _driver(master, shown=place.shown)
        from pyspark.sql import SparkSession

        self._session = SparkSession(self._context)
        self._backend = ibis.pyspark.from_connection(self._session)
        self._backend.compiler = compiler()
        self._group = str(uuid.uuid4())

    def tables(self) -> list[str]:
        """Return the tables of the catalog's current database, or of others by both names."""
        return sorted(self._found())

    def table(self, place: Place) -> "ibis.Table":
        """Return files, or a table of the catalog, as they are now."""
        _, path = master_and_path(place)
        if path:
            return self._files(path)
        database, name = chosen(self._found(), place.table, shown=self._shown)
        return self._table(database, name)

    def read(self, expression: "ibis.Table", limits: Limits) -> "pyarrow.Table":
        """Return the rows of an expression; the deadline is kept by interrupting."""
        self._context.setJobGroup(self._group, APPLICATION_NAME, interruptOnCancel=True)
        answer = self._session.sql(self._backend.compile(limits.applied_to(expression))).toArrow()
        limits.check(answer.num_rows, shown=self._shown)
        return as_promised(answer, expression)

    def interrupt(self) -> None:
        """Cancel the jobs that this connection has started."""
        self._context.cancelJobGroup(self._group)

    def close(self) -> None:
        """Leave the driver to the other connections."""

    def explain(self, error: Exception) -> SourceError | None:
        """Return what an error of Spark means."""
        return explained(error, shown=self._shown)

    def _files(self, path: str) -> "ibis.Table":
        """Return the table `FORMAT.PATH` of Spark's SQL, whose files are listed anew by every query."""
        suffix = path[path.rfind(".") :].lower() if "." in path.rpartition("/")[2] else ".parquet"
        if (kind := _FORMATS.get(suffix)) is None:
            raise NotThere(f"{self._shown}: Spark is asked for {' '.join(_FORMATS)} files only")
        return self._table(kind, path)

    def _table(self, database: str, name: str) -> "ibis.Table":
        import ibis.expr.operations

        columns = self._session.sql(f"SELECT * FROM {quoted(database)}.{quoted(name)}").schema  # noqa: S608  # quoted
        operation = ibis.expr.operations.DatabaseTable(
            name,
            schema=schema_of(columns),
            source=self._backend,
            namespace=ibis.expr.operations.Namespace(database=database),
        )
        return operation.to_expr()

    def _found(self) -> dict[str, tuple[str, str]]:
        """Return database and table by every name that they go by."""
        catalog = self._session.catalog
        current = catalog.currentDatabase()
        found: dict[str, tuple[str, str]] = {}
        for database in catalog.listDatabases():
            for table in catalog.listTables(database.name):
                if not table.isTemporary:
                    name = table.name if database.name == current else f"{database.name}.{table.name}"
                    found[name] = (database.name, table.name)
        return found


def quoted(name: str) -> str:
    """Return a name as an identifier of Spark's SQL."""
    return "`" + name.replace("`", "``") + "`"


def master_and_path(place: Place) -> tuple[str, str]:
    """Return Spark's own name of the master and the path behind it, which is empty where there is none.

    A path that holds a scheme (`hdfs://…`, `s3a://…`) is taken as it is, any other is absolute.
    """
    host, _, path = place.path.partition("/")
    master = host if host.startswith("local") else f"spark://{host}"
    return master, path if "://" in path or not path else f"/{path}"


def _driver(master: str, *, shown: str) -> Any:
    """Return the driver of this process, started where there is none; what Java says is not for the terminal."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    running = SparkContext._active_spark_context
    if running is not None:
        if running.master == master:
            return running
        raise Unreachable(f"{shown}: this process drives {harmless(str(running.master))} already, and can drive one")
    # Spark makes this directory, which nothing is put into, and else where the console was started.
    warehouse = tempfile.mkdtemp(prefix="incident-console-")
    atexit.register(shutil.rmtree, warehouse, ignore_errors=True)
    settings = SETTINGS | {"spark.sql.warehouse.dir": warehouse}
    conf = SparkConf(loadDefaults=False).setMaster(master).setAll(list(settings.items()))
    try:
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        gateway = SparkContext._gateway or launch_gateway(conf, silent)
        return SparkContext(conf=conf, gateway=gateway)
    except PySparkRuntimeError:
        raise NotInstalled(f"{shown} takes a Java runtime, 17 or later: install one, or set JAVA_HOME") from None
    except Py4JError as error:
        raise explained(error, shown=shown) or Unreachable(f"{shown}: Spark did not start") from None
