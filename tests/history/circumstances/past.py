"""A model whose new version is slow, with what kube-state-metrics tells of the workload behind it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.services import OpenMetricsHistory

DAY = 26 * 3600.0
SINCE = 900.0
"""Seconds before the end when the new version came and a replica was lost."""
AHEAD = 5400.0
"""Seconds of samples that lie in the future where a test looks at now, which its module read when the run began."""

OLD_PODS = ("fraud-6f7d9c-bcdfg", "fraud-6f7d9c-hjklm")
NEW_POD = "fraud-7d8e9f-npqrs"
NODES = {OLD_PODS[0]: "node-a", OLD_PODS[1]: "node-b", NEW_POD: "node-a"}


def add_pod(
    history: OpenMetricsHistory,
    labels: Mapping[str, str],
    *,
    start: float,
    end: float,
    seconds: float,
    failed: float = 0.0,
) -> None:
    """Add a replica that answers 5 requests a second, each in `seconds`, of which a share fails."""
    span = {"start": start, "end": end, "step": 30.0}
    history.add_counter("http_requests_total", {**labels, "code": "200"}, 5.0 * (1 - failed), **span)
    history.add_counter("http_requests_total", {**labels, "code": "500"}, 5.0 * failed, **span)
    for bound in ("0.1", "0.25", "1", "2.5", "+Inf"):
        rate = 5.0 if seconds <= float(bound) else 0.0
        history.add_counter("http_request_duration_seconds_bucket", {**labels, "le": bound}, rate, **span)
    history.add_counter("http_request_duration_seconds_count", labels, 5.0, **span)
    history.add_counter("http_request_duration_seconds_sum", labels, 5.0 * seconds, **span)


def pod_labels(pod: str, version: str, *, model: str = "fraud", namespace: str = "ml") -> dict[str, str]:
    """Return the labels of the series of a replica."""
    target = {"job": "models", "instance": f"{pod}:80", "pod": pod, "namespace": namespace}
    return {**target, "model": model, "version": version}


def a_bad_release(end: float) -> OpenMetricsHistory:
    """Return a day of fraud: v1 on two pods, and since a quarter of an hour a slow v2 beside it."""
    history = OpenMetricsHistory()
    for pod in OLD_PODS:
        add_pod(history, pod_labels(pod, "v1"), start=end - DAY, end=end, seconds=0.2)
    add_pod(history, pod_labels(NEW_POD, "v2"), start=end - SINCE, end=end, seconds=2.0, failed=0.1)
    return history


def add_cluster(
    history: OpenMetricsHistory,
    end: float,
    *,
    renamed: Mapping[str, str] = MappingProxyType({}),
    extra: Mapping[str, str] = MappingProxyType({}),
    namespace: str = "ml",
) -> None:
    """Add what kube-state-metrics tells of it, rolled out by a Deployment whose autoscaler is at its maximum.

    `renamed` are labels that the server calls otherwise, `extra` labels that it adds.
    """
    target = {"job": "kube-state-metrics", "instance": "10.0.0.9:8080", **extra}

    def add(name: str, labels: Mapping[str, str], value: Callable[[float], float], start: float = end - DAY) -> None:
        named = {renamed.get(label, label): text for label, text in {"namespace": namespace, **labels}.items()}
        history.add_function(name, {**target, **named}, value, start=start, end=end, step=30.0)

    def since(at: float, before: float, after: float) -> float:
        return after if at >= end - SINCE else before

    for pod, node in NODES.items():
        start = end - SINCE if pod == NEW_POD else end - DAY
        owner = {"pod": pod, "owner_kind": "ReplicaSet", "owner_name": pod.rpartition("-")[0]}
        add("kube_pod_owner", owner, one, start)
        add("kube_pod_info", {"pod": pod, "node": node}, one, start)
        counted = {"pod": pod, "container": "server"}
        restarts = (lambda at: 1.0 + since(at, 0, 2)) if pod == OLD_PODS[0] else (lambda at: 0.0)
        add("kube_pod_container_status_restarts_total", counted, restarts, start)
    for pod in (OLD_PODS[0], NEW_POD):
        start = end - SINCE if pod == NEW_POD else end - DAY
        name = {"replicaset": pod.rpartition("-")[0]}
        add("kube_replicaset_owner", {**name, "owner_kind": "Deployment", "owner_name": "fraud"}, one, start)
        add("kube_replicaset_spec_replicas", name, one if pod == NEW_POD else lambda at: 2.0, start)
    fraud = {"deployment": "fraud"}
    add("kube_deployment_status_replicas_ready", fraud, lambda at: since(at, 2, 3))
    add("kube_deployment_spec_replicas", fraud, lambda at: 3.0)
    scaler = {"horizontalpodautoscaler": "fraud-scaler"}
    target_of_scaler = {"scaletargetref_kind": "Deployment", "scaletargetref_name": "fraud"}
    add("kube_horizontalpodautoscaler_info", {**scaler, **target_of_scaler}, one)
    add("kube_horizontalpodautoscaler_spec_max_replicas", scaler, lambda at: 4.0)
    add("kube_horizontalpodautoscaler_status_desired_replicas", scaler, lambda at: since(at, 3, 4))


def one(at: float) -> float:
    """Return 1, as series that only carry labels do."""
    return 1.0
