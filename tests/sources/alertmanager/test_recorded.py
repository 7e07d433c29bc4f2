import pytest

from console.sources.alertmanager.recorded import alerts_at
from console.sources.prometheus import PrometheusClient
from console.transport.http import Endpoint
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Servers, wait_until
from tests.services.prometheus import Prometheus

RULES = """
groups:
  - name: models
    rules:
      - alert: ModelSlow
        expr: vector(2) > 1
        for: 1s
        labels: {severity: page, model: fraud}
"""
CONFIG = "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\n"
AT = 1_700_000_000.0


async def test_an_alert_that_a_real_prometheus_evaluated(servers: Servers) -> None:
    prometheus = servers.prometheus(config=CONFIG, rules=RULES)

    def fired(server: Prometheus = prometheus) -> float | None:
        found = server.query('ALERTS{alertstate="firing"}')
        return float(found[0]["value"][0]) if found else None

    at = wait_until(fired, "the alert fires")
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        (alert,) = (await alerts_at(client, at)).alerts
        assert (await alerts_at(client, at - 3600)).alerts == ()
    assert alert.labels == {"alertname": "ModelSlow", "model": "fraud", "severity": "page"}
    assert (alert.name.raw, alert.severity, alert.state, alert.silenced) == ("ModelSlow", "page", "firing", False)
    assert at - 60 < alert.since <= at - 1


@pytest.mark.parametrize("server", WITH_THE_API_OF_PROMETHEUS)
async def test_alerts_of_the_past_oldest_first_without_the_pending(servers: Servers, server: str) -> None:
    history = OpenMetricsHistory()
    for name, state, since in (("B", "firing", AT - 90), ("A", "firing", AT - 120), ("C", "pending", AT - 30)):
        history.add("ALERTS", {"alertname": name, "alertstate": state}, [(AT - 60, 1), (AT, 1)])
        history.add("ALERTS_FOR_STATE", {"alertname": name}, [(AT - 60, since), (AT, since)])
    history.add("ALERTS", {"alertname": "D", "alertstate": "firing"}, [(AT - 60, 1), (AT, 1)])
    url = servers.with_the_api_of_prometheus(server, history).url
    async with PrometheusClient([Endpoint.parse(url)]) as client:
        told = await alerts_at(client, AT)
    assert [(alert.name.raw, alert.since) for alert in told.alerts] == [("A", AT - 120), ("B", AT - 90), ("D", AT)]
