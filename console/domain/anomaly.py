"""Something that broke its objective or expectation, and how bad the whole is."""

from enum import StrEnum

import msgspec

from console.domain.moments import rfc3339


class AnomalyKind(StrEnum):
    """What broke."""

    LATENCY = "latency"
    ERRORS = "errors"
    TRAFFIC = "traffic"
    SATURATION = "saturation"
    FEATURE_DRIFT = "feature_drift"
    PREDICTION_DRIFT = "prediction_drift"
    DATA_QUALITY = "data_quality"
    MODEL_QUALITY = "model_quality"
    MISSING_DATA = "missing_data"
    ALERT = "alert"


class Severity(StrEnum):
    """How bad an anomaly is."""

    WARNING = "warning"
    CRITICAL = "critical"


class Status(StrEnum):
    """How a model or a fleet is."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


WORST_FIRST = (Status.CRITICAL, Status.WARNING, Status.UNKNOWN, Status.OK)
"""The order of the exit codes of `summary`: what is known to be broken outranks what is not known."""


def worst(statuses: "list[Status] | tuple[Status, ...]") -> Status:
    """Return the worst of some statuses; `ok` when there is none."""
    return min(statuses, key=WORST_FIRST.index, default=Status.OK)


class CauseKind(StrEnum):
    """Why something broke."""

    NEW_VERSION = "new_version"
    TRAFFIC_SURGE = "traffic_surge"
    CAPACITY_LOSS = "capacity_loss"
    BAD_REPLICA = "bad_replica"
    SATURATION = "saturation"
    DEPENDENCY = "dependency"
    UPSTREAM_DATA = "upstream_data"
    POPULATION_SHIFT = "population_shift"
    UNKNOWN = "unknown"


class Cause(msgspec.Struct, frozen=True):
    """A tested explanation of an anomaly: `confidence` (0 to 1) is the share of such statements that are right.

    `detail` says in a line what speaks for it; `evidence` are further facts with their numbers, also those that were
    ruled out where nothing explains it. `replicas` are the raw names of those that it blames, as metrics bear them.
    """

    kind: CauseKind
    confidence: float
    detail: str
    evidence: tuple[str, ...] = ()
    replicas: tuple[str, ...] = ()


class Progress(StrEnum):
    """How far an anomaly is: it just began, goes on, keeps its limit again, or is over."""

    NEW = "new"
    ONGOING = "ongoing"
    RECOVERING = "recovering"
    RECOVERED = "recovered"


class PlaybookOffer(msgspec.Struct, frozen=True):
    """A playbook that fits an anomaly; `cause` is the explanation for which it does, None where it asks for none.

    `ties` are the ids of the others that fit exactly as well: the order among them means nothing.
    """

    id: str
    title: str
    cause: CauseKind | None = None
    ties: tuple[str, ...] = ()


class Anomaly(msgspec.Struct, frozen=True):
    """A signal that broke its objective or expectation; `id` is stable between refreshes.

    `onset` is in UTC seconds; `onset_is_earlier` says that it began before all that was looked at. `value`, `expected`,
    `objective` (what was promised) and `limit` (what was broken) share `unit`; with `at_least` the value may be more.
    `evidence` are facts in words, the most telling first.
    """

    id: str
    kind: AnomalyKind
    signal: str | None
    severity: Severity
    onset: float
    summary: str
    unit: str | None = None
    value: float | None = None
    expected: float | None = None
    objective: float | None = None
    limit: float | None = None
    onset_is_earlier: bool = False
    at_least: bool = False
    evidence: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    playbooks: tuple[PlaybookOffer, ...] = ()
    progress: Progress = Progress.ONGOING
    recovering_since: float | None = None
    """Since when (UTC seconds) it keeps its limit again."""
    returns: int = 0
    """How often it came back within the incident: one that does so flaps, and stays one anomaly."""
    ended: float | None = None
    """When it was over (UTC seconds): the first instant from which on it kept its limit; None while it is not."""
    last_seen: float | None = None
    """When its signal was seen last (UTC seconds), where that has no data now: nobody knows whether it still holds."""

    @property
    def is_over(self) -> bool:
        """Return whether it has recovered: it is told, but nothing is wrong any more."""
        return self.progress is Progress.RECOVERED


def worst_first(anomaly: Anomaly) -> tuple[bool, bool, bool, float, str]:
    """Return the key that sorts anomalies: those that are not over, critical ones, no mere alerts, then the oldest."""
    is_alert = anomaly.kind is AnomalyKind.ALERT
    return anomaly.is_over, anomaly.severity is not Severity.CRITICAL, is_alert, anomaly.onset, anomaly.id


class Incident(msgspec.Struct, frozen=True):
    """Anomalies of one model that belong together, worst first; the id is the model's id and the first onset."""

    model_id: str
    onset: float
    anomalies: tuple[Anomaly, ...]

    @property
    def id(self) -> str:
        """Return the id that the journal and the reports use: `fraud@2026-11-22T03:08:15Z`."""
        return f"{self.model_id}@{rfc3339(self.onset)}"
