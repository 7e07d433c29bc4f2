"""A fleet whose source does not answer: what was known is frozen and marked, nothing is judged anew."""

from collections.abc import Iterable

import msgspec

from console.detect.progress import unseen
from console.domain.anomaly import Incident, Status
from console.domain.model import WorkloadFinding
from console.domain.signal import State
from console.domain.snapshot import ModelView, order_worst_first


def freeze(views: Iterable[ModelView], reason: str) -> tuple[ModelView, ...]:
    """Return the last known views with every reading marked `source_down`; what was healthy is unknown now.

    One dead source must raise one banner, not an anomaly for each model.
    """
    return order_worst_first([_frozen(view, reason) for view in views])


def _frozen(view: ModelView, reason: str) -> ModelView:
    readings = {
        name: reading
        if reading.state is State.NOT_EXPORTED
        else msgspec.structs.replace(reading, state=State.SOURCE_DOWN, detail=reason)
        for name, reading in view.readings.items()
    }
    status = Status.UNKNOWN if view.status is Status.OK else view.status
    workload = WorkloadFinding(None, f"not known while the source is down: {reason}") if view.workload else None
    return msgspec.structs.replace(
        view,
        readings=readings,
        status=status,
        workload=workload,
        incident=_unseen(view.incident, view) if view.incident is not None else None,
        other_incidents=tuple(_unseen(incident, view) for incident in view.other_incidents),
    )


def _unseen(incident: Incident, view: ModelView) -> Incident:
    anomalies = tuple(unseen(anomaly, view.readings) for anomaly in incident.anomalies)
    return msgspec.structs.replace(incident, anomalies=anomalies)
