"""What is new about the alerts that speak of a model: one fired, was silenced, ended."""

from collections.abc import Iterator

from console.domain.alert import Alert
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.snapshot import Snapshot
from console.headless.watch.news import Event, Key, News

FIRING = "firing"


def firing_alerts(snapshot: Snapshot) -> dict[Key, Alert]:
    """Return the alerts that fire for one of the models and that nobody silenced."""
    return {alert_key(alert): alert for alert in snapshot.alerts if alert.model_id is not None and _is_heard(alert)}


def alert_news(before: dict[Key, Alert], now: dict[Key, Alert], snapshot: Snapshot) -> Iterator[News]:
    """Yield what is new about each alert, `before` and `now` being those that fire.

    Of one that does not speak of a known model any more nothing can be said: it may still fire.
    """
    told = {alert_key(alert): alert for alert in snapshot.alerts}
    models = {view.model.id for view in snapshot.models}
    for key, alert in now.items():
        if key not in before:
            yield describe_alert(alert, snapshot.at)
    for key, alert in before.items():
        if key in now or alert.model_id not in models:
            continue
        lasted = in_words(max(0.0, snapshot.at - alert.since))
        if key not in told:
            yield _news(alert, Event.ALERT_ENDED, snapshot.at, f"{_of(alert)}; over after {lasted}")
        elif not _is_heard(told[key]):
            yield _news(alert, Event.ALERT_SILENCED, snapshot.at, f"{_of(alert)}; kept back after {lasted}")


def describe_alert(alert: Alert, at: float) -> News:
    """Return a line that says that an alert fires."""
    return _news(alert, Event.ALERT_FIRED, at, f"{_of(alert)}, for {in_words(max(0.0, at - alert.since))}")


def alert_key(alert: Alert) -> Key:
    """Return what lines about an alert have in common: its name and labels."""
    return ("alert", alert.name.raw, *(f"{name}={value}" for name, value in sorted(alert.labels.items())))


def _is_heard(alert: Alert) -> bool:
    """Return whether an alert fires and nobody keeps it back."""
    return alert.state == FIRING and not alert.silenced


def _of(alert: Alert) -> str:
    severity = f"{harmless(alert.severity)}, " if alert.severity else ""
    return f"{severity}of {harmless(alert.model_id or '')}"


def _news(alert: Alert, event: Event, at: float, text: str) -> News:
    return News(
        key=alert_key(alert),
        event=event,
        at=at,
        alert=alert.name.raw,
        model=alert.model_id,
        since=alert.since,
        text=text,
    )
