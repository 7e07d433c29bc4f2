"""What a refresh found that was not so before: one line of `watch`."""

from enum import StrEnum

import msgspec

from console.domain.anomaly import Progress, Status

Key = tuple[str, ...]
"""What a line speaks of: kind and identity, raw. Lines of one key are about the same thing."""


class Event(StrEnum):
    """What happened."""

    FLEET = "fleet"
    STATUS = "status"
    ANOMALY = "anomaly"
    PLAYBOOK = "playbook"
    APPEARED = "appeared"
    GONE = "gone"
    VERSION = "version"
    SOURCE_DOWN = "source_down"
    SOURCE_PARTIAL = "source_partial"
    SOURCE_NOTE = "source_note"
    SOURCE_UP = "source_up"
    SOURCE_REPLICA = "source_replica"
    ALERT_FIRED = "alert_fired"
    ALERT_SILENCED = "alert_silenced"
    ALERT_ENDED = "alert_ended"
    SHARED = "shared_incident"
    SHARED_ENDED = "shared_incident_ended"
    FLAPPING = "flapping"
    STEADY = "steady"


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is new at an instant (`at`, UTC seconds).

    `model`, `source` and `alert` are raw names, None where the line does not speak of one; `status` and `was` are those
    of the model or of the fleet. `since` (UTC seconds) is when it began, None where nobody knows. `replica` is the one
    that stands in for the preferred one of the source. `text` says it in harmless words, with how long ago it began.
    """

    key: Key
    event: Event
    at: float
    text: str
    model: str | None = None
    source: str | None = None
    replica: str | None = None
    alert: str | None = None
    status: Status | None = None
    was: Status | None = None
    since: float | None = None
    since_is_earlier: bool = False
    progress: Progress | None = None
    """How far the worst anomaly of the model is, None where the line is about none."""
    version: str | None = None
    playbook: str | None = None

    @property
    def name(self) -> str:
        """Return what the line is about, raw; empty for the fleet."""
        return self.alert or self.source or self.model or ""
