"""Which anomalies of one model belong together: incidents, each from its first onset to its recovery."""

import math
from collections.abc import Callable, Iterable

import msgspec

from console.detect.case import Case
from console.domain.anomaly import Anomaly, Incident, worst_first

LONGEST_BETWEEN_ONSETS = 21_600.0
"""Seconds between onsets up to which anomalies that are told together are of one incident: the longest of the short
windows of burn rates. A slow burn of days is another matter than what broke this minute."""
_MOST_LOOKS = 8
"""How often the reach of an incident is widened at most; a look more needs an anomaly that began before the others."""


def find_in_reach(case: Case, judge: Callable[[Case], list[Anomaly]]) -> list[Anomaly]:
    """Return what a judge finds, together with what is over by now of an incident that is not.

    An incident whose first anomaly recovered keeps it: else its onset, and with it the id, would move. What comes back
    while the incident goes on is one anomaly, however long it was calm.
    """
    found = judge(case)
    for _ in range(_MOST_LOOKS):
        newest = _chains(found)[-1:]
        reach = min((chain[0].onset for chain in newest), default=math.inf) - case.judgement.remember
        if reach >= case.reach or reach == math.inf:
            break
        case = msgspec.structs.replace(case, reach=reach)
        told = {each.id for each in found}
        chains = _chains(judge(case))
        found = [each for chain in chains if any(one.id in told for one in chain) for each in chain]
    return found


def incidents_of(model_id: str, anomalies: Iterable[Anomaly]) -> tuple[Incident, ...]:
    """Return the incidents of a model, the one with the worst anomaly first; each holds its anomalies worst first."""
    incidents = [
        Incident(model_id, chain[0].onset, tuple(sorted(chain, key=worst_first))) for chain in _chains(anomalies)
    ]
    return tuple(sorted(incidents, key=lambda incident: worst_first(incident.anomalies[0])))


def _chains(anomalies: Iterable[Anomaly]) -> list[list[Anomaly]]:
    """Return the anomalies by incident, oldest first."""
    chains: list[list[Anomaly]] = []
    for anomaly in sorted(anomalies, key=lambda each: each.onset):
        if chains and anomaly.onset - chains[-1][-1].onset <= LONGEST_BETWEEN_ONSETS:
            chains[-1].append(anomaly)
        else:
            chains.append([anomaly])
    return chains
