"""What no schema tells, from a few rows: what epoch times count, and which columns hold another value in every row."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import ColumnKind
from console.sources.predictions.clock import unit_of
from console.sources.predictions.conventions import Part, sounds_like_an_id, split_unit
from console.sources.predictions.inference import Inferred
from console.sources.predictions.recent import COUNTED, RecentRows
from console.sources.predictions.source_column import SourceColumn
from console.sources.predictions.values import kind_of, without_nan

if TYPE_CHECKING:
    import ibis

ROWS = 1000
MOST_COUNTED = 50
"""So many columns are counted in one query: an engine keeps the different values of all of them in memory."""
FEWEST = 100
"""Fewer values say nothing of how many there are."""
LARGEST_SHARE = 0.9
"""Share of different values (ratio) from which a column of categories holds ids or free text."""
LARGEST_SHARE_OF_AN_ID = 0.5
"""The same, for a column whose name says that it is an id."""


class Sampled(msgspec.Struct, frozen=True):
    """What a few rows say: `units` of times that are numbers, and why columns are `no_features`, by name."""

    units: dict[str, str] = {}
    no_features: dict[str, str] = {}

    def unit(self, name: str) -> str:
        """Return what the numbers of a time count."""
        return self.units.get(name, "s")

    def apply_to(self, inferred: Inferred) -> None:
        """Take the columns that are no features away from the features."""
        for name, column in list(inferred.features.items()):
            if (why := self.no_features.get(column.name)) is not None:
                del inferred.features[name]
                inferred.skipped[column.name] = why


async def sample(recent: RecentRows, inferred: Inferred) -> Sampled:
    """Look at a few rows, in queries that are bounded in rows and in columns; of a usual table it is one.

    Raises:
        SourceError: the store cannot be asked.
    """
    times = [
        assigned.column
        for part in (Part.TIMESTAMP, Part.LABEL_TIME)
        if (assigned := inferred.parts.get(part)) is not None and assigned.column.kind.is_numeric()
    ]
    doubtful = [
        column for column in inferred.features.values() if column.name not in inferred.named and _is_doubtful(column)
    ]
    units = {column.name: split_unit(column.inner).unit or "" for column in times}
    unnamed = [column for column in times if not units[column.name]]
    no_features: dict[str, str] = {}
    if not unnamed and not doubtful:
        return Sampled(units)
    for place in range(0, max(len(doubtful), 1), MOST_COUNTED):
        asked = doubtful[place : place + MOST_COUNTED]
        (answer,) = (await recent.ask(partial(_counted, asked, unnamed), most=ROWS)).to_pylist()
        for number, column in enumerate(unnamed):
            middle = answer[f"time {number}"]
            units[column.name] = "s" if middle is None else unit_of(float(middle))
        unnamed = []
        for number, column in enumerate(asked):
            why = _why_an_id(column.name, answer[f"values {number}"], answer[f"different {number}"])
            if why is not None:
                no_features[column.name] = why
    return Sampled(units, no_features)


def _counted(columns: Sequence[SourceColumn], times: Sequence[SourceColumn], few: "ibis.Table") -> "ibis.Table":
    questions: dict[str, ibis.Value] = {COUNTED: few.count()}
    # Not the newest: one broken time must not tell what all the others count.
    questions |= {f"time {number}": without_nan(column.of(few)).median() for number, column in enumerate(times)}
    for number, column in enumerate(columns):
        questions[f"values {number}"] = column.of(few).count()
        questions[f"different {number}"] = column.of(few).nunique()
    return few.aggregate(**questions)


def _is_doubtful(column: SourceColumn) -> bool:
    """Return whether a column may be an id: texts, and whole numbers that are called so."""
    if column.kind.is_boolean() or column.kind.is_null():
        return False
    return kind_of(column.kind) is ColumnKind.CATEGORY or (column.kind.is_integer() and sounds_like_an_id(column.name))


def _why_an_id(name: str, values: int, different: int) -> str | None:
    if sounds_like_an_id(name) and (values < FEWEST or different > LARGEST_SHARE_OF_AN_ID * values):
        return "called like an id; columns.features names it if it is a feature"
    if values >= FEWEST and different > LARGEST_SHARE * values:
        return f"an id or free text: {different:,} different values in {values:,} rows"
    return None
