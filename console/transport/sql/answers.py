"""What engines answer, as an expression promised it: the same names and types from all of them."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from console.domain.label import harmless
from console.transport.errors import Unreadable

if TYPE_CHECKING:
    import ibis
    import pyarrow


_WIDE = Context(prec=76)


def as_promised(answer: "pyarrow.Table", expression: "ibis.Table") -> "pyarrow.Table":
    """Return an answer with the column names and types of its expression.

    Engines count in types of their own: a sum of integers is a decimal in one, an integer in the next.

    Raises:
        Unreadable: A value does not fit into the promised type.
    """
    import pyarrow

    promised = expression.schema().to_pyarrow()
    answer = answer.rename_columns(promised.names)
    if answer.schema.equals(promised):
        return answer
    columns = []
    for field, column in zip(promised, answer.columns, strict=True):
        try:
            safe = not pyarrow.types.is_decimal(field.type)  # of decimals digits behind the point may be lost
            columns.append(column if column.type.equals(field.type) else column.cast(field.type, safe=safe))
        except pyarrow.ArrowException as error:
            raise _unfit(field, error) from None
    return pyarrow.table(columns, schema=promised)


def from_rows(rows: Sequence[Sequence[Any]], expression: "ibis.Table") -> "pyarrow.Table":
    """Return rows of Python values as the table that an expression promised.

    Raises:
        Unreadable: A value does not fit into the promised type.
    """
    import pyarrow

    promised = expression.schema().to_pyarrow()
    columns = []
    for index, field in enumerate(promised):
        values = [row[index] for row in rows]
        try:
            columns.append(pyarrow.array(_converted(values, field.type), field.type))
        except (pyarrow.ArrowException, ValueError, OverflowError) as error:
            raise _unfit(field, error) from None
    return pyarrow.table(columns, schema=promised)


def _converted(values: Iterable[Any], promised: "pyarrow.DataType") -> Iterable[Any]:
    """Return values that Arrow takes for a type: it turns no decimals into floats and no objects into text."""
    import pyarrow.types

    if pyarrow.types.is_floating(promised):
        return _each(values, float)
    if pyarrow.types.is_decimal(promised):
        return _each(values, lambda value: _rounded(value, promised.scale))
    if pyarrow.types.is_string(promised):
        return _each(values, _text)
    return values


def _each(values: Iterable[Any], convert: Callable[[Any], Any]) -> Iterable[Any]:
    return (None if value is None else convert(value) for value in values)


def _rounded(value: Decimal, digits: int) -> Decimal | None:
    """Return a decimal rounded to so many digits; Arrow's have neither NaN nor infinity, which are null here."""
    return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE) if value.is_finite() else None


def _text(value: Any) -> str:
    """Return a value that the engine has a type of its own for: JSON, an id, an address of the network."""
    if isinstance(value, dict | list):
        import json

        return json.dumps(value)
    return str(value)


def _unfit(field: "pyarrow.Field", error: Exception) -> Unreadable:
    return Unreadable(f"column {harmless(field.name)} holds what is no {field.type}: {harmless(str(error))}")
