"""What the past of a model's predictions says: (past, rule) to readings, anomalies and the view."""

from collections.abc import Mapping

import msgspec
import numpy

from console.detect.drift.anomalies import find_anomalies
from console.detect.drift.circumstances import circumstances
from console.detect.drift.compare import Asides, as_broken, as_drifted, compare, judged_columns, ranked
from console.detect.drift.course import Course, courses_of, onset_of
from console.detect.drift.distances import Counts
from console.detect.drift.lasting import last_told, still_broken
from console.detect.drift.missing_rows import find_missing_rows
from console.detect.drift.readings import read_drift
from console.detect.drift.rule import DriftRule
from console.detect.drift.seasons import is_broken_as_usual
from console.detect.drift.versions import serving
from console.detect.drift.windows import Windows, cut
from console.domain.anomaly import Anomaly
from console.domain.bins import Bins, Role
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from console.domain.moments import clock_time
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, Reading, State
from console.history.predictions.past import PredictionPast

_IN_THE_COUNTS = frozenset(
    {
        Breakage.NULLS,
        Breakage.CONSTANT,
        Breakage.OUT_OF_RANGE,
        Breakage.NEW_CATEGORIES,
        Breakage.VANISHED_CATEGORIES,
    }
)
"""Breakages that are read from counts, and may be what these hours always look like."""


class DriftJudgement(msgspec.Struct, frozen=True):
    """What is said of a model's inputs and outputs: readings by signal, anomalies worst first, and the view."""

    readings: dict[str, Reading]
    anomalies: tuple[Anomaly, ...]
    view: DriftView


class _Counted(msgspec.Struct, frozen=True):
    """The counts (buckets, codes) of all versions by column, the rows of each bucket, and the windows they make."""

    by_column: dict[str, Counts]
    rows: Counts
    windows: Windows
    rule: DriftRule

    def now(self, name: str) -> Counts:
        """Return the counts of a column in the newest window."""
        counts: Counts = self.windows.newest(1).summed(self.by_column[name])[0]
        return counts

    def lately(self, name: str) -> Counts:
        """Return the counts of a column in the windows that are looked at for persistence, together."""
        counts: Counts = self.windows.newest(self.rule.windows).summed(self.by_column[name]).sum(axis=0)
        return counts


def judge_drift(
    past: PredictionPast,
    *,
    quantiles: Mapping[str, tuple[float, ...]] | None = None,
    lateness: float = 0.0,
    rule: DriftRule | None = None,
) -> DriftJudgement:
    """Return the judgement of one model at `past.at`; it depends on nothing else.

    `quantiles` are the nine deciles over the newest window (`view.start` to `view.end`) of the columns that
    `needs_quantiles` named when it was judged without. Rows may come `lateness` seconds late. While hours of the past
    are still to be read, nothing is said: they would count as hours that had no rows.
    """
    if not past.known.all():
        return _untold(past)
    rule = rule or DriftRule()
    rows = past.rows.sum(axis=0)
    counted = _Counted(_by_bucket(past, rows), rows, cut(past.grid, past.at, rows, rule), rule)
    courses = courses_of(past.reference.bins, counted.by_column, rows, counted.windows, rule)
    view = _view(past, counted, courses, Asides(past.types, quantiles or {}))
    missing = find_missing_rows(past, rows, lateness, rule)
    found = circumstances(past, view, counted.windows, rule, rows_are_missing=missing is not None)
    anomalies = find_anomalies(past.model.id, found, missing, rule)
    if view.columns and view.current_rows < rule.minimum_rows:
        told = {anomaly.id for anomaly in anomalies}
        anomalies = (*(held for held in _held(past, rule) if held.id not in told), *anomalies)
    lately = {name: course.psi_together for name, course in courses.items()}
    has_columns = bool(view.columns or past.types)
    return DriftJudgement(read_drift(view, lately, missing) if has_columns else {}, anomalies, view)


def _untold(past: PredictionPast) -> DriftJudgement:
    known, hours = int(past.known.sum()), past.grid.count
    why = f"the past is still being read: {known:,} of {hours:,} hours are known"
    reading = Reading(DATA_QUALITY, State.NOT_ENOUGH_DATA, detail=why)
    roles = [bins.role for bins in past.reference.bins.values()]
    signals = [DATA_QUALITY]
    if Role.FEATURE in roles:
        signals.append(FEATURE_DRIFT)
    if any(role is not Role.FEATURE for role in roles):
        signals.append(PREDICTION_DRIFT)
    view = DriftView(
        model=past.model.id,
        start=past.grid.end,
        end=past.at,
        reference=past.reference.said,
        reference_rows=past.reference.rows,
        current_rows=int(past.rows[:, -1].sum()),
        columns=(),
        newest=past.newest_row,
        notes=(why,),
    )
    return DriftJudgement({each.name: msgspec.structs.replace(reading, signal=each) for each in signals}, (), view)


