"""Labels of a second table, joined to the rows by their id: late, partial and corrected ones."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.clock import as_utc, utc_literal
from console.sources.predictions.conventions import Part
from console.sources.predictions.cutoff import CutoffByDay, LabelledBy, had_come, last_label
from console.sources.predictions.inference import Assigned, Inferred
from console.sources.predictions.log import ID, LABEL, LABEL_TIME, TIMESTAMP, Origin
from console.sources.predictions.values import as_text, label

if TYPE_CHECKING:
    import ibis

MOST_SECONDS_BEFORE = 86_400.0
"""How much earlier than its prediction a label may seem to be, for clocks and zones that are wrong."""

_LABEL_ID, _DAY, _LABEL_DAY = "label of id", "day of row", "label of day"
"""Names that no column of the log has, for the time of the join."""


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
        given = self.given
        if self.has_time and labelled_by is not None:
            given = given.filter(had_come(given[LABEL_TIME], utc_literal(labelled_by)))
            if since is not None:
                given = given.filter(_is_since(given[LABEL_TIME], utc_literal(since)))
        return self._first(given, ID)

    def joined(self, rows: "ibis.Table", labelled_by: LabelledBy | None, start: float | None = None) -> "ibis.Table":
        """Return the rows with their labels; rows without one keep null, labels without a row are left out.

        Where it is known when rows start and labels come (UTC seconds), labels from long before are left out, too: what
        is asked of a day must not cost more with every year of labels.
        """
        if isinstance(labelled_by, CutoffByDay):
            if self.has_time:
                return self._joined_by_day(rows, labelled_by, start)
            labelled_by = labelled_by.latest
        since = start - MOST_SECONDS_BEFORE if start is not None else None
        newest = self.newest(labelled_by, since).rename({_LABEL_ID: ID})
        joined = rows.left_join(newest, rows[ID] == newest[_LABEL_ID])
        return joined.drop(_LABEL_ID)

    def _joined_by_day(self, rows: "ibis.Table", cutoff: CutoffByDay, start: float | None) -> "ibis.Table":
        """Return the rows with the newest labels that count for their own days."""
        import ibis

        given = self.given.filter(had_come(self.given[LABEL_TIME], utc_literal(cutoff.latest)))
        if start is not None:
            given = given.filter(_is_since(given[LABEL_TIME], utc_literal(start - MOST_SECONDS_BEFORE)))
        rows = rows.mutate(**{_DAY: rows[TIMESTAMP].truncate("D")})
        wanted = rows.select(**{_LABEL_ID: rows[ID], _LABEL_DAY: rows[_DAY]}).distinct()
        found = wanted.inner_join(given, wanted[_LABEL_ID] == given[ID]).drop(ID)
        found = found.filter(
            had_come(found[LABEL_TIME], last_label(cutoff, found[_LABEL_DAY])),
            _is_since(found[LABEL_TIME], found[_LABEL_DAY] - ibis.interval(seconds=round(MOST_SECONDS_BEFORE))),
        )
        newest = self._first(found, _LABEL_ID, _LABEL_DAY)
        same = [rows[ID] == newest[_LABEL_ID], rows[_DAY] == newest[_LABEL_DAY]]
        return rows.left_join(newest, same).drop(_LABEL_ID, _DAY, _LABEL_DAY)

    def _first(self, given: "ibis.Table", *keys: str) -> "ibis.Table":
        """Return the label that counts of all those with the same keys."""
        import ibis

        order = [ibis.desc(given[LABEL], nulls_first=False)]
        if self.has_time:
            order = [ibis.desc(given[LABEL_TIME], nulls_first=False), *order]
        place = ibis.row_number().over(ibis.window(group_by=[given[key] for key in keys], order_by=order))
        ranked = given.mutate(place=place)
        return ranked.filter(ranked.place == 0).drop("place")


def _is_since(time: "ibis.Value", first: "ibis.Value") -> "ibis.Value":
    return time.isnull() | (time >= first)


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
