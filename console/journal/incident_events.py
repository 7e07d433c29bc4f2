"""The lines about incidents: what the console saw, and what people said of it."""

from typing import Annotated

import msgspec

from console.domain.anomaly import Anomaly
from console.domain.change import Change
from console.domain.link import Link
from console.domain.moments import Instant
from console.journal.recorded import Recorded

Spacing = Annotated[float, msgspec.Meta(ge=1)]
"""Seconds from one point to the next."""


class Course(msgspec.Struct, frozen=True):
    """A signal around an incident as the console saw it, kept since no source keeps it for ever.

    `values` are `step` seconds apart from `start` on (UTC seconds); None is no data.
    """

    signal: str
    unit: str
    start: Instant
    step: Spacing
    values: tuple[float | None, ...]
    limit: float | None = None


class IncidentOpened(Recorded, frozen=True, kw_only=True, tag="incident_opened"):
    """A console saw an incident for the first time; of several consoles that say so, the first did.

    `anomalies` are worst first and carry their causes and playbooks, best first; `versions` maps a version to its share
    of the traffic.
    """

    incident_id: str
    model_id: str
    model_name: str
    onset: Instant
    anomalies: tuple[Anomaly, ...]
    versions: dict[str, float] = msgspec.field(default_factory=dict)
    context: str | None = None
    sources: tuple[str, ...] = ()
    """Addresses, without secrets, of what the console reads: one journal may serve consoles of several fleets."""
    courses: tuple[Course, ...] = ()
    changes: tuple[Change, ...] = ()
    """What changed of the model around that time, as far as it was known."""
    links: tuple[Link, ...] = ()
    budget: str | None = None
    """How fast the error budget went, in words; None where it lasted."""


class IncidentChanged(Recorded, frozen=True, kw_only=True, tag="incident_changed"):
    """The severity, the anomalies or the likeliest cause of an incident are others now."""

    incident_id: str
    anomalies: tuple[Anomaly, ...]
    detail: str


class IncidentClosed(Recorded, frozen=True, kw_only=True, tag="incident_closed"):
    """An incident is over since `recovered` (UTC seconds): from then on, all its signals kept their limits.

    `at_latest` says that no console watched when it recovered: by `recovered` it was over, since when nobody knows.
    """

    incident_id: str
    recovered: Instant
    courses: tuple[Course, ...] = ()
    changes: tuple[Change, ...] = ()
    """What changed of the model until then, as far as it was known."""
    at_latest: bool = False


class Acknowledged(Recorded, frozen=True, kw_only=True, tag="acknowledged"):
    """A person takes care of an incident."""

    incident_id: str


class Noted(Recorded, frozen=True, kw_only=True, tag="noted"):
    """What a person wrote down about an incident, a run or both; `follow_up` is work that is left for later."""

    text: str
    incident_id: str | None = None
    run_id: str | None = None
    step_id: str | None = None
    follow_up: bool = False
