"""Data that vanished: a model that had samples and has none."""

from console.detect.case import Case
from console.detect.progress import by_age
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.moments import clock_time


def judge_missing(case: Case) -> list[Anomaly]:
    """Return an anomaly when no target of a model that was seen within the last day has a sample any more.

    A model that was taken away on purpose reads the same, so it stays in the fleet as unknown for a day.
    """
    live = case.history.live_targets
    seen = live.last_seen()
    if seen is None:
        days = (series.last_seen() for series in case.history.coarse.values())
        seen = max((instant for instant in days if instant is not None), default=None)
    if seen is None or case.at - seen < max(case.judgement.confirm, live.grid.step):
        return []
    anomaly = Anomaly(
        id=f"{case.model_id}/{AnomalyKind.MISSING_DATA.value}",
        kind=AnomalyKind.MISSING_DATA,
        signal=None,
        severity=Severity.WARNING,
        onset=seen,
        summary=f"no samples since {clock_time(seen)} UTC",
        evidence=(_reason(case),),
    )
    return [by_age(anomaly, case.at)]


def _reason(case: Case) -> str:
    if case.history.from_log:
        return "its log has no newer row of any model"
    down = case.history.dead_targets.last
    if down > 0:
        return f"{down:.0f} scrape target{'s' if down > 1 else ''} of it down"
    return "Prometheus does not scrape it any more"
