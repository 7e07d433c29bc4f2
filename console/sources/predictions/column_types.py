"""What a column can be by its type."""

from typing import TYPE_CHECKING

from console.domain.label import harmless
from console.sources.predictions.conventions import Part

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt


def may_be(part: Part, kind: "dt.DataType") -> bool:
    """Return whether a column of a type can be a part."""
    match part:
        case Part.TIMESTAMP | Part.LABEL_TIME:
            return bool(kind.is_timestamp() or kind.is_date() or kind.is_numeric() or kind.is_string())
        case Part.MODEL | Part.VERSION | Part.ID:
            return bool(kind.is_string() or kind.is_numeric() or kind.is_uuid())
        case Part.LATENCY:
            return bool(kind.is_numeric())
        case Part.ERROR:
            return bool(kind.is_boolean() or kind.is_integer() or kind.is_string())
        case Part.PREDICTION | Part.LABEL:
            return bool(kind.is_boolean() or kind.is_numeric() or kind.is_string())


def why_not_watched(kind: "dt.DataType") -> str | None:
    """Return why the distribution of a type is not watched, None where it is."""
    if kind.is_numeric() or kind.is_boolean() or kind.is_string() or kind.is_null():
        return None
    if kind.is_timestamp() or kind.is_date() or kind.is_time():
        return "a time, which differs in every window; log an age or an hour of the day where it is a feature"
    if kind.is_array():
        return "a list; log its length or its parts where they are features"
    if kind.is_struct() or kind.is_map() or kind.is_json():
        return "nested, and its fields are not known"
    if kind.is_uuid() or kind.is_macaddr() or kind.is_inet():
        return "an id: every value is its own"
    if kind.is_unknown():
        raw = getattr(kind.raw_type, "sql", lambda: str(kind.raw_type))()
        return f"its type {harmless(raw)} has no distribution that is watched; cast it in a view where it is a feature"
    return f"its type {harmless(str(kind))} has no distribution that is watched"
