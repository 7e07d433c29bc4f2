"""A model whose new version is slow, with what kube-state-metrics tells of the workload behind it."""

from collections.abc import Mapping

from tests.services import OpenMetricsHistory

DAY = 26 * 3600.0
SINCE = 900.0
"""Seconds before the end when the new version came and a replica was lost."""

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
    history: OpenMetricsHistory, end: float, *, renamed: Mapping[str, str] = {}, extra: Mapping[str, str] = {}
) -> None:
    """Add what kube-state-metrics tells of it; `renamed` are labels that the server calls otherwise."""

    def add(name: str, labels: Mapping[str, str], value: float = 1.0, start: float = end - DAY) -> None:
        target = {"job": "kube-state-metrics", "instance": "10.0.0.9:8080"}
        named = {renamed.get(label, label): text for label, text in labels.items()}
        history.add_function(name, {**target, **named, **extra}, lambda _: value, start=start, end=end, step=30.0)

    for pod, node in NODES.items():
        start = end - SINCE if pod == NEW_POD else end - DAY
        replica_set = pod.rpartition("-")[0]
        where = {"namespace": "ml", "pod": pod}
        add("kube_pod_owner", {**where, "owner_kind": "ReplicaSet", "owner_name": replica_set}, start=start)
        add("kube_pod_info", {**where, "node": node}, start=start)
    for pod in (OLD_PODS[0], NEW_POD):
        start = end - SINCE if pod == NEW_POD else end - DAY
        above = {"namespace": "ml", "replicaset": pod.rpartition("-")[0]}
        add("kube_replicaset_owner", {**above, "owner_kind": "Deployment", "owner_name": "fraud"}, start=start)
    where = {"namespace": "ml", "deployment": "fraud"}
    target = {"job": "kube-state-metrics", "instance": "10.0.0.9:8080"}
    named = {**target, **{renamed.get(label, label): text for label, text in where.items()}, **extra}
    ready = lambda at: 3.0 if at >= end - SINCE else 2.0  # noqa: E731
    history.add_function("kube_deployment_status_replicas_ready", named, ready, start=end - DAY, end=end, step=30.0)
    history.add_function("kube_deployment_spec_replicas", named, lambda _: 3.0, start=end - DAY, end=end, step=30.0)
