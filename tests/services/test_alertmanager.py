from datetime import UTC, datetime

import pytest

from tests.services import Servers


def test_an_alert_that_is_posted_is_shown_by_the_v2_api(servers: Servers) -> None:
    alertmanager = servers.alertmanager()
    began = datetime(2026, 11, 22, 3, 8, 15, tzinfo=UTC)
    alertmanager.fire("ModelLatencyHigh", {"model": "fraud"}, annotations={"summary": "p99 2.4 s"}, starts_at=began)
    (alert,) = alertmanager.alerts()
    assert alert["labels"] == {"alertname": "ModelLatencyHigh", "model": "fraud"}
    assert alert["annotations"] == {"summary": "p99 2.4 s"}
    assert datetime.fromisoformat(alert["startsAt"]) == began
    assert alert["status"]["state"] in {"unprocessed", "active"}


def test_a_refused_alert_is_an_error(servers: Servers) -> None:
    with pytest.raises(ValueError, match="refused"):
        servers.alertmanager().fire("bad", {"not a label": "x"})


def test_it_starts_where_its_package_is_not_installed(servers: Servers) -> None:
    status = servers.alertmanager().get_json("/api/v2/status")
    assert "nobody" in status["config"]["original"]
    assert status["cluster"]["status"] == "disabled"
