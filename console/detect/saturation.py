"""Resources that are at their limit."""

from console.detect.breach import find_breach
from console.detect.case import Case
from console.detect.progress import with_breach
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
        breach = find_breach(series, case.history.as_far_back(signal.name), breaks, case.hysteresis)
        if breach is None:
            continue
        value, expected = case.last(signal), case.expected(signal)
        told = f"{signal.title} {format_quantity(case.last_known(signal), 'ratio')}"
        anomaly = Anomaly(
            id=f"{case.model_id}/{signal.name}",
            kind=AnomalyKind.SATURATION,
            signal=signal.name,
            severity=Severity.WARNING,
            onset=breach.onset,
            summary=f"{told}, limit {format_quantity(limit, 'ratio')}",
            unit=signal.unit,
            value=value,
            expected=expected,
            objective=limit,
            limit=limit,
        )
        found.append(with_breach(anomaly, breach, case.at))
    return found
