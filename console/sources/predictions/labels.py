"""Labels of a second table, joined to the rows by their id: late, partial and corrected ones."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.clock import as_utc, utc_literal
from console.sources.predictions.conventions import Part
from console.sources.predictions.inference import Assigned, Inferred
from console.sources.predictions.log import ID, LABEL, LABEL_TIME, Origin
from console.sources.predictions.values import as_text, label

if TYPE_CHECKING:
    import ibis

MOST_SECONDS_BEFORE = 86_400.0
"""How much earlier than its prediction a label may seem to be, for clocks and zones that are wrong."""

_LABEL_ID = "label of id"
"""A name that no column of the log has, for the time of the join."""


class LabelTable(msgspec.Struct, frozen=True):
    """Labels by id: `given` holds `id`, `label` and, where `has_time`, `label_time` of all that ever came."""

    given: "ibis.Table"
    has_time: bool
    is_feedback: bool
    origins: dict[str, Origin]

    def newest(self, labelled_by: float | None = None, since: float | None = None) -> "ibis.Table":
        """Return one label for each id: the newest of those that came from `since` to `labelled_by` (UTC seconds).

        Where labels have no time, or the same one, the largest counts: any other choice would change from one query to
        the next.
        """
        import ibis

        given = self.given
        if self.has_time and labelled_by is not None:
            given = given.filter(given[LABEL_TIME] <= utc_literal(labelled_by))
            if since is not None:
                given = given.filter(given[LABEL_TIME] >= utc_literal(since))
        order = [ibis.desc(given[LABEL], nulls_first=False)]
        if self.has_time:
            order = [ibis.desc(given[LABEL_TIME], nulls_first=False), *order]
        place = ibis.row_number().over(ibis.window(group_by=given[ID], order_by=order))
        ranked = given.mutate(place=place)
        return ranked.filter(ranked.place == 0).drop("place")

    def joined(self, rows: "ibis.Table", labelled_by: float | None, start: float | None = None) -> "ibis.Table":
        """Return the rows with their labels; rows without one keep null, labels without a row are left out.

        Where it is known when rows start and labels come (UTC seconds), labels from long before are left out, too: what
        is asked of a day must not cost more with every year of labels.
        """
        since = start - MOST_SECONDS_BEFORE if start is not None else None
        newest = self.newest(labelled_by, since).rename({_LABEL_ID: ID})
        joined = rows.left_join(newest, rows[ID] == newest[_LABEL_ID])
        return joined.drop(_LABEL_ID)


def origin_of(assigned: Assigned, unit: str = "") -> Origin:
    """Return where a column comes from; `unit` is what it counts, if it is one of numbers."""
    kind = assigned.column.kind
    return Origin(assigned.column.name, str(kind).lstrip("!"), assigned.configured, unit if kind.is_numeric() else "")


def label_table(
    table: "ibis.Table", inferred: Inferred, *, engine: str, zone: str | None, time_unit: str
) -> LabelTable | None:
    """Return the labels of a table, None where it has no id or no label."""
    parts = inferred.parts
    if Part.ID not in parts or Part.LABEL not in parts:
        return None
    columns = {
        ID: as_text(parts[Part.ID].column.of(table)),
        LABEL: label(parts[Part.LABEL].column.of(table), is_feedback=inferred.is_feedback),
    }
    if Part.LABEL_TIME in parts:
        time = parts[Part.LABEL_TIME].column.of(table)
        columns[LABEL_TIME] = as_utc(time, engine=engine, zone=zone, unit=time_unit)
    given = table.select(**columns)
    origins = {
        part.value: origin_of(assigned, time_unit if part is Part.LABEL_TIME else "")
        for part, assigned in parts.items()
        if part in (Part.LABEL, Part.LABEL_TIME)
    }
    return LabelTable(
        given=given.filter(given[ID].notnull(), given[LABEL].notnull()),
        has_time=LABEL_TIME in columns,
        is_feedback=inferred.is_feedback,
        origins=origins,
    )