def _held(past: PredictionPast, rule: DriftRule) -> tuple[Anomaly, ...]:
    """Return what was the matter when rows enough were logged last: too few of them are no recovery."""
    told = last_told(past, rule)
    if told is None:
        return ()
    detail = f"too few rows since {clock_time(told.at)} UTC to tell whether it lasts"
    held = judge_drift(told, lateness=past.grid.step * past.grid.count, rule=rule).anomalies
    return tuple(msgspec.structs.replace(each, evidence=(detail, *each.evidence)) for each in held)


def _is_gone(past: PredictionPast, name: str) -> bool:
    return name not in past.counts or (bool(past.types) and name not in past.types)


def _by_bucket(past: PredictionPast, rows: Counts) -> dict[str, Counts]:
    """Return counts (buckets, codes) of all versions; every row of a column that is gone is null."""
    counts = {}
    for name, bins in past.reference.bins.items():
        if name in past.counts:
            by_bucket = past.counts[name].sum(axis=0)
        else:
            by_bucket = numpy.zeros((past.grid.count, bins.count), dtype=numpy.int64)
        if _is_gone(past, name):
            by_bucket[:, 0] += numpy.maximum(rows - by_bucket.sum(axis=-1), 0)
        counts[name] = by_bucket
    return counts


def _view(past: PredictionPast, counted: _Counted, courses: Mapping[str, Course], asides: Asides) -> DriftView:
    newest = counted.windows.newest(1)
    current = int(newest.summed(counted.rows)[0])
    in_store = {name: counted.now(name) for name in counted.by_column if not _is_gone(past, name)}
    columns = [
        _over_time(column, past.reference.bins[column.name], courses[column.name], counted)
        for column in judged_columns(past.reference, current, in_store, asides, counted.rule)
    ]
    return DriftView(
        model=past.model.id,
        start=newest.start(0),
        end=past.at,
        reference=past.reference.said,
        reference_rows=past.reference.rows,
        current_rows=current,
        columns=ranked(columns),
        versions=_by_version(past, counted, set(in_store)),
        newest=past.newest_row,
        bucket_seconds=past.grid.step * counted.windows.width,
    )


def _by_version(past: PredictionPast, counted: _Counted, names: set[str]) -> tuple[DriftView, ...]:
    """Return the newest window by version where several serve, each against the reference, most rows first."""
    newest = counted.windows.newest(1)
    indices = serving(past, newest, counted.rule)
    if len(indices) < 2:
        return ()
    return tuple(
        compare(
            past.reference,
            int(newest.summed(past.rows[index])[0]),
            {name: newest.summed(past.counts[name][index])[0] for name in names},
            model=past.model.id,
            start=newest.start(0),
            end=past.at,
            version=past.versions[index],
            types=past.types,
            rule=counted.rule,
        )
        for index in indices
    )


def _over_time(column: ColumnDrift, bins: Bins, course: Course, counted: _Counted) -> ColumnDrift:
    """Return a column of the newest window with what the windows before it say of its verdict."""
    column = msgspec.structs.replace(column, psi_over_time=course.psi_over_time)
    if column.verdict is Verdict.BROKEN:
        return _broken_over_time(column, bins, counted)
    if column.verdict is Verdict.NOT_ENOUGH_DATA:
        return column
    counts = counted.by_column[column.name]
    lasting = still_broken(bins, counts, counted.windows, counted.rule)
    if lasting is not None:
        return _broken_over_time(as_broken(column, lasting), bins, counted)
    if not course.drifts:
        return msgspec.structs.replace(column, verdict=Verdict.OK, detail=_why_not(course))
    onset, is_earlier = onset_of(bins, counts, counted.windows.grid, counted.lately(column.name))
    return msgspec.structs.replace(as_drifted(column), onset=onset, onset_is_earlier=is_earlier)


def _broken_over_time(column: ColumnDrift, bins: Bins, counted: _Counted) -> ColumnDrift:
    counts = counted.by_column[column.name]
    in_the_counts = column.breakage in _IN_THE_COUNTS
    if in_the_counts and is_broken_as_usual(bins, counts, counted.rows, counted.windows, counted.rule):
        detail = f"{column.detail}; these hours always look so"
        return msgspec.structs.replace(column, verdict=Verdict.OK, breakage=None, broken_share=None, detail=detail)
    if column.breakage is Breakage.TYPE:
        return column  # its counts need not tell since when
    now = counted.windows.steady(counted.rows).summed(counts)[0]
    onset, is_earlier = onset_of(bins, counts, counted.windows.grid, now)
    return msgspec.structs.replace(column, onset=onset, onset_is_earlier=is_earlier)


def _why_not(course: Course) -> str:
    """Return in words why a column that moved does not count as drifted, empty where it did not move."""
    if course.is_usual:
        return "differs from the reference as it always does at these hours"
    if course.moved_in:
        return f"moved in {course.moved_in} of the last {course.judged} windows"
    return ""
