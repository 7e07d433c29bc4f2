"""Each page of a serving system is one that Prometheus takes, and holds what the presets rely on."""

import re
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.sources.prometheus import LabelSets, PrometheusClient
from console.transport.http import Endpoint
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Prometheus, Servers, VictoriaMetrics
from tests.services.programs import program
from tests.sources.prometheus.asking import ask
from tests.sources.scraped_text import add_page
from tools.recording.systems import SYSTEMS

AT = 1_700_000_000.0
PERIOD = 60
PAGES = {page.stem: page.read_text() for page in sorted(Path(__file__).parent.glob("*.metrics"))}
RECORDED = sorted(name for name, text in PAGES.items() if f"make record-metrics ARGS={name}\n" in text)
SYNTAX_ERROR = 1
"""What promtool exits with when it cannot read a page; for a name that is not to its taste, 3."""

RAY = "Component NodeAddress SessionName Version WorkerId otel_scope_name"
SCOPE = "otel_scope_name otel_scope_version"
SDK = "service_instance_id telemetry_sdk_language telemetry_sdk_name telemetry_sdk_version"
HTTP = f"http_request_method network_protocol_version url_scheme {SCOPE} otel_scope_schema_url"
GENAI = (
    "gen_ai_operation_name gen_ai_request_model gen_ai_response_model server_address server_port"
    " otel_scope_name otel_scope_schema_url"
)

SERIES = {
    "mlserver": {
        "model_infer_request_success_total": "model version",
        "model_infer_request_failure_total": "model version",
        "model_infer_request_duration_sum": "model version",
        "model_infer_request_duration_count": "model version",
        "parallel_request_queue_bucket": "le",
        "parallel_request_queue_count": "",
        "rest_server_request_duration_seconds_bucket": "app_name le method path status_code",
        "rest_server_requests_total": "app_name method path status_code",
    },
    "mlserver-grpc": {
        "model_infer_request_failure_total": "model version",
        "model_infer_request_duration_count": "model version",
        "grpc_server_started_total": "grpc_method grpc_service grpc_type",
        "grpc_server_handled_total": "grpc_code grpc_method grpc_service grpc_type",
        "grpc_server_handling_seconds_bucket": "grpc_method grpc_service grpc_type le",
    },
    "bentoml": {
        "bentoml_service_request_total": "endpoint http_response_code runner_name service_name service_version",
        "bentoml_service_request_duration_seconds_bucket": (
            "endpoint http_response_code le runner_name service_name service_version"
        ),
        "bentoml_service_request_in_progress": "endpoint runner_name service_name service_version",
        "bentoml_service_last_request_timestamp_seconds": "pid runner_name service_name service_version",
    },
    "kserve": {
        f"request_{phase}_seconds_{suffix}": labels
        for phase in ("preprocess", "predict", "postprocess")
        for suffix, labels in {"bucket": "le model_name", "sum": "model_name", "count": "model_name"}.items()
    },
    "ray-serve": {
        name: f"{RAY} {labels}"
        for name, labels in {
            "ray_serve_deployment_request_counter_total": "application deployment replica route",
            "ray_serve_deployment_error_counter_total": "application deployment exception_type replica route",
            "ray_serve_deployment_processing_latency_ms_bucket": "application deployment le replica route",
            "ray_serve_deployment_queued_queries": "actor_id application deployment handle",
            "ray_serve_replica_processing_queries": "application deployment replica",
            "ray_serve_replica_utilization_percent": "application deployment replica",
            "ray_serve_deployment_replica_healthy": "application deployment replica",
            "ray_serve_num_ongoing_requests_at_replicas": "actor_id application deployment handle",
            "ray_serve_num_http_requests_total": "application method route status_code",
            "ray_serve_num_http_error_requests_total": "application error_code method route",
            "ray_serve_http_request_latency_ms_bucket": "application le method route status_code",
        }.items()
    },
    "otel-http": {
        "http_server_request_duration_seconds_bucket": f"{HTTP} http_response_status_code http_route error_type le",
        "http_server_request_duration_seconds_count": f"{HTTP} http_response_status_code http_route error_type",
        "http_server_active_requests": f"http_request_method url_scheme {SCOPE} otel_scope_schema_url",
        "target_info": f"service_name service_version {SDK}",
    },
    "otel-genai": {
        "gen_ai_client_operation_duration_seconds_bucket": f"gen_ai_system error_type le {GENAI}",
        "gen_ai_client_operation_duration_seconds_count": f"gen_ai_system error_type {GENAI}",
        "gen_ai_client_token_usage_sum": f"gen_ai_system gen_ai_token_type {GENAI}",
        "target_info": f"service_name service_version {SDK}",
    },
    "otel-genai-latest": {
        "gen_ai_client_operation_duration_seconds_bucket": f"gen_ai_provider_name error_type le {GENAI}",
        "gen_ai_client_operation_duration_seconds_count": f"gen_ai_provider_name error_type {GENAI}",
        "gen_ai_client_token_usage_sum": f"gen_ai_provider_name gen_ai_token_type {GENAI}",
    },
}
"""The labels that each series bears."""

