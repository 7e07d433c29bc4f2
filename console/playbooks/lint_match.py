"""Findings about when a playbook is offered: what fits everything, what nothing bears, what can never be."""

from collections.abc import Iterator

from console.detect.at_limit import RESOURCES
from console.domain.anomaly import AnomalyKind, Severity
from console.domain.signal import QUEUE, SIGNALS
from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.head import Match
from console.playbooks.lint_names import unknown_name
from console.playbooks.problem import Finding, Place

_WITH_A_LIMIT = tuple(signal.name for signal in (*RESOURCES, QUEUE))


def about_match(playbook: Playbook) -> Iterator[Finding]:
    """Yield what is wrong with the alternatives of a playbook's `match`."""
    for index, match in enumerate(playbook.match):
        yield from _about_one(("match", index), match)


def _about_one(place: Place, match: Match) -> Iterator[Finding]:
    anomaly = match.anomaly
    if not (anomaly.kind or anomaly.signal or match.causes or match.alerts or match.fleet_wide):
        yield Finding(place, "fits every anomaly; name an anomaly kind or signal, a cause or an alert")
    for index, signal in enumerate(anomaly.signal):
        yield from unknown_name((*place, "anomaly", "signal", index), "signal", signal, SIGNALS)
    for index, signal in enumerate(match.at_limit):
        yield from unknown_name((*place, "at_limit", index), "signal", signal, _WITH_A_LIMIT)
    if anomaly.min_severity is Severity.CRITICAL and anomaly.max_severity is Severity.WARNING:
        yield Finding((*place, "anomaly", "max_severity"), "nothing is at least critical and at most a warning")
    if anomaly.max_burn is not None and anomaly.kind and AnomalyKind.ERRORS not in anomaly.kind:
        yield Finding((*place, "anomaly", "max_burn"), "only errors burn a budget; add errors to kind")
    yield from _about_duration((*place, "anomaly", "firing_for"), anomaly.firing_for)
    yield from _about_duration((*place, "change", "within"), match.change.within if match.change else None)


def _about_duration(place: Place, text: str | None) -> Iterator[Finding]:
    if text is not None and text.startswith(REFERENCE_MARK):
        yield Finding(place, "expected a duration such as 3m; no reference stands here")
