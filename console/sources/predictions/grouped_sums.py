"""The sums of measures by group, in one question that reads each column once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from console.sources.predictions.joined_measures import JoinedMeasure
from console.sources.predictions.measures import Measure
from console.sources.predictions.said_in_sql import selected

if TYPE_CHECKING:
    import ibis

ROWS = "rows"
NEWEST = "newest"
_INSTANT = "instant"


def grouped_sums(
    rows: "ibis.Table",
    keys: "Mapping[str, ibis.Value]",
    measures: Sequence[Measure | JoinedMeasure],
    engine: str,
    *,
    instant: "ibis.Value | None" = None,
) -> "ibis.Table":
    """Return by `keys` how many rows there are (`ROWS`) and the sums of all measures (`s0`, …).

    Where an `instant` of each row is given, `NEWEST` is the last of each group.
    """
    narrow: dict[str, ibis.Value] = dict(keys)
    sums: list[str] = []
    for place, measure in enumerate(measures):
        prepared = {f"c{place}_{index}": value for index, value in enumerate(measure.prepare(rows))}
        sums += measure.sums([f'"{name}"' for name in prepared])
        narrow |= prepared
    columns = {key: (f'"{key}"', str(value.type())) for key, value in keys.items()}
    columns[ROWS] = ("COUNT(*)", "int64")
    if instant is not None:
        narrow[_INSTANT] = instant
        columns[NEWEST] = (f'MAX("{_INSTANT}")', "timestamp")
    columns |= {f"s{place}": (sql, "int64") for place, sql in enumerate(sums)}
    return selected(rows.select(**narrow), "counted", columns, engine, by=keys)
