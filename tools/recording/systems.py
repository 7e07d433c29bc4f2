"""The systems that are recorded, with their pins: the newest releases on 2026-11-25 that work on Python 3.11."""

from collections.abc import Sequence
from dataclasses import replace

from tools.recording.system import Request, System

GOOD = (0.5, 0.2, 0.1)
BAD = (-1.0, 0.2, 0.1)
"""A feature below 0, which the model refuses."""

# Of Python and of the process: the same for every program that uses the client library.
LEFT_OUT = "(python|process)_.*"


def open_inference(features: Sequence[float]) -> dict[str, object]:
    """Return a request of the Open Inference Protocol with one row."""
    row = {"name": "features", "shape": [1, len(features)], "datatype": "FP64", "data": [*features]}
    return {"inputs": [row]}


def asking(model: str, question: str = "what is wrong") -> dict[str, object]:
    """Return a request to the agent, to put a question to a language model."""
    return {"operation": "chat", "model": model, "question": question}


MLSERVER = System(
    name="mlserver",
    title="MLServer",
    # MLServer's worker asks for an event loop before there is one, which uvloop 0.22 refuses.
    requirements=("mlserver==1.7.1", "uvloop==0.21.0"),
    server="mlserver_models",
    ports=("http", "grpc", "metrics"),
    metrics=("metrics", "/metrics"),
    ready=("/v2/health/ready", ""),
    requests=(
        Request("/v2/models/fraud/versions/v41/infer", open_inference(GOOD), 200, 54),
        Request("/v2/models/fraud/versions/v42/infer", open_inference(GOOD), 200, 60),
        Request("/v2/models/fraud/versions/v42/infer", open_inference(BAD), 500, 6),
        Request("/v2/models/churn/infer", open_inference(GOOD), 200, 27),
        Request("/v2/models/churn/infer", open_inference(BAD), 500, 3),
    ),
    served=(
        "fraud v41 54 times; fraud v42 66 times, 6 failed; churn, which is slow,"
        " 30 times without naming its version v7, 3 failed"
    ),
    counted=(r"model_infer_request_duration_count\{.*", 150),
)

MLSERVER_GRPC = replace(
    MLSERVER,
    name="mlserver-grpc",
    title="MLServer asked over gRPC",
    requests=(),
    client="mlserver_grpc_client",
    served="fraud v41 10 times; churn v7, which is slow, twice, both failed",
    counted=(r"model_infer_request_duration_count\{.*", 12),
)

BENTOML = System(
    name="bentoml",
    title="BentoML",
    requirements=("bentoml==1.4.40",),
    server="bentoml_service",
    ports=("http",),
    arguments=("v42",),
    environment={"BENTOML_DO_NOT_TRACK": "True"},
    ready=("/readyz", ""),
    requests=(
        Request("/score", {"features": GOOD}, 200, 60),
        Request("/score", {"features": BAD}, 500, 6),
        Request("/churn", {"features": GOOD}, 200, 27),
        Request("/churn", {"features": BAD}, 500, 3),
        Request("/score", {"features": "none"}, 400, 1),
    ),
    served=(
        "the entry service fraud of the Bento fraud:v42, /score 67 times, 6 failed and 1 was malformed; /churn, which"
        " passes them on to the service churn, which is slow, 30 times, 3 failed"
    ),
    # The entry service and the one behind it both count what is passed on.
    counted=(r'bentoml_service_request_total\{endpoint="/(score|churn)",.*', 67 + 30 + 30),
    replaced={"pid": ""},
)

KSERVE = System(
    name="kserve",
    title="the KServe SDK's model server",
    requirements=("kserve==0.21.0",),
    server="kserve_models",
    ports=("http", "grpc"),
    ready=("/v2/health/ready", ""),
    requests=(
        Request("/v1/models/fraud:predict", {"instances": [GOOD]}, 200, 60),
        Request("/v1/models/churn:predict", {"instances": [GOOD]}, 200, 27),
        Request("/v1/models/churn:predict", {"instances": [BAD]}, 500, 3),
    ),
    served="fraud 60 times; churn, which is slow, 30 times, 3 failed",
    counted=(r"request_predict_seconds_count\{.*", 90),
    left_out=LEFT_OUT,
)

