"""Traffic that is gone although the model always has some."""

from console.detect.breach import find_breach, reach_back
from console.detect.case import FEWEST_POINTS_OF_AN_EXPECTATION, Case
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.quantity import format_quantity
from console.domain.signal import TRAFFIC

_RARE = 0.05
"""Share of the day before the silence that may have been silent too before silence is normal for a model."""


def judge_traffic(case: Case) -> list[Anomaly]:
    """Return an anomaly when a model that is never silent for long gets no requests while it can be scraped.

    What is normal is read from before the silence, however long it lasts.
    """
    traffic, coarse = case.traffic, case.history.coarse.get(TRAFFIC.name)
    if traffic is None or traffic.last != 0 or coarse is None:
        return []
    breach = find_breach(traffic.grid, traffic.values, _is_silent, case.judgement.confirm, case.judgement.recover)
    if breach is None:
        return []
    breach = reach_back(breach, coarse, _is_silent)
    before = sorted(value for instant, value in coarse.points() if instant < breach.onset)
    if len(before) < FEWEST_POINTS_OF_AN_EXPECTATION:
        return []
    usual = before[len(before) // 2]
    if usual < case.judgement.minimum_traffic or sum(map(_is_silent, before)) > _RARE * len(before):
        return []
    return [
        Anomaly(
            id=f"{case.model_id}/{TRAFFIC.name}",
            kind=AnomalyKind.TRAFFIC,
            signal=TRAFFIC.name,
            severity=Severity.CRITICAL,
            onset=breach.onset,
            onset_is_earlier=breach.is_earlier,
            summary=f"no requests, expected {format_quantity(usual, TRAFFIC.unit)}",
            unit=TRAFFIC.unit,
            value=0.0,
            expected=usual,
            evidence=("its targets are up: the requests do not arrive",),
        )
    ]


def _is_silent(requests_per_second: float) -> bool:
    return requests_per_second == 0
