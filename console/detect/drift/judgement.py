"""What the past of a model's predictions says: (past, rule) to readings, anomalies and the view."""

import msgspec
import numpy

from console.detect.drift.anomalies import find_anomalies
from console.detect.drift.compare import as_drifted, judged_columns, ranked
from console.detect.drift.course import Course, courses_of, onset_of
from console.detect.drift.distances import Counts
from console.detect.drift.readings import read_drift
from console.detect.drift.rule import DriftRule
from console.detect.drift.windows import Windows, cut
from console.domain.anomaly import Anomaly
from console.domain.bins import Bins
from console.domain.drift import ColumnDrift, DriftView, Verdict
from console.domain.signal import Reading
from console.history.predictions.past import PredictionPast


class DriftJudgement(msgspec.Struct, frozen=True):
    """What is said of a model's inputs and outputs: readings by signal, anomalies worst first, and the view."""

    readings: dict[str, Reading]
    anomalies: tuple[Anomaly, ...]
    view: DriftView


def judge_drift(past: PredictionPast, rule: DriftRule | None = None) -> DriftJudgement:
    """Return the judgement of one model at `past.at`; it depends on nothing else."""
    rule = rule or DriftRule()
    rows = past.rows.sum(axis=0)
    windows = cut(past.grid, past.at, rows, rule)
    counts = _by_bucket(past, rows)
    view = _view(past, counts, rows, windows, rule)
    return DriftJudgement(read_drift(view, rule), find_anomalies(past, view, rule), view)


def _by_bucket(past: PredictionPast, rows: Counts) -> dict[str, Counts]:
    """Return counts (buckets, codes) of all versions; every row of a column that is gone is null."""
    counts = {}
    for name, bins in past.reference.bins.items():
        if name in past.counts:
            by_bucket = past.counts[name].sum(axis=0)
        else:
            by_bucket = numpy.zeros((past.grid.count, bins.count), dtype=numpy.int64)
        if name not in past.counts or (past.types and name not in past.types):
            by_bucket[:, 0] += numpy.maximum(rows - by_bucket.sum(axis=-1), 0)
        counts[name] = by_bucket
    return counts


def _view(
    past: PredictionPast, counts: dict[str, Counts], rows: Counts, windows: Windows, rule: DriftRule
) -> DriftView:
    newest = windows.newest(1)
    in_store = [name for name in counts if name in past.counts and (not past.types or name in past.types)]
    current = int(newest.summed(rows)[0])
    columns = judged_columns(
        past.reference, current, {name: newest.summed(counts[name])[0] for name in in_store}, past.types, rule
    )
    courses = courses_of(past.reference.bins, counts, rows, windows, rule)
    over_time = [
        _over_time(column, past.reference.bins[column.name], counts[column.name], courses[column.name], windows, rule)
        for column in columns
    ]
    return DriftView(
        model=past.model.id,
        start=newest.start(0),
        end=past.at,
        reference=past.reference.said,
        reference_rows=past.reference.rows,
        current_rows=current,
        columns=ranked(over_time),
        newest=past.newest_row,
        bucket_seconds=past.grid.step * windows.width,
    )


def _over_time(
    column: ColumnDrift, bins: Bins, counts: Counts, course: Course, windows: Windows, rule: DriftRule
) -> ColumnDrift:
    """Return a column of the newest window with what the windows before it say of its verdict."""
    column = msgspec.structs.replace(column, psi_over_time=course.psi_over_time)
    if column.verdict is Verdict.BROKEN:
        onset, is_earlier = onset_of(bins, counts, windows, windows.newest(1).summed(counts)[0], rule)
        return msgspec.structs.replace(column, onset=onset, onset_is_earlier=is_earlier)
    if column.verdict is Verdict.NOT_ENOUGH_DATA:
        return column
    if not course.drifts:
        return msgspec.structs.replace(column, verdict=Verdict.OK, detail=_why_not(column, course))
    onset, is_earlier = onset_of(bins, counts, windows, windows.newest(rule.windows).summed(counts).sum(axis=0), rule)
    return msgspec.structs.replace(as_drifted(column), onset=onset, onset_is_earlier=is_earlier)


def _why_not(column: ColumnDrift, course: Course) -> str:
    """Return in words why a column that moved does not count as drifted, empty where it did not move."""
    if course.is_usual:
        return "differs from the reference as it always does at these hours"
    if course.moved_in:
        return f"moved in {course.moved_in} of the last {course.judged} windows"
    return ""
