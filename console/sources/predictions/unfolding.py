"""Columns that hold a whole request or answer in a map or in JSON: a few rows tell their fields."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.label import harmless
from console.sources.predictions.conventions import INPUTS, METADATA, OUTPUTS, normalised
from console.sources.predictions.documents import Documents, answers_of, inputs_of
from console.sources.predictions.json_path import ENGINES, JsonPath, can_be_written, json_text
from console.sources.predictions.recent import RecentRows
from console.sources.predictions.source_column import SourceColumn

if TYPE_CHECKING:
    import ibis

ROWS = 200
"""So many rows are looked at for the keys of maps and of JSON."""
LONGEST = 200_000
"""Longer documents (characters) are not fetched: they hold pictures, not features."""


class Unfolded(msgspec.Struct, frozen=True):
    """The columns of a table, with the fields of what is nested in its place."""

    columns: tuple[SourceColumn, ...]
    notes: tuple[str, ...] = ()


async def unfold(recent: RecentRows, columns: Sequence[SourceColumn], *, engine: str) -> Unfolded:
    """Return columns with the fields of maps and of JSON in their place, told from a few rows in one query.

    Raises:
        SourceError: the store cannot be asked.
    """
    nested = [column for column in columns if _may_hold_fields(column)]
    if not nested:
        return Unfolded(tuple(columns))

    def documents(few: "ibis.Table") -> "ibis.Table":
        return few.select(**{f"nested {place}": _asked(column, few, engine) for place, column in enumerate(nested)})

    answer = await recent.ask(documents, most=ROWS)
    found: dict[str, list[SourceColumn]] = {}
    notes: list[str] = []
    for place, column in enumerate(nested):
        values = [value for value in answer[f"nested {place}"].to_pylist() if value is not None]
        found[column.name] = _fields(column, values, engine, notes)
    unfolded: list[SourceColumn] = []
    for column in columns:
        unfolded.extend(found.get(column.name) or [column])
    return Unfolded(tuple(unfolded), tuple(notes))


def _may_hold_fields(column: SourceColumn) -> bool:
    kind, name = column.kind, normalised(column.column)
    if kind.is_map() or kind.is_json():
        return True
    is_named_so = name in INPUTS or name in OUTPUTS or name in METADATA
    is_text = kind.is_string() or (kind.is_array() and (kind.value_type.is_string() or kind.value_type.is_json()))
    return bool(is_text and is_named_so and not column.fields)


def _asked(column: SourceColumn, few: "ibis.Table", engine: str) -> "ibis.Value":
    """Return what is fetched of a column: the keys of a map, the text of JSON, of a list its first element."""
    import ibis

    value = column.of(few)
    if column.kind.is_map():
        return value.keys()
    if column.kind.is_array():
        value = value[0]
    text = json_text(value, engine)
    return ibis.ifelse(text.length() <= LONGEST, text, ibis.null("string"))


def _fields(column: SourceColumn, values: list[object], engine: str, notes: list[str]) -> list[SourceColumn]:
    if column.kind.is_map():
        keys = dict.fromkeys(str(key) for value in values if isinstance(value, list) for key in value)
        kind = column.kind.value_type
        return [SourceColumn(f"{column.name}.{key}", column.column, kind, (*column.fields, key)) for key in keys]
    texts = [value for value in values if isinstance(value, str)]
    is_answer = normalised(column.column) in OUTPUTS and normalised(column.column) not in INPUTS
    documents = answers_of(texts) if is_answer else inputs_of(texts)
    if documents.leaves and engine not in ENGINES:
        notes.append(
            f"{harmless(column.name)} holds JSON, which is not taken apart in {engine}: log columns or a struct"
        )
        return []
    if documents.several_rows:
        notes.append(
            f"{documents.several_rows} of {documents.read} documents in {harmless(column.name)} hold several rows: "
            "the first of each counts"
        )
    return _of_documents(column, documents, engine, notes)


def _of_documents(column: SourceColumn, documents: Documents, engine: str, notes: list[str]) -> list[SourceColumn]:
    import ibis.expr.datatypes as dt

    kinds: dict[str, dt.DataType] = {
        "number": dt.float64,
        "boolean": dt.boolean,
        "text": dt.string,
        "list": dt.Array(dt.string),
    }
    fields = (*column.fields, 0) if column.kind.is_array() else column.fields
    found, unwritable = [], []
    for name, leaf in documents.leaves.items():
        if not can_be_written(engine, leaf.steps):
            unwritable.append(name)
            continue
        path = JsonPath(engine, leaf.steps)
        found.append(SourceColumn(f"{column.name}.{name}", column.column, kinds[leaf.kind], fields, path))
    if unwritable:
        notes.append(f"{len(unwritable)} keys in {harmless(column.name)} cannot be named in a path of {engine}")
    return found
