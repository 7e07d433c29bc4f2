"""By which serving system a model is served, and what its replicas export."""

import math
from enum import StrEnum

from console.simulation.fleet.dialects import columns_of, families_of
from console.simulation.fleet.ledger import COUNTERS, Columns, Counter, Exported, Family, histogram
from console.simulation.fleet.profile import Dialect, Profile

Labels = tuple[tuple[str, str], ...]


class Serving(StrEnum):
    """A serving system: those that the simulated world knows, too, and more."""

    GENERIC = "generic"
    TRITON = "triton"
    VLLM = "vllm"
    KSERVE = "kserve"
    TORCHSERVE = "torchserve"
    TENSORFLOW = "tf-serving"
    OTEL_HTTP = "otel-http"
    OTEL_GENAI = "otel-genai"

    @property
    def dialect(self) -> Dialect:
        """Return how the simulated world counts for it."""
        return {Serving.TRITON: Dialect.TRITON, Serving.VLLM: Dialect.VLLM}.get(self, Dialect.GENERIC)

    @property
    def is_of_language_models(self) -> bool:
        """Return whether it serves language models."""
        return self in (Serving.VLLM, Serving.OTEL_GENAI)

    @property
    def tells_quantiles(self) -> bool:
        """Return whether it exports a histogram of latencies."""
        return self not in (Serving.TRITON, Serving.TORCHSERVE)

    @property
    def tells_versions(self) -> bool:
        """Return whether its series bear the version."""
        return self in (Serving.GENERIC, Serving.TRITON, Serving.TORCHSERVE, Serving.OTEL_HTTP)

    @property
    def tells_failures(self) -> bool:
        """Return whether it counts failures of the model."""
        return self is not Serving.KSERVE


def exported_by(serving: Serving, profile: Profile, version: str) -> tuple[Family, ...]:
    """Return what a replica of a model exports while it serves a version."""
    columns = columns_of(profile)
    match serving:
        case Serving.KSERVE:
            return _kserve(profile, columns)
        case Serving.TORCHSERVE:
            return _torchserve(profile, version)
        case Serving.TENSORFLOW:
            return _tensorflow(profile, columns)
        case Serving.OTEL_HTTP:
            return _otel_http(profile, version, columns)
        case Serving.OTEL_GENAI:
            return _otel_genai(profile, columns)
        case _:
            return families_of(profile, version)


def _kserve(profile: Profile, columns: Columns) -> tuple[Family, ...]:
    """Follow KServe's python SDK, which names no version and counts no failures."""
    labels = (("model_name", profile.name),)
    name = "request_predict_seconds"
    return (
        histogram(name, "Time of predict.", labels, columns.bounds.latency, columns.latency, Counter.LATENCY_SECONDS),
    )


def _torchserve(profile: Profile, version: str) -> tuple[Family, ...]:
    """Follow TorchServe in its Prometheus mode: a sum of latencies, and failures by host."""
    labels = (("model_name", profile.name), ("model_version", version), ("hostname", "server"))
    host = (("Level", "Host"), ("Hostname", "server"))
    return (
        _counter("ts_inference_requests_total", labels, Counter.SUCCEEDED),
        _counter("ts_inference_latency_microseconds", labels, Counter.LATENCY_SECONDS, 1e6),
        _counter("Requests5XX", host, Counter.FAILED),
    )