# Requests in a period; what is true of one page is true of its rates, for add_page lets all counters grow alike.
COUNTED = [
    ("mlserver", "model_infer_request_duration_count", "model version", {
        ("fraud", "v41"): 54, ("fraud", "v42"): 66, ("churn", "None"): 30,
    }),
    ("mlserver", "model_infer_request_failure_total", "model version", {
        ("fraud", "v41"): 0, ("fraud", "v42"): 6, ("churn", "None"): 3,
    }),
    # What failed is started, and never handled.
    ("mlserver-grpc", "grpc_server_started_total", "grpc_method", {("ModelInfer",): 12}),
    ("mlserver-grpc", "grpc_server_handled_total", "grpc_method grpc_code", {("ModelInfer", "OK"): 10}),
    ("mlserver-grpc", "model_infer_request_failure_total", "model version", {("fraud", "v41"): 0, ("churn", "v7"): 2}),
    ("bentoml", 'bentoml_service_request_total{endpoint!="/readyz"}', "runner_name endpoint http_response_code", {
        ("fraud", "/score", "200"): 60, ("fraud", "/score", "400"): 1, ("fraud", "/score", "500"): 6,
        ("fraud", "/churn", "200"): 27, ("fraud", "/churn", "500"): 3,
        ("churn", "/score", "200"): 27, ("churn", "/score", "500"): 3,
    }),
    ("kserve", "request_predict_seconds_count", "model_name", {("fraud",): 60, ("churn",): 30}),
    ("kserve", "request_postprocess_seconds_count", "model_name", {("fraud",): 60, ("churn",): 27}),
    ("ray-serve", "ray_serve_deployment_processing_latency_ms_count", "application deployment", {
        ("fraud", "Scorer"): 60, ("churn", "Scorer"): 30,
    }),
    # Without what failed:
    ("ray-serve", "ray_serve_deployment_request_counter_total", "application deployment", {
        ("fraud", "Scorer"): 60, ("churn", "Scorer"): 27,
    }),
    ("ray-serve", "ray_serve_deployment_error_counter_total", "application deployment exception_type", {
        ("churn", "Scorer", "ValueError"): 3,
    }),
    ("ray-serve", 'ray_serve_num_http_requests_total{application!=""}', "application status_code", {
        ("fraud", "200"): 60, ("churn", "200"): 27, ("churn", "500"): 3,
    }),
    # An exception that nobody caught has neither status nor type.
    ("otel-http", 'http_server_request_duration_seconds_count{http_route!="/readyz"}',
     "http_route http_response_status_code error_type", {
        ("/fraud/predict", "200", ""): 60, ("/churn/predict", "200", ""): 27,
        ("/churn/predict", "503", "503"): 2, ("/churn/predict", "", ""): 3, ("", "404", ""): 1,
    }),
    *((name, "gen_ai_client_operation_duration_seconds_count", "gen_ai_request_model error_type", {
        ("gpt-fake-fast", ""): 60, ("gpt-fake-slow", ""): 27, ("gpt-fake-slow", "RateLimitError"): 3, **embeddings,
    }) for name, embeddings in (("otel-genai", {("embedding-fake", ""): 10}), ("otel-genai-latest", {}))),
    ("otel-genai", "gen_ai_client_token_usage_sum", "gen_ai_request_model gen_ai_token_type", {
        ("gpt-fake-fast", "input"): 180, ("gpt-fake-fast", "output"): 360,
        ("gpt-fake-slow", "input"): 81, ("gpt-fake-slow", "output"): 162, ("embedding-fake", "input"): 30,
    }),
]  # fmt: skip


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def prometheus(session_servers: Servers, request: pytest.FixtureRequest) -> Prometheus | VictoriaMetrics:
    history = OpenMetricsHistory()
    for name, text in PAGES.items():
        add_page(history, text, {"job": name, "instance": "10.0.0.1:8000"}, start=AT - 600, end=AT, period=PERIOD)
    return session_servers.with_the_api_of_prometheus(request.param, history)


