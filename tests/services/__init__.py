"""Real servers for tests: each on a free port of 127.0.0.1, in a folder of its own, gone when the test ends.

Tests get them from the fixtures `servers` and `session_servers` of tests/conftest.py.
"""

from tests.services.alertmanager import Alertmanager
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.postgresql import PostgreSQL
from tests.services.prometheus import Prometheus
from tests.services.servers import WITH_THE_API_OF_PROMETHEUS, Servers
from tests.services.victoria_metrics import VictoriaMetrics
from tests.services.waiting import wait_until

__all__ = [
    "WITH_THE_API_OF_PROMETHEUS",
    "Alertmanager",
    "OpenMetricsHistory",
    "PostgreSQL",
    "Prometheus",
    "Servers",
    "VictoriaMetrics",
    "wait_until",
]
