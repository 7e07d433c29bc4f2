"""An alert that somebody's rules raised."""

import msgspec

from console.domain.label import Label


class Alert(msgspec.Struct, frozen=True):
    """An alert as Alertmanager or the `ALERTS` series tells it; `since` is in UTC seconds, label values are raw."""

    name: Label
    labels: dict[str, str]
    severity: str | None
    state: str
    since: float
    silenced: bool = False
    runbook_url: str | None = None
    summary: str | None = None
    model_id: str | None = None
    """The model that the alert speaks of, None where its labels name none."""