RAY_SERVE = System(
    name="ray-serve",
    title="Ray Serve",
    requirements=("ray[serve]==2.60.0",),
    server="ray_serve_applications",
    ports=("http", "metrics"),
    environment={"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0"},
    metrics=("metrics", "/metrics"),
    ready=("/-/routes", '"/churn"'),
    requests=(
        Request("/fraud", {"features": GOOD}, 200, 60),
        Request("/churn", {"features": GOOD}, 200, 27),
        Request("/churn", {"features": BAD}, 500, 3),
    ),
    served=(
        "the application fraud 60 times; the application churn, which is slow, 30 times, 3 failed;"
        " each is the deployment Scorer with two replicas"
    ),
    counted=(r"ray_serve_deployment_processing_latency_ms_count\{.*", 90),
    awaited=r'ray_serve_replica_utilization_percent\{.*"churn".*',
    left_out=(
        f"{LEFT_OUT}|ray_(?!serve_).*|"
        "ray_serve_(controller|event_loop|health_check|long_poll|num_scheduling_tasks|replica_initialization|"
        "replica_startup|request_router|reserved_slots|router_args).*"
    ),
    replaced={
        "NodeAddress": "10.0.0.", "node_ip_address": "10.0.0.", "node_id": "node-", "SessionName": "session-",
        "WorkerId": "worker-", "actor_id": "actor-", "handle": "handle-", "replica": "replica-",
        "service_instance_id": "instance-",
    },
)  # fmt: skip

SERVICE = {"OTEL_SERVICE_NAME": "scoring", "OTEL_RESOURCE_ATTRIBUTES": "service.version=v42"}

OTEL_HTTP = System(
    name="otel-http",
    title="an HTTP server that OpenTelemetry measures",
    requirements=(
        "opentelemetry-sdk==1.45.1",
        "opentelemetry-exporter-prometheus==0.66b1",
        "opentelemetry-instrumentation-starlette==0.66b1",
        "starlette==1.10.0",
        "uvicorn==0.54.0",
    ),
    server="otel_http_application",
    ports=("http", "metrics"),
    environment={"OTEL_SEMCONV_STABILITY_OPT_IN": "http", **SERVICE},
    metrics=("metrics", "/metrics"),
    ready=("/readyz", ""),
    requests=(
        Request("/fraud/predict", {"features": GOOD}, 200, 60),
        Request("/churn/predict", {"features": GOOD}, 200, 27),
        Request("/churn/predict", {"features": BAD}, 500, 3),
        Request("/churn/predict", {"draining": True}, 503, 2),
        Request("/nowhere", {}, 404, 1),
    ),
    served=(
        "/fraud/predict 60 times; /churn/predict, which is slow, 32 times, 3 answered 500 for an exception that nobody"
        " caught and 2 answered 503 on purpose; a path that is not there once; /readyz now and then"
    ),
    counted=(r'http_server_request_duration_seconds_count\{.*http_route="(/fraud/predict|/churn/predict|)".*', 93),
    left_out=f"{LEFT_OUT}|http_server_(request|response)_body_size_.*",
    replaced={"service_instance_id": "instance-"},
)

GENAI = (
    "opentelemetry-instrumentation-openai-v2==2.4b0",
    "opentelemetry-sdk==1.45.2",
    "opentelemetry-exporter-prometheus==0.66b2",
    "opentelemetry-util-genai==0.4b0",  # 1.0 no longer has a module that the instrumentation imports
    "openai==2.54.0",  # 3.0 no longer brings httpx, which the instrumentation imports
    "starlette==1.10.0",
    "uvicorn==0.54.0",
)
CHATS = (
    Request("/ask", asking("gpt-fake-fast"), 200, 60),
    Request("/ask", asking("gpt-fake-slow"), 200, 27),
    Request("/ask", asking("gpt-fake-slow", "refuse"), 502, 3),
)
CHATTED = (
    "gpt-fake-fast 60 times with 3 tokens, answered with 6; gpt-fake-slow likewise 30 times, 3 refused as above a rate"
    " limit"
)

OTEL_GENAI = System(
    name="otel-genai",
    title="a client of language models that OpenTelemetry measures",
    requirements=GENAI,
    server="otel_genai_agent",
    ports=("http", "metrics", "model"),
    environment=SERVICE,
    metrics=("metrics", "/metrics"),
    ready=("/readyz", ""),
    requests=(*CHATS, Request("/ask", {**asking("embedding-fake"), "operation": "embeddings"}, 200, 10)),
    served=f"a fake of the OpenAI API, {CHATTED}; an embedding of 3 tokens 10 times",
    counted=(r"gen_ai_client_operation_duration_seconds_count\{.*", 100),
    left_out=LEFT_OUT,
    replaced={"server_port": "800", "service_instance_id": "instance-"},
)

# Without embeddings: their labels are still of the older conventions, and the exporter (0.66b2) mixes up the labels of
# one series from two scopes.
OTEL_GENAI_LATEST = replace(
    OTEL_GENAI,
    name="otel-genai-latest",
    title="a client of language models that OpenTelemetry measures by the conventions in development",
    environment={"OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental", **SERVICE},
    requests=CHATS,
    served=f"a fake of the OpenAI API, {CHATTED}",
    counted=(r"gen_ai_client_operation_duration_seconds_count\{.*", 90),
)

SYSTEMS = (MLSERVER, MLSERVER_GRPC, BENTOML, KSERVE, RAY_SERVE, OTEL_HTTP, OTEL_GENAI, OTEL_GENAI_LATEST)
