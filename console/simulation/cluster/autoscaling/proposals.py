"""How many replicas the metrics of an autoscaler ask for.

desired = ceil(current x metric / target), nothing within a tenth of the target.
https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details

Pods that start count as idle when there are too few of them, those that nobody measured as busy when there are too
many; how long a pod has been ready is not looked at. External and object metrics are measured by nobody.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from console.simulation.cluster.quantities import parse_quantity
from console.simulation.cluster.replica_sets import is_ready, is_terminating
from console.simulation.cluster.resources import Object

TOLERANCE = 0.1

PodUsage = Callable[[str, str], Mapping[str, float] | None]
"""Returns what is measured of a pod, by namespace and name: `cpu` in cores, others by their names; None: nothing."""

_NO_SERVER = "the server could not find the requested resource"


class MetricMissing(Exception):
    """A metric has no value; the text is the controller's, `reason` the word of its condition."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Proposal(msgspec.Struct, frozen=True):
    """What a metric asks for: replicas, the metric's name in words, and its entry of `status.currentMetrics`."""

    replicas: int
    name: str
    status: Object


class _Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of each pod in thousandths, and what one pod is to have of it."""

    values: dict[str, int]
    target: int
    requests: dict[str, int] | None = None
    """What each pod asks for; the target is a percentage of it."""

    def level(self, values: Mapping[str, int]) -> int:
        """Return the mean of a pod, or the percentage of what pods ask for."""
        if self.requests is None:
            return sum(values.values()) // len(values)
        return sum(values.values()) * 100 // max(1, sum(self.requests[pod] for pod in values))

    def full(self, pod: str) -> int:
        """Return what a pod has that is as busy as is feared of one that nobody measured."""
        return self.target if self.requests is None else self.requests[pod] * max(100, self.target) // 100


def proposal(metric: Object, current: int, pods: Sequence[Object], usage: PodUsage | None) -> Proposal:
    """Return what one metric of an autoscaler's spec asks for, given the pods and their number that is wanted now.

    Raises:
        MetricMissing: nobody measured it.
    """
    kind = metric["type"]
    if kind == "Resource":
        return _of_resource(metric["resource"], current, pods, usage)
    if kind == "Pods":
        return _of_pods(metric["pods"], current, pods, usage)
    why = f"unable to fetch metrics from {kind.lower()} metrics API: {_NO_SERVER}"
    name = metric[kind[:1].lower() + kind[1:]].get("metric", {}).get("name", "")
    raise MetricMissing(f"FailedGet{kind}Metric", f"unable to get {kind.lower()} metric {name}: {why}")


def _of_resource(source: Object, current: int, pods: Sequence[Object], usage: PodUsage | None) -> Proposal:
    name, target, reason = source["name"], source["target"], "FailedGetResourceMetric"
    failed = f"failed to get {name} utilization: unable to get metrics for resource {name}"
    if usage is None:
        api = "unable to fetch metrics from resource metrics API"
        raise MetricMissing(reason, f"{failed}: {api}: {_NO_SERVER} (get pods.metrics.k8s.io)")
    values = _measured(name, pods, usage)
    if not values:
        raise MetricMissing(reason, f"{failed}: no metrics returned from resource metrics API")
    by_utilisation = target["type"] == "Utilization"
    if by_utilisation:
        aim, requests = int(target["averageUtilization"]), {_name(pod): _requested(pod, name) for pod in pods}
        told = f"{name} resource utilization (percentage of request)"
    else:
        aim, requests, told = _thousandths(target["averageValue"]), None, f"{name} resource"
    waiting = {_name(pod) for pod in pods if not is_ready(pod)}
    asked = _Metric(values=values, target=aim, requests=requests)
    replicas, seen = _replicas(asked, current, {_name(pod) for pod in pods}, waiting, reason)
    shown: Object = {"averageValue": _quantity(sum(seen.values()) // len(seen))}
    if by_utilisation:
        shown["averageUtilization"] = asked.level(seen)
    return Proposal(replicas, told, {"type": "Resource", "resource": {"name": name, "current": shown}})


def _of_pods(source: Object, current: int, pods: Sequence[Object], usage: PodUsage | None) -> Proposal:
    name, reason = source["metric"]["name"], "FailedGetPodsMetric"
    failed = f"failed to get pods metric value: unable to get metric {name}"
    if usage is None:
        raise MetricMissing(reason, f"{failed}: unable to fetch metrics from custom metrics API: {_NO_SERVER}")
    values = _measured(name, pods, usage)
    if not values:
        raise MetricMissing(reason, f"{failed}: no metrics returned from custom metrics API")
    waiting = {_name(pod) for pod in pods if pod["status"]["phase"] == "Pending"}
    asked = _Metric(values=values, target=_thousandths(source["target"]["averageValue"]))
    replicas, seen = _replicas(asked, current, {_name(pod) for pod in pods}, waiting, reason)
    current_value = {"averageValue": _quantity(asked.level(seen))}
    status = {"type": "Pods", "pods": {"metric": {"name": name}, "current": current_value}}
    return Proposal(replicas, f"pods metric {name}", status)


def _replicas(
    metric: _Metric, current: int, pods: set[str], waiting: set[str], reason: str
) -> tuple[int, dict[str, int]]:
    """Return the replicas that a metric asks for, and the values of the pods that serve."""
    seen = {pod: value for pod, value in metric.values.items() if pod not in waiting}
    missing = pods - waiting - metric.values.keys()
    if not seen:
        raise MetricMissing(reason, "did not receive metrics for targeted pods (pods might be unready)")
    ratio = metric.level(seen) / metric.target
    counted = dict(seen)
    if ratio < 1.0:
        counted |= {pod: metric.full(pod) for pod in missing}
    elif ratio > 1.0:
        counted |= dict.fromkeys(missing | waiting, 0)
    again = metric.level(counted) / metric.target
    if abs(1.0 - again) <= TOLERANCE or (ratio - 1.0) * (again - 1.0) < 0:
        return current, seen
    wanted = math.ceil(again * len(counted))
    turned = (again < 1.0 and wanted > current) or (again > 1.0 and wanted < current)
    return current if turned and counted.keys() != seen.keys() else wanted, seen


def living(pods: Sequence[Object]) -> list[Object]:
    """Return the pods that count: neither terminating nor failed."""
    return [pod for pod in pods if not is_terminating(pod) and pod["status"]["phase"] != "Failed"]


def _measured(name: str, pods: Sequence[Object], usage: PodUsage) -> dict[str, int]:
    found: dict[str, int] = {}
    for pod in pods:
        value = (usage(pod["metadata"]["namespace"], _name(pod)) or {}).get(name)
        if value is not None:
            found[_name(pod)] = round(value * 1000)
    return found


def _requested(pod: Object, resource: str) -> int:
    total = 0
    for container in pod["spec"]["containers"]:
        asked = (container.get("resources") or {}).get("requests", {}).get(resource)
        if asked is None:
            why = f"missing request for {resource} in container {container['name']} of Pod {_name(pod)}"
            raise MetricMissing("FailedGetResourceMetric", f"failed to get {resource} utilization: {why}")
        total += _thousandths(asked)
    return total


def _thousandths(quantity: str | int) -> int:
    return math.ceil(parse_quantity(quantity) * 1000)


def _quantity(thousandths: int) -> str:
    return str(thousandths // 1000) if thousandths % 1000 == 0 else f"{thousandths}m"


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])
