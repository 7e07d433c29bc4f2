"""Why data is broken or drifts: what was tested, in words, and the causes that the tests stand behind."""

from collections.abc import Sequence

import msgspec
import numpy

from console.detect.drift.column import change_of, windows_since_onset
from console.detect.drift.rule import DriftRule
from console.detect.drift.versions import Appearance, BesideOthers, appearances, beside_others
from console.detect.drift.windows import Windows
from console.detect.drift.words import column_list, share_in_words
from console.domain.anomaly import Cause, CauseKind
from console.domain.bins import Role
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from console.domain.label import harmless
from console.domain.moments import clock_time, rfc3339
from console.history.predictions.past import PredictionPast

_POPULATION_DOES_IT_TOO = frozenset(
    {Breakage.NEW_CATEGORIES, Breakage.VANISHED_CATEGORIES, Breakage.OUT_OF_RANGE, Breakage.CONSTANT}
)
"""Breakages that a new market or a lost customer may cause as well."""
_ALL_AT_ONCE = 0.7
"""The part of its present change that a column must have made in its first two windows to have moved at once."""
_DAY = 86_400.0
_WINDOWS_BESIDE = 4
"""Windows before the onset, and newest ones, that are looked at for that."""


class Circumstances(msgspec.Struct, frozen=True):
    """What stands beside the anomalies of one model: its columns, versions and windows."""

    past: PredictionPast
    view: DriftView
    windows: Windows
    beside: BesideOthers | None
    appeared: tuple[Appearance, ...]

    def version_at(self, onset: float) -> str | None:
        """Return the version that appeared in the window of an onset or the one before, None where none did."""
        span = self.view.bucket_seconds
        near = [appearance.version for appearance in self.appeared if -span <= appearance.at - onset <= span]
        return near[-1] if near else None


def circumstances(past: PredictionPast, view: DriftView, windows: Windows, rule: DriftRule) -> Circumstances:
    """Return the circumstances; versions are looked at only where something is the matter."""
    matters = any(column.verdict in (Verdict.DRIFT, Verdict.BROKEN) for column in view.columns)
    beside = beside_others(past, windows.newest(rule.windows), rule) if matters else None
    return Circumstances(past, view, windows, beside, appearances(past) if matters else ())


class Explanation(msgspec.Struct, frozen=True):
    """Facts in words, the most telling first, and causes, the most likely first."""

    evidence: tuple[str, ...]
    causes: tuple[Cause, ...]


