"""Questions of very many alike columns, said in SQL: in ibis each of them costs milliseconds, in SQL a tenth of one."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis


def selected(
    table: "ibis.Table",
    name: str,
    columns: Mapping[str, tuple[str, str]],
    engine: str,
    *,
    by: Iterable[str] = (),
) -> "ibis.Table":
    """Return columns of a table, or of its groups, by what each is in the SQL of DuckDB and its type in ibis' words.

    `by` are the columns of the table by which it is grouped. `name` tells the table from others that
    are asked in this way in the same question. Nothing of all this may come from outside: it becomes SQL as it is.
    """
    import ibis
    import sqlglot
    from ibis.expr import operations

    name = f"incident_console_{name}"  # no table of the store is called so
    asked = ", ".join(f'{sql} AS "{column}"' for column, (sql, _) in columns.items())
    keys = ", ".join(f'"{key}"' for key in by)
    sql = f'SELECT {asked} FROM "{name}"' + (f" GROUP BY {keys}" if keys else "")  # noqa: S608  # see above
    if engine != "duckdb":
        (sql,) = sqlglot.transpile(sql, read="duckdb", write=engine)
    schema = ibis.schema({column: kind for column, (_, kind) in columns.items()})
    return operations.SQLStringView(parent=table.alias(name).op(), query=sql, schema=schema).to_expr()