@pytest.fixture
async def client(prometheus: Prometheus | VictoriaMetrics) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        yield client


def test_every_system_is_recorded() -> None:
    assert sorted(SERIES) == RECORDED == sorted(system.name for system in SYSTEMS)


@pytest.mark.parametrize("name", PAGES)
def test_prometheus_takes_the_page(name: str) -> None:
    finished = subprocess.run(
        [program("promtool"), "check", "metrics"], input=PAGES[name], capture_output=True, text=True, check=False
    )
    assert finished.returncode != SYNTAX_ERROR, finished.stderr


@pytest.mark.parametrize("name", PAGES)
async def test_no_sample_of_the_page_is_lost(
    client: PrometheusClient, prometheus: Prometheus | VictoriaMetrics, name: str
) -> None:
    samples = [line for line in PAGES[name].splitlines() if not line.startswith("#")]
    if isinstance(prometheus, VictoriaMetrics):  # which keeps no sample that is not a number
        samples = [line for line in samples if not line.endswith(" NaN")]
    counted = await ask(client, f'count({{__name__!="up",job="{name}"}})', (), AT)
    assert counted == {(): len(samples)}


@pytest.mark.parametrize(("name", "series"), [(name, series) for name in SERIES for series in SERIES[name]])
async def test_a_series_bears_the_labels_that_presets_read(client: PrometheusClient, name: str, series: str) -> None:
    label_sets = LabelSets()
    samples = (await client.query(f'{series}{{job="{name}"}}', AT)).samples
    borne = {label for sample in samples for label in label_sets.of(sample.metric)}
    assert borne == {"__name__", "instance", "job", *SERIES[name][series].split()}


@pytest.mark.parametrize(("name", "series", "labels", "requests"), COUNTED)
async def test_the_requests_are_counted(
    client: PrometheusClient, name: str, series: str, labels: str, requests: dict[tuple[str, ...], int]
) -> None:
    names = tuple(labels.split())
    selector = series.replace("}", f',job="{name}"}}') if "{" in series else f'{series}{{job="{name}"}}'
    grown = await ask(client, f"sum by ({','.join(names)}) (rate({selector}[5m])) * {PERIOD}", names, AT)
    assert grown == {key: pytest.approx(value) for key, value in requests.items()}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recording_names_no_machine(name: str) -> None:
    assert not re.search(r'"/(?:home|root|tmp|usr|var)/', PAGES[name])
    assert set(re.findall(r"\d+\.\d+\.\d+\.\d+", PAGES[name])) <= {"10.0.0.1", "127.0.0.1"}
