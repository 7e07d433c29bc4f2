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


class Cause(msgspec.Struct, frozen=True):
    """A tested explanation of an anomaly, with a confidence between 0 and 1."""

    kind: str
    confidence: float
    detail: str


class PlaybookOffer(msgspec.Struct, frozen=True):
    """A playbook that fits an anomaly."""

    id: str
    title: str


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


class Incident(msgspec.Struct, frozen=True):
    """Anomalies of one model that belong together, worst first; the id is the model's id and the first onset."""

    model_id: str
    onset: float
    anomalies: tuple[Anomaly, ...]

    @property
    def id(self) -> str:
        """Return the id that the journal and the reports use: `fraud@2026-11-22T03:08:15Z`."""
        return f"{self.model_id}@{rfc3339(self.onset)}"
