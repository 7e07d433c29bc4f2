"""Resources that are at their limit."""

from console.detect.breach import find_breach, reach_back
from console.detect.case import Case
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.quantity import format_quantity
from console.domain.signal import KV_CACHE, SATURATION


def judge_saturation(case: Case) -> list[Anomaly]:
    """Return an anomaly per utilisation that stays over the model's saturation objective (ratio)."""
    limit = case.objective.saturation

    def breaks(value: float) -> bool:
        return value > limit

    found = []
    for signal in (SATURATION, KV_CACHE):
        series = case.history.fine.get(signal.name)
        if series is None:
            continue
        breach = find_breach(series.grid, series.values, breaks, case.judgement.confirm, case.judgement.recover)
        if breach is None:
            continue
        breach = reach_back(breach, case.history.as_far_back(signal.name), breaks)
        value, expected = case.last(signal), case.expected(signal)
        found.append(
            Anomaly(
                id=f"{case.model_id}/{signal.name}",
                kind=AnomalyKind.SATURATION,
                signal=signal.name,
                severity=Severity.WARNING,
                onset=breach.onset,
                onset_is_earlier=breach.is_earlier,
                summary=f"{signal.title} {format_quantity(value, 'ratio')}, limit {format_quantity(limit, 'ratio')}",
                unit=signal.unit,
                value=value,
                expected=expected,
                objective=limit,
                limit=limit,
            )
        )
    return found
