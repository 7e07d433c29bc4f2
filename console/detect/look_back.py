"""Which anomalies began before all that was read: only for these somebody must look further back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from console.detect.breach import LONGEST_GAP_POINTS
from console.domain.signal import ERROR_RATIO, LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN, TRAFFIC
from console.domain.snapshot import ModelView
from console.history.view import ModelHistory

_JUDGED_WITH_TRAFFIC = frozenset(signal.name for signal in (ERROR_RATIO, *LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN))
"""Latencies do not count where the traffic was too low, and errors weigh by it, so that is asked for with them."""


def open_onsets(views: Iterable[ModelView], pasts: Mapping[str, ModelHistory]) -> dict[str, Set[str]]:
    """Return the ids of models by the signals whose older points would tell a truer onset.

    `pasts` are the models' by id. A run that a gap cuts off within what was read begins no earlier for older points.
    """
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for view in views:
        for anomaly in view.incident.anomalies if view.incident is not None else ():
            past = pasts.get(view.model.id)
            known = past.as_far_back(anomaly.signal) if past is not None and anomaly.signal is not None else None
            if not anomaly.onset_is_earlier or known is None or anomaly.signal is None:
                continue
            if anomaly.onset - known.grid.start <= LONGEST_GAP_POINTS * known.grid.step:
                wanted[anomaly.signal].add(view.model.id)
                if anomaly.signal in _JUDGED_WITH_TRAFFIC and past is not None and TRAFFIC.name in past.coarse:
                    wanted[TRAFFIC.name].add(view.model.id)
    return dict(wanted)
