"""Anomalies of a model's logged predictions: one of each kind, which names its columns."""

from collections.abc import Callable, Sequence

from console.detect.drift.causes import (
    Explanation,
    explain_broken,
    explain_inputs,
    explain_missing,
    explain_outputs,
)
from console.detect.drift.circumstances import Circumstances
from console.detect.drift.column import change_of, usual_change
from console.detect.drift.missing_rows import MissingRows
from console.detect.drift.rule import DriftRule
from console.detect.drift.words import psi_in_words
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.bins import Role
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from console.domain.label import harmless
from console.domain.quantity import how_many
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, Signal

_MOST_COLUMNS_TOLD = 5


def find_anomalies(
    model_id: str, found: Circumstances, missing: MissingRows | None, rule: DriftRule
) -> tuple[Anomaly, ...]:
    """Return the anomalies of a view, worst first: broken data, then what came out, then what went in."""
    columns = found.view.columns
    drifted = [column for column in columns if column.verdict is Verdict.DRIFT]
    outputs = [column for column in drifted if column.role is not Role.FEATURE]
    inputs = [column for column in drifted if column.role is Role.FEATURE]
    anomalies = [
        *_broken(model_id, [column for column in columns if column.verdict is Verdict.BROKEN], found, rule),
        *_missing(model_id, missing, found),
        *_drifted(model_id, PREDICTION_DRIFT, outputs, found, explain_outputs),
        *_drifted(model_id, FEATURE_DRIFT, inputs, found, explain_inputs),
    ]
    return tuple(sorted(anomalies, key=lambda anomaly: anomaly.severity is not Severity.CRITICAL))


def _broken(model_id: str, columns: list[ColumnDrift], found: Circumstances, rule: DriftRule) -> list[Anomaly]:
    if not columns:
        return []
    worst_first = sorted(columns, key=lambda column: (-(column.broken_share or 0.0), column.name))
    share = worst_first[0].broken_share or 0.0
    onset, is_earlier = _onset(worst_first[0], found.view)
    why = explain_broken(worst_first, onset, found)
    return [
        Anomaly(
            id=f"{model_id}/{DATA_QUALITY.name}",
            kind=AnomalyKind.DATA_QUALITY,
            signal=DATA_QUALITY.name,
            severity=Severity.CRITICAL if share >= rule.critical_share else Severity.WARNING,
            onset=onset,
            onset_is_earlier=is_earlier,
            summary=_told(worst_first[0]) + _and_more(worst_first),
            unit=DATA_QUALITY.unit,
            value=share,
            expected=worst_first[0].null_share_reference if worst_first[0].breakage is Breakage.NULLS else None,
            evidence=(*why.evidence, *_others(worst_first)),
            causes=why.causes,
        )
    ]


def _missing(model_id: str, missing: MissingRows | None, found: Circumstances) -> list[Anomaly]:
    if missing is None:
        return []
    return [
        Anomaly(
            id=f"{model_id}/missing_rows",
            kind=AnomalyKind.DATA_QUALITY,
            signal=DATA_QUALITY.name,
            severity=Severity.WARNING,
            onset=missing.since,
            summary=f"predictions not logged: {missing.detail}",
            unit=DATA_QUALITY.unit,
            value=missing.share,
            causes=explain_missing(missing, found).causes,
        )
    ]


def _drifted(
    model_id: str,
    signal: Signal,
    columns: list[ColumnDrift],
    found: Circumstances,
    explain: Callable[[Sequence[ColumnDrift], float, Circumstances], Explanation],
) -> list[Anomaly]:
    if not columns:
        return []
    onset, is_earlier = _onset(columns[0], found.view)
    why = explain(columns, onset, found)
    return [
        Anomaly(
            id=f"{model_id}/{signal.name}",
            kind=AnomalyKind(signal.name),
            signal=signal.name,
            severity=Severity.WARNING,
            onset=onset,
            onset_is_earlier=is_earlier,
            summary=_told(columns[0]) + _and_more(columns),
            unit=signal.unit,
            value=change_of(columns[0]),
            expected=usual_change(columns[0], found.view),
            evidence=(*why.evidence, *_others(columns)),
            causes=why.causes,
        )
    ]


def _onset(worst: ColumnDrift, view: DriftView) -> tuple[float, bool]:
    """Return since when the worst column is as it is; the window's start where its past does not tell."""
    return (view.start if worst.onset is None else worst.onset), worst.onset_is_earlier


def _others(columns: list[ColumnDrift]) -> tuple[str, ...]:
    return tuple(_told(column) for column in columns[1 : 1 + _MOST_COLUMNS_TOLD])


def _and_more(columns: list[ColumnDrift]) -> str:
    others = len(columns) - 1
    return f", and {how_many(others, 'more column')}" if others else ""


def _told(column: ColumnDrift) -> str:
    """Return a column and what is the matter with it: `age` null in 62 % of rows, expected 1 %."""
    name = f"`{harmless(column.name)}`"
    if column.verdict is Verdict.DRIFT:
        return f"{name} drifts, PSI {psi_in_words(change_of(column))}: {column.detail}"
    return f"{name} {column.detail}"
