"""Columns of answers as arrays, without the methods of pyarrow that import pandas (0.3 s of CPU) to do the same."""

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy

if TYPE_CHECKING:
    import pyarrow
    from numpy.typing import NDArray

_NO_TIME = -(2**62)
"""In the place of a time that is null: long before all others."""


def integers_of(column: "pyarrow.ChunkedArray", null: int = 0) -> "NDArray[numpy.int64]":
    """Return a column of integers, `null` where it is null."""
    parts = [numpy.from_dlpack(chunk) for chunk in column.cast("int64").fill_null(null).chunks]
    return numpy.concatenate(parts) if parts else numpy.empty(0, numpy.int64)


def texts_of(column: "pyarrow.ChunkedArray", null: int) -> "tuple[list[str], NDArray[numpy.int64]]":
    """Return the distinct texts of a column, and which of them each row has, `null` where it is null."""
    import pyarrow

    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), integers_of(pyarrow.chunked_array([encoded.indices]), null)


def floats_of(column: "pyarrow.ChunkedArray") -> "NDArray[numpy.float64]":
    """Return a column of numbers, NaN where it is null."""
    parts = [numpy.from_dlpack(chunk) for chunk in column.cast("float64").fill_null(numpy.nan).chunks]
    return numpy.concatenate(parts) if parts else numpy.empty(0)


def first_of(column: "pyarrow.ChunkedArray") -> Any:
    """Return the first value of a column."""
    if not str(column.type).startswith("timestamp"):
        return column.to_pylist()[0]
    (first, *_) = column.cast("timestamp[us]", safe=False).to_pylist()
    return first.replace(tzinfo=UTC) if first is not None and column.type.tz is not None else first


def seconds_of(times: "pyarrow.ChunkedArray", earliest: float) -> "NDArray[numpy.float64]":
    """Return times as UTC seconds, NaN where they are null or before `earliest`."""
    seconds = integers_of(times.cast("timestamp[us]"), _NO_TIME) / 1e6
    return numpy.where(seconds < earliest, numpy.nan, seconds)
