"""What engines answer, as an expression promised it: the same names and types from all of them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import pyarrow


def as_promised(answer: "pyarrow.Table", expression: "ibis.Table") -> "pyarrow.Table":
    """Return an answer with the column names and types of its expression.

    Engines count in types of their own (a sum of integers is a decimal in one, an integer in the next). What Arrow
    cannot turn into the promised type raises `pyarrow.ArrowInvalid`, as a value does that does not fit.
    """
    promised = expression.schema().to_pyarrow()
    answer = answer.rename_columns(promised.names)
    return answer if answer.schema.equals(promised) else answer.cast(promised)
