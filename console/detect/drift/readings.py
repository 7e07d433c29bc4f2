"""The readings of the signals that the prediction store tells: drift of inputs, of outputs, and broken data."""

from collections.abc import Mapping

from console.detect.drift.column import change_of, usual_change
from console.detect.drift.missing_rows import MissingRows
from console.domain.bins import Role
from console.domain.drift import ColumnDrift, DriftView, Verdict
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, PREDICTION_DRIFT, Reading, Signal, State

_OF_COLUMNS = (FEATURE_DRIFT, PREDICTION_DRIFT, DATA_QUALITY)


def read_drift(view: DriftView, lately: Mapping[str, float], missing: MissingRows | None) -> dict[str, Reading]:
    """Return a reading of each signal that the columns of a view tell, by the signal's name.

    Of drift it is the PSI beyond chance of the column that drifts most, broken ones left aside; where none drifts, the
    largest that the last windows together have (`lately`, by column), as the largest of many in one window is noise. Of
    data quality it is the share of rows that are broken in the worst column. Where no column can be compared, each
    reading says why.
    """
    if not view.columns:
        return {signal.name: _without_columns(signal, view, missing) for signal in _OF_COLUMNS}
    features = [column for column in view.columns if column.role is Role.FEATURE]
    outputs = [column for column in view.columns if column.role is not Role.FEATURE]
    readings = {}
    for signal, columns in ((FEATURE_DRIFT, features), (PREDICTION_DRIFT, outputs)):
        if columns:
            readings[signal.name] = _drift(signal, columns, view, lately)
    readings[DATA_QUALITY.name] = _data_quality(list(view.columns), view, missing)
    return readings


def _without_columns(signal: Signal, view: DriftView, missing: MissingRows | None) -> Reading:
    if signal == DATA_QUALITY and view.current_rows == 0 and missing is not None:
        return Reading(signal, State.STALE, detail=missing.detail)
    detail = f"the reference is {view.reference}" if not view.reference_rows else "no column can be compared"
    return Reading(signal, State.NOT_ENOUGH_DATA, detail=detail)


def _drift(signal: Signal, columns: list[ColumnDrift], view: DriftView, lately: Mapping[str, float]) -> Reading:
    if view.current_rows == 0:
        return Reading(signal, State.NO_TRAFFIC, detail="no predictions logged")
    told = [column for column in columns if column.verdict in (Verdict.OK, Verdict.DRIFT)]
    if not told:
        return _untold(signal, columns)
    drifted = [column for column in told if column.verdict is Verdict.DRIFT]
    changes = {column.name: change_of(column) for column in drifted} or {c.name: _known(lately[c.name]) for c in told}
    worst = max(drifted or told, key=lambda column: changes[column.name])
    return Reading(
        signal,
        State.OK,
        changes[worst.name],
        usual_change(worst, view),
        feature=worst.name,
        detail=worst.detail or None,
    )


def _known(psi: float) -> float:
    return 0.0 if psi != psi else psi


def _untold(signal: Signal, columns: list[ColumnDrift]) -> Reading:
    if all(column.verdict is Verdict.BROKEN for column in columns):
        return Reading(signal, State.NOT_ENOUGH_DATA, detail="broken data says nothing of drift")
    few = next(column for column in columns if column.verdict is Verdict.NOT_ENOUGH_DATA)
    return Reading(signal, State.NOT_ENOUGH_DATA, detail=few.detail)


def _data_quality(columns: list[ColumnDrift], view: DriftView, missing: MissingRows | None) -> Reading:
    if view.current_rows == 0 and missing is not None:
        return Reading(DATA_QUALITY, State.STALE, detail=missing.detail)
    if view.current_rows == 0:
        return Reading(DATA_QUALITY, State.NO_TRAFFIC, detail="no predictions logged")
    broken = [column for column in columns if column.verdict is Verdict.BROKEN]
    if broken:
        worst = max(broken, key=lambda column: column.broken_share or 0.0)
        return Reading(DATA_QUALITY, State.OK, worst.broken_share, feature=worst.name, detail=worst.detail)
    if all(column.verdict is Verdict.NOT_ENOUGH_DATA for column in columns):
        return Reading(DATA_QUALITY, State.NOT_ENOUGH_DATA, detail=columns[0].detail)
    return Reading(DATA_QUALITY, State.OK, 0.0)
