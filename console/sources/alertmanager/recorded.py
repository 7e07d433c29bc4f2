"""The alerts of a past instant, as Prometheus and all that is compatible with it record them."""

from console.domain.alert import Alert
from console.domain.label import Label
from console.sources.alertmanager.answer import AlertsAnswer
from console.sources.alertmanager.merging import in_order
from console.sources.prometheus.answers import LabelSet, LabelSets
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import together

FIRING = 'ALERTS{alertstate="firing"}'
ACTIVE_SINCE = "ALERTS_FOR_STATE"

_NOT_OF_THE_ALERT = frozenset({"__name__", "alertstate"})


async def alerts_at(client: PrometheusClient, at: float) -> AlertsAnswer:
    """Return the alerts that fired at an instant (UTC seconds).

    `since` is when the expression became true (`ALERTS_FOR_STATE`), which is the rule's `for` before the notification,
    or the instant itself where no such series is recorded. Annotations and silences are recorded nowhere.

    Raises:
        SourceError: the server did not answer.
    """
    firing, since = await together(client.query(FIRING, at), client.query(ACTIVE_SINCE, at))
    label_sets = LabelSets()
    starts: dict[frozenset[tuple[str, str]], float] = {}
    for sample in since.samples:
        if sample.value is not None:
            starts[_identity(label_sets.of(sample.metric))] = sample.value.value
    alerts = []
    for sample in firing.samples:
        identity = _identity(label_sets.of(sample.metric))
        labels = dict(sorted(identity))
        alerts.append(
            Alert(
                name=Label(labels.get("alertname", "")),
                labels=labels,
                severity=labels.get("severity"),
                state="firing",
                since=starts.get(identity, at),
            )
        )
    return AlertsAnswer(in_order(alerts), max(firing.seconds, since.seconds))


def _identity(labels: LabelSet) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in labels.items() if name not in _NOT_OF_THE_ALERT)
