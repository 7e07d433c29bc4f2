"""Where ibis speaks to Spark otherwise than to other engines, so that they would count otherwise."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis
    import pyspark.sql.types


def compiler() -> Any:
    """Return the compiler of ibis for Spark, with NaN told from null and infinity found, as for every other engine.

    That of ibis 12 takes NaN for null, and compares trees of SQL in Python where SQL shall compare numbers, by which
    nothing is infinite.
    """
    import sqlglot
    from ibis.backends.sql.compilers.base import NULL
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Compiler(PySparkCompiler):  # type: ignore[misc]  # ibis ships no types
        def visit_IsNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802  # ibis finds it by this name, as those below
            return arg.is_(NULL)

        def visit_NotNull(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
            return sqlglot.not_(arg.is_(NULL))

        def visit_IsInf(self, op: Any, *, arg: Any) -> Any:  # noqa: N802
            return arg.isin(self.POS_INF, self.NEG_INF)

    return Compiler()


def schema_of(columns: "pyspark.sql.types.StructType") -> "ibis.Schema":
    """Return the schema of columns, in which an instant is told from a time without a zone: ibis drops the zone."""
    import ibis
    from ibis.backends.pyspark.datatypes import PySparkType
    from pyspark.sql.types import TimestampType

    return ibis.schema(
        {
            column.name: ibis.dtype("timestamp('UTC', 6)")
            if isinstance(column.dataType, TimestampType)
            else PySparkType.to_ibis(column.dataType)
            for column in columns
        }
    )
