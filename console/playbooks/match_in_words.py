"""When a playbook is offered, in words."""

from collections.abc import Iterable, Iterator

from console.domain.anomaly import Severity
from console.playbooks.head import Match


def match_in_words(match: Match) -> str:
    """Return what one alternative of a playbook asks for: `anomalies latency; causes traffic_surge`."""
    return "; ".join((*_asked(match), *_excluded(match))) or "every anomaly"


def _asked(match: Match) -> Iterator[str]:
    anomaly = match.anomaly
    if match.fleet_wide:
        yield "many models at once"
    yield from _listed("anomalies", anomaly.kind)
    yield from _listed("signals", anomaly.signal)
    if anomaly.direction is not None:
        yield f"{'over' if anomaly.direction == 'high' else 'under'} what is expected"
    if anomaly.min_severity is Severity.CRITICAL:
        yield "critical"
    if anomaly.max_severity is Severity.WARNING:
        yield "warnings only"
    if anomaly.max_burn is not None:
        yield f"burning the budget at up to {anomaly.max_burn:g}×"
    if anomaly.firing_for is not None:
        yield f"for {anomaly.firing_for} or longer"
    yield from _listed("causes", match.causes)
    if match.change is not None:
        yield f"changes {', '.join(match.change.kind)} within {match.change.within} before it"
    yield from _listed("alerts", match.alerts)
    yield from _listed("served by", match.serving)
    yield from _listed("at their limit", match.at_limit)
    yield from (f"{name} {' or '.join(values)}" for name, values in match.labels.items())


def _excluded(match: Match) -> Iterator[str]:
    yield from _listed("not served by", match.not_.serving)
    yield from (f"not {name} {' or '.join(values)}" for name, values in match.not_.labels.items())


def _listed(name: str, values: Iterable[str]) -> Iterator[str]:
    told = ", ".join(values)
    if told:
        yield f"{name} {told}"
