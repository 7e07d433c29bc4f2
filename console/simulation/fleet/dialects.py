"""Which metrics a model exports: the generic HTTP ones, those of vLLM, or those of Triton."""

from console.simulation.fleet.flow import Bounds
from console.simulation.fleet.ledger import COUNTERS, Columns, Counter, Exported, Family, Gauge, histogram
from console.simulation.fleet.profile import Dialect, Profile

_HTTP_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LLM_BOUNDS = (0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0)
_FIRST_TOKEN_BOUNDS = (0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0)

_COLUMNS = {
    Dialect.GENERIC: Columns(Bounds(_HTTP_BOUNDS)),
    Dialect.TRITON: Columns(Bounds()),
    Dialect.VLLM: Columns(Bounds(_LLM_BOUNDS, _FIRST_TOKEN_BOUNDS)),
}

Labels = tuple[tuple[str, str], ...]


def columns_of(profile: Profile) -> Columns:
    """Return the order in which the replicas of a model keep their numbers."""
    usual = _COLUMNS[profile.dialect]
    return usual if profile.bounds is None else Columns(Bounds(profile.bounds, usual.bounds.first_token))


def families_of(profile: Profile, version: str) -> tuple[Family, ...]:
    """Return what a replica of a model exports while it serves a version."""
    match profile.dialect:
        case Dialect.GENERIC:
            return _generic(profile, version)
        case Dialect.VLLM:
            return _vllm(profile)
        case Dialect.TRITON:
            return _triton(profile, version)


def _generic(profile: Profile, version: str) -> tuple[Family, ...]:
    labels = (("model", profile.name), ("version", version))
    columns = columns_of(profile)
    return (
        Family("http_requests_total", "counter", "Requests answered.", _by_code(labels, "code", _EXACT_CODES)),
        histogram(
            "http_request_duration_seconds",
            "Time from request to answer.",
            labels,
            columns.bounds.latency,
            columns.latency,
            Counter.LATENCY_SECONDS,
        ),
        _gauge("model_saturation_ratio", "Share of workers that are busy.", labels, Gauge.UTILISATION, whole=False),
        _gauge("model_queue_depth", "Requests that wait for a worker.", labels, Gauge.WAITING),
    )


_EXACT_CODES = {
    "200": Counter.SUCCEEDED,
    "500": Counter.FAILED,
    "503": Counter.REJECTED,
    "504": Counter.TIMED_OUT,
}


def _vllm(profile: Profile) -> tuple[Family, ...]:
    """Follow vLLM's own logger: a request that fails is counted by the HTTP server only."""
    if profile.tokens is None:
        raise ValueError(f"{profile.name}: a vLLM model needs tokens")
    labels = (("model_name", profile.name), ("engine", "0"))
    http = (("handler", "/v1/chat/completions"), ("method", "POST"))
    columns = columns_of(profile)
    success = "vllm:request_success_total"
    return (
        Family(
            success,
            "counter",
            "Requests finished.",
            (
                _counted(success, (*labels, ("finished_reason", "stop")), Counter.SUCCEEDED, 0.93),
                _counted(success, (*labels, ("finished_reason", "length")), Counter.SUCCEEDED, 0.07),
                _counted(success, (*labels, ("finished_reason", "abort")), Counter.SUCCEEDED, 0.0),
            ),
        ),
        histogram(
            "vllm:e2e_request_latency_seconds",
            "Time from request to last token.",
            labels,
            columns.bounds.latency,
            columns.latency,
            Counter.LATENCY_SECONDS,
        ),
        histogram(
            "vllm:time_to_first_token_seconds",
            "Time from request to first token.",
            labels,
            columns.bounds.first_token,
            columns.first_token,
            Counter.FIRST_TOKEN_SECONDS,
        ),
        _gauge("vllm:num_requests_running", "Requests in the running batch.", labels, Gauge.RUNNING),
        _gauge("vllm:num_requests_waiting", "Requests that wait for the batch.", labels, Gauge.WAITING),
        _gauge("vllm:kv_cache_usage_perc", "KV cache in use, 1 is full.", labels, Gauge.UTILISATION, 0.97, whole=False),
        _tokens("vllm:prompt_tokens_total", "Prompt tokens read.", labels, profile.tokens.prompt),
        _tokens("vllm:generation_tokens_total", "Tokens generated.", labels, profile.tokens.generated),
        Family("http_requests_total", "counter", "Requests answered.", _by_code(http, "status", _GROUPED_CODES)),
    )


_GROUPED_CODES = {"2xx": Counter.SUCCEEDED, "5xx": Counter.FAILED}


def _triton(profile: Profile, version: str) -> tuple[Family, ...]:
    """Follow Triton's metrics without the optional summaries and histograms: a mean latency is all one gets."""
    labels = (("model", profile.name), ("version", version))
    failure = "nv_inference_request_failure"
    reasons = {"REJECTED": Counter.REJECTED, "CANCELED": Counter.TIMED_OUT, "BACKEND": Counter.FAILED}
    gpu = (("gpu_uuid", "GPU-7d0c2a5e-1f43-4f0b-9a4e-5c8e6b1d2f90"),)
    return (
        _triton_counter("nv_inference_request_success", "Successful requests.", labels, Counter.SUCCEEDED),
        Family(
            failure,
            "counter",
            "Failed requests.",
            tuple(_counted(failure, (*labels, ("reason", reason)), counter) for reason, counter in reasons.items()),
        ),
        _triton_counter("nv_inference_count", "Inferences.", labels, Counter.SUCCEEDED),
        _triton_counter("nv_inference_exec_count", "Model executions.", labels, Counter.SUCCEEDED, 0.5),
        _triton_counter(
            "nv_inference_request_duration_us", "Cumulative request time.", labels, Counter.LATENCY_SECONDS, 1e6
        ),
        _triton_counter(
            "nv_inference_queue_duration_us", "Cumulative queue time.", labels, Counter.QUEUED_SECONDS, 1e6
        ),
        _gauge("nv_inference_pending_request_count", "Requests that wait.", labels, Gauge.WAITING),
        _gauge("nv_gpu_utilization", "GPU busy, 1 is always.", gpu, Gauge.UTILISATION, 0.9, whole=False),
    )


def _counted(name: str, labels: Labels, counter: Counter, scale: float = 1.0) -> Exported:
    return Exported(name, labels, COUNTERS.index(counter), scale)


def _by_code(labels: Labels, label: str, codes: dict[str, Counter]) -> tuple[Exported, ...]:
    return tuple(_counted("http_requests_total", (*labels, (label, code)), counter) for code, counter in codes.items())


def _gauge(name: str, text: str, labels: Labels, gauge: Gauge, scale: float = 1.0, *, whole: bool = True) -> Family:
    return Family(name, "gauge", text, (Exported(name, labels, gauge, scale, whole),))


def _tokens(name: str, text: str, labels: Labels, each: float) -> Family:
    return Family(name, "counter", text, (_counted(name, labels, Counter.SUCCEEDED, each),))


def _triton_counter(name: str, text: str, labels: Labels, counter: Counter, scale: float = 1.0) -> Family:
    return Family(name, "counter", text, (_counted(name, labels, counter, scale),))
