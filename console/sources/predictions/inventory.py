"""What a log of predictions holds at an instant: for a person who looks whether it is read as it was meant."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.clock import seconds_of
from console.sources.predictions.log import ID, LABEL, MODEL, TIMESTAMP, VERSION, PredictionLog

if TYPE_CHECKING:
    import ibis

    from console.transport.sql import SqlStore

MOST_GROUPS = 1000
"""So many pairs of model and version are counted, those with the most rows."""
_END = 4_102_444_800.0
"""2100-01-01 in UTC seconds: rows of a clock that is ahead are rows, too."""


class Served(msgspec.Struct, frozen=True):
    """The rows of one version of a model, the time of the newest (UTC seconds), and how many have a label."""

    model: str
    version: str
    rows: int
    newest: float
    labelled: int


class LogInventory(msgspec.Struct, frozen=True):
    """What the log holds, most rows first; `is_cut` says that there were more models and versions than are counted."""

    served: tuple[Served, ...]
    is_cut: bool

    @property
    def rows(self) -> int:
        """Return the number of rows of all."""
        return sum(each.rows for each in self.served)

    @property
    def labelled(self) -> int:
        """Return the number of rows that have a label."""
        return sum(each.labelled for each in self.served)

    @property
    def newest(self) -> float | None:
        """Return the time of the newest row (UTC seconds), None where there is none."""
        return max((each.newest for each in self.served), default=None)

    @property
    def versions(self) -> dict[str, list[str]]:
        """Return the versions by model."""
        found: dict[str, list[str]] = {}
        for each in self.served:
            found.setdefault(each.model, []).append(each.version)
        return found


class RowCheck(msgspec.Struct, frozen=True):
    """What counts for less than somebody may think.

    `without_time` rows are in no window, `repeated_ids` rows have an id that another one has too, and labels are there
    for `unknown_ids` that no row has.
    """

    without_time: int = 0
    repeated_ids: int = 0
    unknown_ids: int = 0


async def take_inventory(store: "SqlStore", log: PredictionLog, start: float) -> LogInventory:
    """Return what the log holds from an instant on (UTC seconds).

    Raises:
        SourceError: the store cannot be asked.
    """
    import ibis

    rows = log.labelled_between(start, _END)
    labelled = rows[LABEL].count() if log.has_label else ibis.literal(0)
    counted = rows.group_by([rows[MODEL], rows[VERSION]]).aggregate(
        rows=rows.count(), newest=rows[TIMESTAMP].max(), labelled=labelled
    )
    counted = counted.order_by(
        [ibis.desc(counted["rows"]), counted[MODEL], counted[VERSION]],
    ).limit(MOST_GROUPS + 1)
    answer = (await store.read(counted)).to_pylist()
    served = [
        Served(row[MODEL], row[VERSION], row["rows"], seconds_of(row["newest"]), row["labelled"])
        for row in answer[:MOST_GROUPS]
    ]
    return LogInventory(tuple(served), len(answer) > MOST_GROUPS)


async def check_rows(store: "SqlStore", log: PredictionLog, start: float) -> RowCheck:
    """Return how well the rows from an instant on (UTC seconds) do; this looks at every time and every id.

    Raises:
        SourceError: the store cannot be asked.
    """
    rows = log.between(start, _END)
    questions: dict[str, ibis.Value] = {"repeated": rows[ID].count() - rows[ID].nunique()} if log.has_id else {}
    unknown = without_time = repeated = 0
    if questions:
        repeated = (await _only(store, rows.aggregate(**questions)))["repeated"]
    if log.unlabelled is not None:
        everything = log.unlabelled
        asked = everything.filter(everything[TIMESTAMP].isnull())
        without_time = (await _only(store, asked.aggregate(without_time=asked.count())))["without_time"]
        if log.given_labels is not None:
            given = log.given_labels
            known = everything.select(known=everything[ID])
            lost = given.anti_join(known, given[ID] == known["known"])
            unknown = (await _only(store, lost.aggregate(unknown=lost[ID].nunique())))["unknown"]
    return RowCheck(without_time, repeated, unknown)


async def _only(store: "SqlStore", table: "ibis.Table") -> dict[str, int]:
    (row,) = (await store.read(table)).to_pylist()
    return dict(row)
