"""What a row of a regression adds to the sums from which its metrics follow."""

from typing import TYPE_CHECKING

from console.sources.predictions.log import LABEL, PREDICTION
from console.sources.predictions.outcome_columns import LABELLED, LARGEST, SMALLEST, SUMMED

if TYPE_CHECKING:
    import ibis

_E, _Y, _RATIO, _COUNTS, _DIVIDES = "outcome.e", "outcome.y", "outcome.ratio", "outcome.counts", "outcome.divides"


def with_errors(rows: "ibis.Table") -> "ibis.Table":
    """Return rows with what each adds to every sum of `ERROR_SUMS`.

    Rows whose prediction or label is infinite or beyond 1e75 add nothing; a label of 0 has no relative error.
    """
    import ibis

    if LABEL not in rows.columns:  # rows that have none yet are counted, too
        rows = rows.mutate(**{LABEL: ibis.null("float64")})
    numbers = {name: rows[column].cast("float64") for name, column in ((_E, PREDICTION), (_Y, LABEL))}
    usable = (rows[LABELLED] == 1) & _is_moderate(numbers[_E]) & _is_moderate(numbers[_Y])
    rows = rows.mutate(**{_COUNTS: ibis.ifelse(usable, 1, 0)})
    rows = rows.mutate(
        **{
            name: ibis.ifelse(rows[_COUNTS] == 1, rows[column].cast("float64"), 0.0)
            for name, column in ((_E, PREDICTION), (_Y, LABEL))
        }
    )
    rows = rows.mutate(**{_E: _not_tiny(rows[_E] - rows[_Y]), _Y: _not_tiny(rows[_Y])})
    rows = rows.mutate(**{_DIVIDES: ibis.ifelse((rows[_COUNTS] == 1) & (rows[_Y] != 0.0), 1, 0)})
    rows = rows.mutate(**{_RATIO: rows[_E].abs() / ibis.ifelse(rows[_DIVIDES] == 1, rows[_Y].abs(), 1.0)})
    rows = rows.mutate(**{_RATIO: ibis.ifelse(rows[_DIVIDES] == 1, _not_tiny(rows[_RATIO]), 0.0)})
    e, y, relative = rows[_E], rows[_Y], rows[_RATIO]
    told = {
        "numbers": rows[_COUNTS],
        "error": e,
        "absolute": e.abs(),
        "squared": e * e,
        "fourth": e * e * e * e,
        "ratios": rows[_DIVIDES],
        "ratio": relative,
        "ratio_squared": relative * relative,
        "label": y,
        "label_squared": y * y,
    }
    return rows.mutate(**{SUMMED + name: value for name, value in told.items()})


def _is_moderate(number: "ibis.Value") -> "ibis.Value":
    return number.notnull() & ~number.isnan() & (number.abs() <= LARGEST)


def _not_tiny(number: "ibis.Value") -> "ibis.Value":
    import ibis

    return ibis.ifelse(number.abs() >= SMALLEST, number, 0.0)
