"""The alerts that other people's rules raised: from Alertmanager now, from the `ALERTS` series at a past instant."""

from console.sources.alertmanager.client import AlertmanagerClient, AlertsAnswer
from console.sources.alertmanager.merging import merged
from console.sources.alertmanager.recorded import alerts_at

__all__ = ["AlertmanagerClient", "AlertsAnswer", "alerts_at", "merged"]
