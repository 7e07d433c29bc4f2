"""The medians of many series at once: one after the other they are a good part of what a large fleet costs to read."""

from collections.abc import Sequence

from console.domain.series import Series


def medians(series: Sequence[Series]) -> list[float | None]:
    """Return of series on one grid the median of the values that are numbers, None where there is none."""
    if not series:
        return []
    import numpy  # which only the past of metrics needs

    rows = numpy.sort(numpy.array([each.values for each in series]), axis=1)  # what is no number comes last
    held = numpy.count_nonzero(rows == rows, axis=1)
    every, last = numpy.arange(len(rows)), rows.shape[1] - 1
    below, above = rows[every, numpy.maximum(held - 1, 0) // 2], rows[every, numpy.minimum(held // 2, last)]
    middle = numpy.where(below == above, below, below / 2 + above / 2)  # of which neither overflows
    return [value if count else None for value, count in zip(middle.tolist(), held.tolist(), strict=True)]
