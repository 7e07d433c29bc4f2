"""What a column of a store means as a column of the log: one type for each part, whatever the store holds."""

from typing import TYPE_CHECKING

from console.domain.bins import ColumnKind
from console.sources.predictions.conventions import PER_SECOND, normalised

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt

_ALL_WELL = ("", "0", "200", "ok", "success", "succeeded", "none", "null", "false", "no error")
_RIGHT = (
    "true",
    "1",
    "up",
    "thumbs_up",
    "thumbs up",
    "+1",
    "👍",
    "positive",
    "good",
    "yes",
    "like",
    "liked",
    "correct",
)
_WRONG = (
    *("false", "0", "-1", "down", "thumbs_down", "thumbs down", "👎", "negative", "bad", "no", "dislike", "disliked"),
    *("incorrect", "wrong"),
)
_LARGEST_STATUS_OF_OTHERS = 499
"""HTTP statuses above it say that the server failed; below it the caller did, or nobody."""


def kind_of(kind: "dt.DataType") -> ColumnKind:
    """Return how a column of a type is binned."""
    return ColumnKind.NUMBER if kind.is_numeric() and not kind.is_boolean() else ColumnKind.CATEGORY


def family_of(kind: "dt.DataType") -> str:
    """Return `boolean`, `number` or `text`."""
    return "boolean" if kind.is_boolean() else "number" if kind.is_numeric() else "text"


def watched(value: "ibis.Value") -> "ibis.Value":
    """Return a feature as a number or a text: booleans are `true` and `false`, decimals become floats."""
    kind = value.type()
    if kind.is_boolean():
        return value.cases((True, "true"), (False, "false"))
    if kind.is_decimal() or kind.is_uint64():
        return value.cast("float64")
    return value if kind.is_numeric() else as_text(value)


def as_text(value: "ibis.Value") -> "ibis.Value":
    """Return a value as text."""
    return value if value.type().is_string() else value.cast("string")


def without_nan(value: "ibis.Value") -> "ibis.Value":
    """Return a value, null where it is NaN: some libraries write what is missing so, and NaN is above all numbers."""
    return value.isnan().ifelse(None, value) if value.type().is_floating() else value


def latency_seconds(value: "ibis.Value", unit: str) -> "ibis.Value":
    """Return a latency in seconds, from a number of `unit`."""
    number = value.cast("float64")
    return number if unit == "s" else number / PER_SECOND[unit]


def failed(value: "ibis.Value", name: str) -> "ibis.Value":
    """Return whether a request failed, false where the column is null.

    A boolean says so itself, or the opposite where it is called `success`; whole numbers are HTTP statuses where they
    are called so, else flags; of a text all but a few words is the message of an error.
    """
    import ibis

    kind, words = value.type(), normalised(name).split("_")
    if kind.is_boolean():
        told = ~value if words[-1] in ("success", "succeeded") else value
    elif kind.is_string():
        told = value.strip().lower().notin(_ALL_WELL)
    elif {"status", "code"} & set(words):
        told = value > _LARGEST_STATUS_OF_OTHERS
    else:
        told = value != 0
    return ibis.coalesce(told, False)


def was_right(value: "ibis.Value") -> "ibis.Value":
    """Return what feedback says, null where it says neither that the prediction was right nor that it was wrong."""
    import ibis

    kind = value.type()
    if kind.is_boolean():
        return value
    if kind.is_numeric():
        return without_nan(value.cast("float64") if kind.is_decimal() else value) > 0
    text = value.strip().lower()
    return ibis.cases((text.isin(_RIGHT), True), (text.isin(_WRONG), False), else_=ibis.null("boolean"))


def label(value: "ibis.Value", *, is_feedback: bool) -> "ibis.Value":
    """Return a label as it is compared with predictions: a boolean, a number or a text."""
    if is_feedback:
        return was_right(value)
    return without_nan(value.cast("float64") if value.type().is_decimal() else value)
