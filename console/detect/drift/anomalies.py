"""Anomalies of a model's logged predictions: one of each kind, which names its columns."""

from console.detect.drift.compare import change_of
from console.detect.drift.rule import DriftRule
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.bins import Role
from console.domain.drift import ColumnDrift, DriftView, Verdict
from console.domain.label import harmless
from console.domain.quantity import format_quantity
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, Signal
from console.history.predictions.past import PredictionPast

_MOST_COLUMNS_TOLD = 5


def find_anomalies(past: PredictionPast, view: DriftView, rule: DriftRule) -> tuple[Anomaly, ...]:
    """Return the anomalies of a view, worst first."""
    drifted = [column for column in view.columns if column.verdict is Verdict.DRIFT]
    found = [
        *_broken(past.model.id, [column for column in view.columns if column.verdict is Verdict.BROKEN], rule),
        *_drifted(past.model.id, PREDICTION_DRIFT, [column for column in drifted if column.role is not Role.FEATURE]),
        *_drifted(past.model.id, FEATURE_DRIFT, [column for column in drifted if column.role is Role.FEATURE]),
    ]
    return tuple(sorted(found, key=lambda anomaly: anomaly.severity is not Severity.CRITICAL))


def _broken(model_id: str, columns: list[ColumnDrift], rule: DriftRule) -> list[Anomaly]:
    if not columns:
        return []
    worst_first = sorted(columns, key=lambda column: (-(column.broken_share or 0.0), column.name))
    worst = worst_first[0]
    share = worst.broken_share or 0.0
    onset, is_earlier = _first_onset(columns)
    return [
        Anomaly(
            id=f"{model_id}/{DATA_QUALITY.name}",
            kind=AnomalyKind.DATA_QUALITY,
            signal=DATA_QUALITY.name,
            severity=Severity.CRITICAL if share >= rule.critical_share else Severity.WARNING,
            onset=onset,
            onset_is_earlier=is_earlier,
            summary=_told(worst) + _and_more(worst_first),
            unit=DATA_QUALITY.unit,
            value=share,
            evidence=tuple(_told(column) for column in worst_first[1 : 1 + _MOST_COLUMNS_TOLD]),
        )
    ]


def _drifted(model_id: str, signal: Signal, columns: list[ColumnDrift]) -> list[Anomaly]:
    if not columns:
        return []
    worst = columns[0]
    onset, is_earlier = _first_onset(columns)
    return [
        Anomaly(
            id=f"{model_id}/{signal.name}",
            kind=AnomalyKind(signal.name),
            signal=signal.name,
            severity=Severity.WARNING,
            onset=onset,
            onset_is_earlier=is_earlier,
            summary=_told(worst) + _and_more(columns),
            unit=signal.unit,
            value=change_of(worst),
            evidence=tuple(_told(column) for column in columns[1 : 1 + _MOST_COLUMNS_TOLD]),
        )
    ]


def _first_onset(columns: list[ColumnDrift]) -> tuple[float, bool]:
    first = min(columns, key=lambda column: (column.onset or 0.0, not column.onset_is_earlier))
    return first.onset or 0.0, first.onset_is_earlier


def _and_more(columns: list[ColumnDrift]) -> str:
    others = len(columns) - 1
    return f", and {others} more column{'s' if others > 1 else ''}" if others else ""


def _told(column: ColumnDrift) -> str:
    """Return a column and what is the matter with it: `age` null in 62 % of rows, expected 1 %."""
    if column.verdict is Verdict.DRIFT:
        psi = format_quantity(round(change_of(column), 3), None)
        return f"`{harmless(column.name)}` drifts, PSI {psi}: {column.detail}"
    return f"`{harmless(column.name)}` {column.detail}"
