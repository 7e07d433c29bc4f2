"""Classes as text, so that a label of one type is comparable with a prediction of another.

Where prediction and label have the same type, a class is its value: text as it is, whole numbers without decimals,
booleans as `true` and `false`. Where the types differ, `true` and `false` (booleans, or text in any case) are 1 and 0,
and text such as `1.0` is the whole number 1: then `1`, `"1"`, `1.0`, `true` and `"True"` are one class.
"""

import re
from typing import TYPE_CHECKING

from console.sources.predictions.log import LABEL, PREDICTION, PredictionLog

if TYPE_CHECKING:
    import ibis

_BOOLEAN, _NUMBER, _TEXT = _FAMILIES = ("boolean", "number", "text")

_WHOLE = r"^([+-]?[0-9]+)\.0+$"
_LARGEST_WHOLE = 1e15
"""Numbers above this are no longer told apart by float64."""


def class_expression(value: "ibis.Value", *, across_types: bool) -> "ibis.Value":
    """Return the class of a column as a string expression, null where the column is null or NaN."""
    import ibis

    kind = value.type()
    if kind.is_boolean():
        yes, no = ("1", "0") if across_types else ("true", "false")
        return ibis.cases((value.isnull(), ibis.null("string")), (value, yes), else_=no)
    if kind.is_floating() or kind.is_decimal():
        number = value.cast("float64")
        whole = (number == number.floor()) & (number.abs() < _LARGEST_WHOLE)
        return ibis.cases(
            (value.isnull() | number.isnan(), ibis.null("string")),
            (number.isinf(), ibis.null("string")),
            (whole, number.cast("int64").cast("string")),
            else_=number.cast("string"),
        )
    text = value.cast("string")
    if not kind.is_string() or not across_types:
        return text
    return ibis.cases(
        (text.lower() == "true", "1"),
        (text.lower() == "false", "0"),
        else_=text.re_replace(_WHOLE, r"\1"),
    )


def class_of(text: str, *, across_types: bool) -> str:
    """Return the class that a person means by a text, by the same rule."""
    if not across_types:
        return text
    if text.lower() in ("true", "false"):
        return "1" if text.lower() == "true" else "0"
    return re.sub(_WHOLE, r"\1", text)


def compares_across_types(log: PredictionLog) -> bool:
    """Return whether labels and predictions are of different types, as the store has them; all numbers are of one."""
    if not log.has_label or log.prediction is None or log.is_feedback:
        return log.prediction is None
    told = log.prediction.type_name
    prediction = told if told in _FAMILIES else _family(log.table[PREDICTION])
    return _family(log.table[LABEL]) != prediction


def _family(value: "ibis.Value") -> str:
    kind = value.type()
    if kind.is_boolean():
        return _BOOLEAN
    return _NUMBER if kind.is_numeric() else _TEXT
