"""Bins fixed once from a reference, so that every later count of a column is comparable with every other."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a logged column is to the model."""

    FEATURE = "feature"
    PREDICTION = "prediction"
    SCORE = "score"


class ColumnKind(StrEnum):
    """How a column is binned: numbers by quantiles of the reference, everything else by its commonest values."""

    NUMBER = "number"
    CATEGORY = "category"


class Bins(msgspec.Struct, frozen=True):
    """The bins of one column of one model; a bin is named by its code, and `reference` counts rows by code.

    Codes of numbers: 0 null (NaN counts as null), 1 below all of the reference, 2 … the ranges that `edges` part
    (lowest first, a value on an edge belongs to the lower range, as in `(edge, edge]`), last above all of the
    reference. `edges` are inner quantiles, strictly ascending; `low` and `high` the ends of the reference.

    Codes of categories: 0 null, 1 … the commonest values of the reference (`categories`, commonest first), then
    "other" (`rare` values that the reference holds too), last values that the reference does not hold. Where the
    reference holds too many values to keep (`rare` is empty, yet its "other" is not), new ones are "other", too.
    """

    column: str
    role: Role
    kind: ColumnKind
    reference: tuple[int, ...]
    edges: tuple[float, ...] = ()
    low: float = 0.0
    high: float = 0.0
    categories: tuple[str, ...] = ()
    rare: tuple[str, ...] = ()
    quantiles: tuple[float, ...] = ()
    """The nine deciles of the reference, for a column of numbers: a change of units multiplies all by one factor."""
    type_name: str = ""
    """The column's type in the store when the bins were made: another one later is a change of type."""

    @property
    def count(self) -> int:
        """Return how many codes there are."""
        if self.kind is ColumnKind.NUMBER:
            return len(self.edges) + 4
        return len(self.categories) + 3

    @property
    def unseen(self) -> tuple[int, ...]:
        """Return the codes of values that the reference does not hold: out of range, or new categories."""
        return (1, self.count - 1) if self.kind is ColumnKind.NUMBER else (self.count - 1,)


class Reference(msgspec.Struct, frozen=True):
    """What a model is measured against: `said` in words, its rows, and one set of bins per column by name.

    `fingerprint` changes when the reference does: counts made by other bins are not comparable. `skipped` says of
    columns that have no bins why, by name.
    """

    said: str
    rows: int
    bins: dict[str, Bins]
    fingerprint: str
    skipped: dict[str, str] = {}
