"""The systems that are recorded, with their pins: the newest releases on 2026-11-25 that work on Python 3.11."""

from collections.abc import Sequence

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

SYSTEMS = (MLSERVER, BENTOML, KSERVE, RAY_SERVE)
