"""A column of a store, or a field inside one, before it has a part in the log."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.json_path import JsonPath

if TYPE_CHECKING:
    import ibis
    import ibis.expr.datatypes as dt


class SourceColumn(msgspec.Struct, frozen=True):
    """One value a row: `column` of the store, or the field of a struct that `fields` lead to.

    `name` is what people call it (`request.age`), `kind` its type in ibis. `fields` are those of structs, keys of maps
    and places in lists; where `document` is set, they lead to JSON in which the value stands.
    """

    name: str
    column: str
    kind: "dt.DataType"
    fields: tuple[str | int, ...] = ()
    document: JsonPath | None = None

    @property
    def container(self) -> str:
        """Return the name of the column of the store that it lies in, empty where it is that column itself."""
        return self.column if self.fields or self.document is not None else ""

    @property
    def inner(self) -> str:
        """Return the name without that of the column that it lies in."""
        return self.name[len(self.column) + 1 :] if self.container else self.name

    def of(self, table: "ibis.Table") -> "ibis.Value":
        """Return its value in a table of the store."""
        value: ibis.Value = table[self.column]
        for field in self.fields:
            value = value[field]
        return value if self.document is None else self.document.of(value, self.kind)


def columns_of(schema: "ibis.Schema", deepest: int = 3) -> list[SourceColumn]:
    """Return the columns of a schema in its order, each struct followed by its fields instead."""
    found: list[SourceColumn] = []
    for name, kind in schema.items():
        found.extend(_unfolded(SourceColumn(name, name, kind), deepest))
    return found


def _unfolded(column: SourceColumn, levels: int) -> list[SourceColumn]:
    if not column.kind.is_struct() or not levels:
        return [column]
    found: list[SourceColumn] = []
    for field, kind in column.kind.fields.items():
        inner = SourceColumn(f"{column.name}.{field}", column.column, kind, (*column.fields, field))
        found.extend(_unfolded(inner, levels - 1))
    return found
