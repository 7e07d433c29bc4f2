"""An alert that somebody's rules raised."""

import msgspec

from console.domain.label import Label


class Alert(msgspec.Struct, frozen=True):
    """An alert as Alertmanager or the `ALERTS` series tells it; `since` is in UTC seconds, label values are raw.

    URLs are as the rule's author wrote them: whoever opens one must look at its scheme first.
    """

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
    fingerprint: str | None = None
    """Alertmanager's hash of the label set: the same on all its members. None where no Alertmanager told the alert."""
    generator_url: str | None = None
    """Where the expression that raised the alert can be looked at: a page of Prometheus or Grafana."""
    dashboard_url: str | None = None
    silenced_by: tuple[str, ...] = ()
    """Ids of the silences that keep it quiet, as far as an Alertmanager tells."""
