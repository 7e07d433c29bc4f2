"""The newest reports of Evidently as readings of the models that they are about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from console.domain.label import harmless
from console.domain.moments import in_words, rfc3339
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, Direction, Reading, Signal, State
from console.sources.evidently.folder import DatedReport
from console.sources.evidently.report import ColumnResult, Part

_DRIFT_OF = {Part.FEATURE: FEATURE_DRIFT, Part.PREDICTION: PREDICTION_DRIFT}


class ModelReport(msgspec.Struct, frozen=True):
    """What the newest report of a model says; `since` (UTC seconds) is when it was first said without a break.

    `since` is by signal name, and only for what drifted or broke; a signal is broken where its name is in it.
    """

    model: str
    at: float
    readings: tuple[Reading, ...]
    since: dict[str, float]


def newest_by_model(reports: Iterable[DatedReport], at: float, stale: float) -> tuple[ModelReport, ...]:
    """Return what is known of each model at an instant (UTC seconds) from reports in order of time.

    A report that is older than `stale` seconds gives readings that are `stale`.
    """
    by_model: dict[str, list[DatedReport]] = {}
    for dated in reports:
        if dated.at <= at:
            by_model.setdefault(dated.model, []).append(dated)
    return tuple(_newest(model, past, at, stale) for model, past in sorted(by_model.items()))


class _Finding(NamedTuple):
    reading: Reading
    broken: bool


def _newest(model: str, past: Sequence[DatedReport], at: float, stale: float) -> ModelReport:
    newest = past[-1]
    findings = _findings(newest)
    readings = tuple(finding.reading for finding in findings.values())
    if at - newest.at > stale:
        age = f"the newest report is {in_words(at - newest.at)} old: {newest.file}"
        old = [msgspec.structs.replace(reading, state=State.STALE, seen=newest.at, detail=age) for reading in readings]
        return ModelReport(model, newest.at, tuple(old), {})
    broken = [name for name, finding in findings.items() if finding.broken]
    return ModelReport(model, newest.at, readings, {name: _since(name, past) for name in broken})


def _since(name: str, past: Sequence[DatedReport]) -> float:
    """Return when the reports that end with a broken signal began to say so."""
    since = past[-1].at
    for dated in reversed(past[:-1]):
        finding = _findings(dated).get(name)
        if finding is None or not finding.broken:
            break
        since = dated.at
    return since


def _findings(dated: DatedReport) -> Mapping[str, _Finding]:
    """Return what one report says by signal name: the worst column of each kind speaks for it."""
    columns = dated.report.columns
    found: dict[str, _Finding] = {}
    for part, signal in _DRIFT_OF.items():
        scored = [column for column in columns if column.part is part and column.is_judged]
        if scored:
            column = max(scored, key=lambda column: (column.has_drifted, column.excess))
            found[signal.name] = _Finding(_drift(column, signal, dated), column.has_drifted)
    missing = [column for column in columns if column.missing_excess is not None]
    if missing:
        column = max(missing, key=lambda column: column.missing_excess or 0.0)
        found[DATA_QUALITY.name] = _Finding(_missing(column, dated), bool(column.missing_excess))
    return found


def _drift(column: ColumnResult, signal: Signal, dated: DatedReport) -> Reading:
    direction = Direction.LOW if column.is_p_value else Direction.HIGH
    unit = "psi" if column.method == "PSI" else "1"
    return Reading(
        msgspec.structs.replace(signal, unit=unit, bad=direction),
        State.OK,
        value=column.score,
        limit=column.threshold,
        feature=column.name,
        detail=f"{_score(column)}{_how_many(dated, signal)}; {_source(dated)}",
    )


def _score(column: ColumnResult) -> str:
    method = harmless(column.method, 60) if column.method else "drift score"
    threshold = "" if column.threshold is None else f", threshold {column.threshold:.3g}"
    return f"{harmless(column.name, 60)}: {method} {column.score:.3g}{threshold}"


def _how_many(dated: DatedReport, signal: Signal) -> str:
    report = dated.report
    if signal is not FEATURE_DRIFT or report.drifted_share is None:
        return ""
    count = "" if report.drifted_columns is None else f"{report.drifted_columns} columns, "
    return f"; {count}{report.drifted_share:.0%} of all, drifted"


def _missing(column: ColumnResult, dated: DatedReport) -> Reading:
    name, share = harmless(column.name, 60), column.missing or 0.0
    return Reading(
        DATA_QUALITY,
        State.OK,
        value=column.missing_excess,
        limit=0.0,
        feature=column.name,
        detail=f"{name}: {share:.1%} missing; {_source(dated)}",
    )


def _source(dated: DatedReport) -> str:
    return f"Evidently, {rfc3339(dated.at)}, {dated.file}"