def _tensorflow(profile: Profile, columns: Columns) -> tuple[Family, ...]:
    """Follow TensorFlow Serving: counts by status, a histogram in microseconds, no version."""
    labels = (("model_name", profile.name),)
    name = ":tensorflow:serving:request_latency"
    statuses = {
        "OK": Counter.SUCCEEDED,
        "INTERNAL": Counter.FAILED,
        "UNAVAILABLE": Counter.REJECTED,
        "DEADLINE_EXCEEDED": Counter.TIMED_OUT,
    }
    edges = [repr(bound * 1e6) for bound in columns.bounds.latency] + ["+Inf"]
    buckets = [
        Exported(f"{name}_bucket", (*labels, ("API", "Predict"), ("le", edge)), column)
        for edge, column in zip(edges, columns.latency, strict=True)
    ]
    predicted = (*labels, ("API", "Predict"))
    total = Exported(f"{name}_sum", predicted, COUNTERS.index(Counter.LATENCY_SECONDS), 1e6)
    count = Exported(f"{name}_count", predicted, columns.latency[-1])
    return (
        _by_label(":tensorflow:serving:request_count", labels, "status", statuses),
        Family(name, "histogram", "Time of requests.", (*buckets, total, count)),
    )


def _otel_http(profile: Profile, version: str, columns: Columns) -> tuple[Family, ...]:
    """Follow OpenTelemetry's HTTP servers with a `model` label; buckets of failures stand among those of successes."""
    labels = (("model", profile.name), ("model_version", version), ("http_request_method", "POST"))
    name = "http_server_request_duration_seconds"
    codes = {"200": Counter.SUCCEEDED, "500": Counter.FAILED, "503": Counter.REJECTED, "504": Counter.TIMED_OUT}
    succeeded = (*labels, ("http_response_status_code", "200"))
    return (
        _buckets(name, succeeded, columns.bounds.latency, columns.latency),
        Family(f"{name}_sum", "counter", "", (_exported(f"{name}_sum", succeeded, Counter.LATENCY_SECONDS),)),
        _by_label(f"{name}_count", labels, "http_response_status_code", codes),
    )


def _otel_genai(profile: Profile, columns: Columns) -> tuple[Family, ...]:
    """Follow OpenTelemetry's clients of language models: operations, what failed of them, and tokens."""
    if profile.tokens is None:
        raise ValueError(f"{profile.name}: a language model needs tokens")
    labels = (("gen_ai_request_model", profile.name), ("gen_ai_provider_name", "openai"))
    name = "gen_ai_client_operation_duration_seconds"
    failed = (*labels, ("error_type", "server_error"))
    tokens = "gen_ai_client_token_usage_sum"
    kinds = {"input": profile.tokens.prompt, "output": profile.tokens.generated}
    return (
        _buckets(name, labels, columns.bounds.latency, columns.latency),
        Family(f"{name}_sum", "counter", "", (_exported(f"{name}_sum", labels, Counter.LATENCY_SECONDS),)),
        Family(
            f"{name}_count",
            "counter",
            "",
            (_exported(f"{name}_count", labels, Counter.SUCCEEDED), _exported(f"{name}_count", failed, Counter.FAILED)),
        ),
        Family(
            tokens,
            "counter",
            "Tokens used.",
            tuple(
                _exported(tokens, (*labels, ("gen_ai_token_type", kind)), Counter.SUCCEEDED, each)
                for kind, each in kinds.items()
            ),
        ),
    )


def _buckets(name: str, labels: Labels, bounds: tuple[float, ...], columns: range) -> Family:
    edges = (*bounds, math.inf)
    return Family(
        f"{name}_bucket",
        "counter",
        "",
        tuple(
            Exported(f"{name}_bucket", (*labels, ("le", "+Inf" if math.isinf(edge) else repr(float(edge)))), column)
            for edge, column in zip(edges, columns, strict=True)
        ),
    )


def _exported(name: str, labels: Labels, counter: Counter, scale: float = 1.0) -> Exported:
    return Exported(name, labels, COUNTERS.index(counter), scale, whole=counter is not Counter.LATENCY_SECONDS)


def _counter(name: str, labels: Labels, counter: Counter, scale: float = 1.0) -> Family:
    return Family(name, "counter", "", (_exported(name, labels, counter, scale),))


def _by_label(name: str, labels: Labels, label: str, values: dict[str, Counter]) -> Family:
    return Family(
        name, "counter", "", tuple(_exported(name, (*labels, (label, value)), each) for value, each in values.items())
    )
