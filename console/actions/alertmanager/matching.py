"""Which alerts are those of a model, and the equality matchers that keep quiet exactly these."""

from collections.abc import Iterable, Sequence

from console.detect.alerts import MODEL_LABELS
from console.domain.alert import Alert
from console.domain.label import harmless
from console.domain.model import Model
from console.domain.quantity import how_many
from console.sources.alertmanager.silences import Matcher

ALERT_NAME = "alertname"
_MOST_NAMED = 5


def is_of_model(alert: Alert, model: Model) -> bool:
    """Tell whether an alert's labels name a model and contradict none of its own.

    Of a model that has namesakes they must tell it apart from them.
    """
    label = naming_label(alert)
    if label is None or alert.labels[label] != model.name.raw:
        return False
    has_namesakes = model.id != model.name.raw
    return all(alert.labels.get(key, None if has_namesakes else value) == value for key, value in model.labels.items())


def naming_label(alert: Alert) -> str | None:
    """Return the label by which an alert names a model, None where it has none."""
    return next((label for label in MODEL_LABELS if alert.labels.get(label)), None)


def matchers_for(alerts: Sequence[Alert], model: Model) -> tuple[Matcher, ...]:
    """Return the equality matchers of alerts of one name and model: the name, the model, and what tells it apart.

    A label that only some of the alerts have is left out.
    """
    first = alerts[0]
    naming = naming_label(first)
    pairs = {ALERT_NAME: first.name.raw} | ({naming: model.name.raw} if naming is not None else {})
    for key, value in sorted(model.labels.items()):
        if value and all(alert.labels.get(key) == value for alert in alerts):
            pairs[key] = value
    return tuple(Matcher(name, value) for name, value in pairs.items())


def matched(alerts: Iterable[Alert], matchers: Iterable[Matcher]) -> tuple[Alert, ...]:
    """Return the alerts that equality matchers match."""
    wanted = [(matcher.name, matcher.value) for matcher in matchers]
    return tuple(alert for alert in alerts if all(alert.labels.get(name, "") == value for name, value in wanted))


def identity(alert: Alert) -> str:
    """Return what tells an alert apart from all others: Alertmanager's fingerprint, which all members share."""
    return alert.fingerprint or repr(sorted(alert.labels.items()))


def named(alerts: Sequence[Alert], apart_from: Iterable[str] = ()) -> str:
    """Return how many alerts there are and which: `2 alerts: HighLatency (pod=a), HighLatency (pod=b)`.

    The labels `apart_from`, which all of them share, are not told.
    """
    left_out = {ALERT_NAME, *apart_from}
    told = [_named(alert, left_out) for alert in alerts[:_MOST_NAMED]]
    more = f" and {len(alerts) - _MOST_NAMED} more" if len(alerts) > _MOST_NAMED else ""
    count = how_many(len(alerts), "alert")
    return f"{count}: {', '.join(told)}{more}"


def _named(alert: Alert, left_out: set[str]) -> str:
    labels = [f"{name}={value}" for name, value in sorted(alert.labels.items()) if name not in left_out]
    return harmless(f"{alert.name.raw} ({', '.join(labels)})" if labels else alert.name.raw)
