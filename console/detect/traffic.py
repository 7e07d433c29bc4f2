"""Traffic that is gone although the model always has some."""

from console.detect.breach import find_breach
from console.detect.case import FEWEST_POINTS_OF_AN_EXPECTATION, Case
from console.detect.progress import with_breach
from console.detect.restarts import only_repeats_a_restart
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.quantity import format_quantity
from console.domain.signal import TRAFFIC

_RARE = 0.05
"""Share of the day before the silence that may have been silent too before silence is normal for a model."""

_POINTS_OF_TWO_DAYS = 576
"""Five-minute points from which on the same hours of other days say whether silence is normal."""


def judge_traffic(case: Case) -> list[Anomaly]:
    """Return an anomaly when a model that is never silent for long gets no requests while it can be scraped.

    What is normal is read from before the silence, however long it lasts; where the same hours of earlier days are
    known, a night or a weekend without requests is normal, and a silent morning is not.
    """
    traffic, coarse = case.traffic, case.history.coarse.get(TRAFFIC.name)
    if traffic is None or coarse is None:
        return []
    breach = find_breach(traffic, coarse, _is_silent, case.hysteresis)
    if breach is None or only_repeats_a_restart(case, breach):
        return []
    before = sorted(value for instant, value in coarse.points() if instant < breach.onset)
    if len(before) < FEWEST_POINTS_OF_AN_EXPECTATION:
        return []
    usual = before[len(before) // 2]
    is_rare = sum(map(_is_silent, before)) <= _RARE * len(before)
    told = case.history.usual.get(TRAFFIC.name)
    if told is not None and told.points >= _POINTS_OF_TWO_DAYS:
        if told.knows_zero:
            return []
        if told.low >= case.judgement.minimum_traffic:
            usual, is_rare = told.level, True
    if usual < case.judgement.minimum_traffic or not is_rare:
        return []
    value, expected = case.last(TRAFFIC), format_quantity(usual, TRAFFIC.unit)
    anomaly = Anomaly(
        id=f"{case.model_id}/{TRAFFIC.name}",
        kind=AnomalyKind.TRAFFIC,
        signal=TRAFFIC.name,
        severity=Severity.CRITICAL,
        onset=breach.onset,
        summary=f"requests {format_quantity(value, TRAFFIC.unit)} again, expected {expected}"
        if value
        else f"no requests, expected {expected}",
        unit=TRAFFIC.unit,
        value=value,
        expected=usual,
        evidence=() if value != 0 else ("its targets are up: the requests do not arrive",),
    )
    return [with_breach(anomaly, breach, case.at)]


def _is_silent(requests_per_second: float) -> bool:
    return requests_per_second == 0
