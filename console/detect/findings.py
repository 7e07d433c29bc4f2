"""What logged predictions say of a model, laid onto what its metrics say."""

from collections.abc import Iterable

import msgspec

from console.detect.incidents import incidents_of
from console.detect.judge import status_of
from console.detect.progress import by_age, unseen
from console.domain.anomaly import Anomaly
from console.domain.drift import DriftView
from console.domain.model import Model
from console.domain.quality import QualityView
from console.domain.series import Series
from console.domain.signal import Reading, State
from console.domain.snapshot import ModelView, order_worst_first


class PredictionFindings(msgspec.Struct, frozen=True):
    """What the log of predictions says of one model: readings by signal name, and what broke.

    `drift` and `quality` are for the views of the model, `series` the signals over time on hourly grids by name.
    """

    model: Model
    readings: dict[str, Reading]
    anomalies: tuple[Anomaly, ...] = ()
    drift: DriftView | None = None
    quality: QualityView | None = None
    series: dict[str, Series] = {}


def onto(views: Iterable[ModelView], findings: Iterable[PredictionFindings], at: float) -> tuple[ModelView, ...]:
    """Return the views with what the log says of their models (by id) at an instant (UTC seconds), worst first.

    A finding of a model that has no view is left out: whoever reads the log gives the fleet a model for it.
    """
    by_id = {finding.model.id: finding for finding in findings}
    return order_worst_first(
        [_with(view, by_id[view.model.id], at) if view.model.id in by_id else view for view in views]
    )


def untold(
    findings: Iterable[PredictionFindings], reason: str, answered: float | None = None
) -> tuple[PredictionFindings, ...]:
    """Return findings of a store that does not answer any more: the last values, marked as such, and what broke.

    `answered` is when the store was asked for them (UTC seconds): what broke was seen then.
    """
    return tuple(
        msgspec.structs.replace(
            finding,
            readings={
                name: msgspec.structs.replace(
                    reading, state=State.SOURCE_DOWN, detail=reason, seen=reading.seen or answered
                )
                for name, reading in finding.readings.items()
            },
            anomalies=tuple(unseen(anomaly, finding.readings, answered) for anomaly in finding.anomalies),
        )
        for finding in findings
    )


def _with(view: ModelView, finding: PredictionFindings, at: float) -> ModelView:
    told_anew = {anomaly.id for anomaly in finding.anomalies}
    kept = (a for a in view.anomalies if a.id not in told_anew and a.signal not in finding.readings)
    anomalies = (*kept, *(by_age(anomaly, at) for anomaly in finding.anomalies))
    readings = view.readings | finding.readings
    incidents = incidents_of(view.model.id, anomalies)
    return msgspec.structs.replace(
        view,
        readings=readings,
        status=status_of(anomalies, readings, at),
        incident=incidents[0] if incidents else None,
        other_incidents=incidents[1:],
    )
