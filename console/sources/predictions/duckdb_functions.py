"""Functions of DuckDB that ibis has no expression for; imported only where they are used, since ibis is heavy."""

import ibis
import ibis.expr.datatypes as types


@ibis.udf.scalar.builtin(name="list_position", signature=((types.Array(types.string), types.string), types.int64))
def place_in(known, value):  # type: ignore[no-untyped-def]
    """Return the place of a value in a list, from 1, NULL where it is not there; asked once a value of a dictionary."""