def explain_broken(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why columns are broken, the worst first: the pipeline before the model, or the version that reads it."""
    worst = columns[0]
    beside = found.beside
    if beside is not None:
        if worst.name in beside.inputs:
            detail = f"only the rows of {harmless(beside.version)} are broken{_null_shares(worst, found)}"
            return Explanation((detail,), (Cause(CauseKind.NEW_VERSION, 0.85, detail),))
        detail = f"all versions get the same broken `{harmless(worst.name)}`"
        return Explanation((detail,), _upstream(worst, 0.9, detail))
    version = found.version_at(onset)
    if version is not None:
        detail = f"begins with version {harmless(version)}, and no other serves beside it to compare"
        return Explanation(
            (detail,), (Cause(CauseKind.NEW_VERSION, 0.5, detail), Cause(CauseKind.UPSTREAM_DATA, 0.45, detail))
        )
    detail = "no version changed when it began" if len(found.past.versions) else "the log names no versions"
    return Explanation((detail,), _upstream(worst, 0.8, detail))


def _upstream(worst: ColumnDrift, confidence: float, detail: str) -> tuple[Cause, ...]:
    told = f"{worst.detail}; {detail}"
    if worst.breakage in _POPULATION_DOES_IT_TOO and (worst.broken_share or 0.0) < 0.5:
        return (Cause(CauseKind.UPSTREAM_DATA, 0.55, told), Cause(CauseKind.POPULATION_SHIFT, 0.35, told))
    return (Cause(CauseKind.UPSTREAM_DATA, confidence, told),)


def _null_shares(column: ColumnDrift, found: Circumstances) -> str:
    """Return the null share of each version over the newest window where nulls are the matter:  (v42 62 %, v41 1 %)."""
    if column.breakage is not Breakage.NULLS or column.name not in found.past.counts:
        return ""
    newest = found.windows.newest(1)
    told = []
    for version, counts in zip(found.past.versions, found.past.counts[column.name], strict=True):
        now = newest.summed(counts)[0]
        if now.sum():
            told.append(f"{harmless(version)} {share_in_words(int(now[0]) / int(now.sum()))}")
    return f" ({', '.join(reversed(told))})" if told else ""


def explain_inputs(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why inputs drift: the population, or something upstream that broke without breaking a rule."""
    evidence = [_how_it_came(columns[0], found.view)]
    version = found.version_at(onset)
    beside = found.beside
    if beside is not None and columns[0].name in beside.inputs:
        evidence.insert(0, f"only the rows of {harmless(beside.version)} moved")
        return Explanation(tuple(evidence), (Cause(CauseKind.NEW_VERSION, 0.6, evidence[0]),))
    if version is not None:
        evidence.insert(0, f"begins with version {harmless(version)}")
    elif len(found.past.versions):
        evidence.append("no version changed when it began")
    told = column_list([column.name for column in columns])
    upstream = "moved from one window to the next, as pipelines do"
    came_at_once = _came_at_once(columns[0], found.view)
    if len(columns) > 1:
        people = Cause(CauseKind.POPULATION_SHIFT, 0.75, f"{told} moved together and none is broken")
        pipeline = (Cause(CauseKind.UPSTREAM_DATA, 0.2, upstream),) if came_at_once else ()
        return Explanation(tuple(evidence), (people, *pipeline))
    if came_at_once:
        detail = evidence[0] if version is not None else f"{told} alone moved, and is not broken"
        people = Cause(CauseKind.POPULATION_SHIFT, 0.5, detail)
        return Explanation(tuple(evidence), (people, Cause(CauseKind.UPSTREAM_DATA, 0.4, upstream)))
    detail = "moved step by step and no data is broken"
    return Explanation(tuple(evidence), (Cause(CauseKind.POPULATION_SHIFT, 0.7, detail),))


def explain_outputs(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why predictions drift: the same inputs point at the version, moved inputs point upstream."""
    beside = found.beside
    if beside is not None and columns[0].name in beside.outputs and not beside.inputs:
        detail = f"{harmless(beside.version)} gets the same inputs as the versions beside it and predicts otherwise"
        return Explanation((detail,), (Cause(CauseKind.NEW_VERSION, 0.93, detail),))
    moved = [column for column in found.view.columns if column.role is Role.FEATURE and _is_moved(column)]
    version = found.version_at(onset)
    if moved:
        broken = [column for column in moved if column.verdict is Verdict.BROKEN]
        verb = "are broken" if broken else "moved"
        detail = f"its inputs {verb}, too: {column_list([column.name for column in broken or moved])}"
        kind = CauseKind.UPSTREAM_DATA if broken else CauseKind.POPULATION_SHIFT
        causes = [Cause(kind, 0.7, detail)]
        if version is not None:
            causes.append(Cause(CauseKind.NEW_VERSION, 0.25, f"{harmless(version)} appeared when it began"))
        return Explanation((detail,), tuple(causes))
    told = [column for column in found.view.columns if column.role is Role.FEATURE and column.verdict is Verdict.OK]
    unchanged = f"none of its {len(told)} inputs changed" if told else "its inputs are not logged"
    if version is not None:
        detail = f"{unchanged}, and {harmless(version)} appeared when it began"
        return Explanation((detail,), (Cause(CauseKind.NEW_VERSION, 0.85 if told else 0.5, detail),))
    return Explanation((f"{unchanged}, and no version appeared when it began",), ())


def _is_moved(column: ColumnDrift) -> bool:
    return column.verdict in (Verdict.DRIFT, Verdict.BROKEN)


def _came_at_once(column: ColumnDrift, view: DriftView) -> bool | None:
    """Return whether a column made its change from one window to the next, None where its onset is out of sight."""
    after = windows_since_onset(column, view)
    if after is None:
        return None
    since = numpy.array(column.psi_over_time[-after:])
    before = numpy.array(column.psi_over_time[:-after])[-_WINDOWS_BESIDE:]
    told = since[-_WINDOWS_BESIDE:]
    level = float(numpy.median(told[~numpy.isnan(told)])) if not numpy.isnan(told).all() else change_of(column)
    was_elsewhere = bool((numpy.nan_to_num(before) <= (1 - _ALL_AT_ONCE) * level).all())
    # A change seldom waits for the hour: the window that it falls into is still a mixture.
    return was_elsewhere and bool((numpy.nan_to_num(since[:2]) >= _ALL_AT_ONCE * level).any())


def _how_it_came(column: ColumnDrift, view: DriftView) -> str:
    at_once = _came_at_once(column, view)
    if at_once is None or column.onset is None:
        return "began before the windows that are looked at closely"
    is_of_today = view.end - column.onset < _DAY
    when = f"{clock_time(column.onset)} UTC" if is_of_today else rfc3339(column.onset)
    return f"came within one window, at {when}" if at_once else f"came step by step, about {when}"
