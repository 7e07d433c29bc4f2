"""A small table that goes along with a question, as text in it: a store is only read, so that none can be created."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from console.sources.predictions.engine_function import builtin
from console.sources.predictions.said_in_sql import selected

if TYPE_CHECKING:
    import ibis

Column: TypeAlias = Sequence[str] | Sequence[int] | Sequence[float]

_SEPARATORS = (
    *(chr(code) for code in (31, 30, 29, 28, *range(1, 9), *range(14, 28))),
    *map(chr, range(0xE000, 0xF900)),
)
"""What may part texts: control characters, which every encoding has, then characters without a meaning."""
_TYPES = {str: ("string", "TEXT"), int: ("int64", "BIGINT"), float: ("float64", "DOUBLE")}


def small_table(name: str, columns: Mapping[str, Column], engine: str) -> "ibis.Table":
    """Return a table of columns, each of texts, of integers or of floats, all of the same length of at least 1.

    All of it is one text that the engine splits: thousands of literals would take seconds to be written as SQL. `name`
    tells the small tables of one question apart.
    """
    import ibis

    kinds = {column: _TYPES[type(values[0])] for column, values in columns.items()}
    texts = [values for values in columns.values() if isinstance(values[0], str)]
    field_end, row_end = _separators(value for values in texts for value in values if isinstance(value, str))
    rows = zip(*(map(_text, values) for values in columns.values()), strict=True)
    whole = ibis.literal(row_end.join(map(field_end.join, rows))).name("text").as_table()
    lines = whole.select(_split(whole["text"], row_end, engine).unnest().name("line"))
    fields = lines.select(_split(lines["line"], field_end, engine).name("fields"))
    casts = {
        column: (f'CAST("fields"[{place}] AS {sql})', kind)
        for place, (column, (kind, sql)) in enumerate(kinds.items(), start=1)
    }
    return selected(fields, name, casts, engine)


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value)


def _separators(texts: Iterable[str]) -> tuple[str, str]:
    """Return two characters that none of the texts holds."""
    held = set().union(*texts)
    first, second, *_ = (character for character in _SEPARATORS if character not in held)
    return first, second


def _split(text: "ibis.Value", separator: str, engine: str) -> "ibis.Value":
    if engine == "postgres":  # where ibis calls a function that there is not
        return builtin("string_to_array", ("string", "string"), "array<string>")(text, separator)
    return text.split(separator)
