"""What is asked about the things that models call: what the clients inside their replicas measure.

OpenTelemetry's HTTP and database clients (https://opentelemetry.io/docs/specs/semconv/http/http-metrics/), and the
sidecar of the caller in an Istio mesh, which reports as `source`.
"""

from collections.abc import Iterable

import msgspec

from console.domain.moments import promql_duration
from console.sources.prometheus.promql import aggregate, marked, matching, relabelled, selector

ADDRESS, MEASURED, CLUSTER, NAMESPACE = "address", "measured", "cluster", "namespace"
ASKED, SPENT, FAILED = "asked", "spent", "failed"
"""What `MEASURED` says of a row: requests, seconds spent on them, and failed requests; all per second."""

Matchers = tuple[tuple[str, str, str], ...]


class _Client(msgspec.Struct, frozen=True):
    """Where a kind of clients says whom it called, and what failed: any of several sets of matchers."""

    count: str
    sum: str
    address: str
    failed: tuple[Matchers, ...]
    failures: str
    divisor: int = 1
    among: Matchers = ()


_CLIENTS = (
    _Client(
        count="http_client_request_duration_seconds_count",
        sum="http_client_request_duration_seconds_sum",
        address="server_address",
        failures="http_client_request_duration_seconds_count",
        # without a status there was no answer; one of 4xx is the caller's mistake
        failed=(
            (("http_response_status_code", "=~", "5.."),),
            (("http_response_status_code", "=", ""), ("error_type", "!=", "")),
        ),
    ),
    _Client(
        count="db_client_operation_duration_seconds_count",
        sum="db_client_operation_duration_seconds_sum",
        address="server_address",
        failures="db_client_operation_duration_seconds_count",
        failed=((("error_type", "!=", ""),),),
    ),
    _Client(
        count="istio_request_duration_milliseconds_count",
        sum="istio_request_duration_milliseconds_sum",
        address="destination_service_name",
        failures="istio_requests_total",
        failed=((("response_code", "=~", "5..|0"),),),
        divisor=1000,
        among=(("reporter", "=", "source"),),
    ),
)


def calls_of(replica_label: str, replicas: Iterable[str], rate_window: float) -> str:
    """Return rows by cluster, namespace, replica, `ADDRESS` and `MEASURED` of all that some replicas call.

    `rate_window` is in seconds.
    """
    names = list(replicas)
    rows = [row for client in _CLIENTS for row in _rows(client, replica_label, names, rate_window)]
    return " or ".join(rows)


def _rows(client: _Client, replica_label: str, replicas: list[str], rate_window: float) -> list[str]:
    within = (matching(replica_label, replicas), (client.address, "!=", ""), *client.among)
    by = (CLUSTER, NAMESPACE, replica_label, client.address)

    def rated(series: str, *further: Matchers) -> str:
        selections = [selector(series, (*within, *each)) for each in further or ((),)]
        return aggregate("sum", by, " or ".join(f"rate({text}[{promql_duration(rate_window)}])" for text in selections))

    measured = {
        ASKED: rated(client.count),
        SPENT: f"{rated(client.sum)} / {client.divisor}",
        FAILED: rated(client.failures, *client.failed),
    }
    return [
        relabelled(marked(expression, MEASURED, name), ADDRESS, "$1", client.address, "(.+)")
        for name, expression in measured.items()
    ]
