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
_DAY_IN = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST_DAY = -719_162  # the year 1, in days from 1970
_END_OF_DAYS = 2_932_897  # the year 10,000
_LOWEST, _HIGHEST = -(2**63) + 2, 2**63 - 1  # nanoseconds do not reach so far: beyond these is infinity


def as_promised(answer: "pyarrow.Table", expression: "ibis.Table") -> "pyarrow.Table":
    """Return an answer with the column names and types of its expression.

    Engines count in types of their own: a sum of integers is a decimal in one, an integer in the next.

    Raises:
        Unreadable: A value does not fit into the promised type.
    """
    import pyarrow

    promised = expression.schema().to_pyarrow()
    columns = []
    for field, column in zip(promised, answer.columns, strict=True):
        try:
            safe = not pyarrow.types.is_decimal(field.type)  # of decimals digits behind the point may be lost
            fit = column if column.type.equals(field.type) else column.cast(field.type, safe=safe)
            columns.append(_with_a_year(fit) if pyarrow.types.is_temporal(field.type) else fit)
        except pyarrow.ArrowException as error:
            raise _unfit(field, error) from None
    return pyarrow.table(columns, schema=promised)


def _with_a_year(column: "pyarrow.ChunkedArray") -> "pyarrow.ChunkedArray":
    """Return times in which those are null that no calendar has: infinity, which engines keep as the largest number."""
    import pyarrow
    import pyarrow.compute

    if not (pyarrow.types.is_timestamp(column.type) or pyarrow.types.is_date32(column.type)):
        return column
    if pyarrow.types.is_date32(column.type):
        numbers, a_day = column.cast(pyarrow.int32()).cast(pyarrow.int64()), 1
    else:
        numbers, a_day = column.cast(pyarrow.int64()), _DAY_IN[column.type.unit]
    ends = pyarrow.compute.min_max(numbers).as_py()
    first, end = max(_FIRST_DAY * a_day, _LOWEST), min(_END_OF_DAYS * a_day, _HIGHEST)
    if ends["min"] is None or (ends["min"] >= first and ends["max"] < end):
        return column
    has_a_year = pyarrow.compute.and_(pyarrow.compute.greater_equal(numbers, first), pyarrow.compute.less(numbers, end))
    return pyarrow.compute.if_else(has_a_year, column, pyarrow.scalar(None, column.type))


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
        except (pyarrow.ArrowException, ValueError, ArithmeticError) as error:
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


def _rounded(given: Any, digits: int) -> Decimal | None:
    """Return a decimal rounded to so many digits; Arrow's have neither NaN nor infinity, which are null here."""
    value = Decimal(given)
    return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE) if value.is_finite() else None


def _text(value: Any) -> str:
    """Return a value that the engine has a type of its own for: JSON, an id, an address of the network."""
    if isinstance(value, dict | list):
        import json

        return json.dumps(value)
    return str(value)


def _unfit(field: "pyarrow.Field", error: Exception) -> Unreadable:
    return Unreadable(f"column {harmless(field.name)} holds what is no {field.type}: {harmless(str(error))}")
