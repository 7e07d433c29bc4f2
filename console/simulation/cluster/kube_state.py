"""What kube-state-metrics would export of the simulated cluster.

https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
"""

from collections.abc import Iterable, Iterator

import msgspec

from console.simulation.cluster.replica_sets import is_ready
from console.simulation.cluster.resources import AUTOSCALERS, DEPLOYMENTS, PODS, REPLICA_SETS, Object
from console.simulation.cluster.store import Store

_PHASES = ("Pending", "Succeeded", "Failed", "Unknown", "Running")
_STATUSES = ("True", "False", "Unknown")


class StateSample(msgspec.Struct, frozen=True):
    """A gauge or counter of the cluster's state now."""

    name: str
    labels: tuple[tuple[str, str], ...]
    value: float


def kube_state(store: Store) -> list[StateSample]:
    """Return the state of workloads, series of one name together as the text format wants them."""
    samples = [
        *_of_deployments(store.list(DEPLOYMENTS)),
        *_of_replica_sets(store.list(REPLICA_SETS)),
        *_of_pods(store.list(PODS)),
        *_of_autoscalers(store.list(AUTOSCALERS)),
    ]
    return sorted(samples, key=lambda sample: sample.name)


def _of_deployments(deployments: Iterable[Object]) -> Iterator[StateSample]:
    for deployment in deployments:
        labels = _labels(deployment, "deployment")
        status = deployment["status"]
        yield StateSample("kube_deployment_spec_replicas", labels, deployment["spec"]["replicas"])
        yield StateSample("kube_deployment_status_replicas", labels, status.get("replicas", 0))
        yield StateSample("kube_deployment_status_replicas_ready", labels, status.get("readyReplicas", 0))
        generation = status.get("observedGeneration", 0)
        yield StateSample("kube_deployment_status_observed_generation", labels, generation)


def _of_replica_sets(replica_sets: Iterable[Object]) -> Iterator[StateSample]:
    for replica_set in replica_sets:
        labels = _labels(replica_set, "replicaset")
        yield StateSample("kube_replicaset_owner", (*labels, *_owner(replica_set)), 1)
        yield StateSample("kube_replicaset_spec_replicas", labels, replica_set["spec"]["replicas"])


def _of_pods(pods: Iterable[Object]) -> Iterator[StateSample]:
    for pod in pods:
        labels = _labels(pod, "pod")
        yield StateSample("kube_pod_info", (*labels, ("node", pod["spec"].get("nodeName", ""))), 1)
        yield StateSample("kube_pod_owner", (*labels, *_owner(pod)), 1)
        yield StateSample("kube_pod_status_ready", (*labels, ("condition", "true")), is_ready(pod))
        phase = pod["status"]["phase"]
        for each in _PHASES:
            yield StateSample("kube_pod_status_phase", (*labels, ("phase", each)), each == phase)
        scheduled = next(each for each in pod["status"]["conditions"] if each["type"] == "PodScheduled")
        for each in _STATUSES:
            told = (*labels, ("condition", each.lower()))
            yield StateSample("kube_pod_status_scheduled", told, each == scheduled["status"])
        for container in pod["status"].get("containerStatuses", []):
            named = (*labels, ("container", container["name"]))
            yield StateSample("kube_pod_container_status_restarts_total", named, container["restartCount"])


def _of_autoscalers(autoscalers: Iterable[Object]) -> Iterator[StateSample]:
    for autoscaler in autoscalers:
        labels = _labels(autoscaler, "horizontalpodautoscaler")
        spec, target = autoscaler["spec"], autoscaler["spec"]["scaleTargetRef"]
        scaled = (("scaletargetref_kind", target["kind"]), ("scaletargetref_name", target["name"]))
        yield StateSample("kube_horizontalpodautoscaler_info", (*labels, *scaled), 1)
        yield StateSample("kube_horizontalpodautoscaler_spec_max_replicas", labels, spec["maxReplicas"])
        wanted = autoscaler.get("status", {}).get("desiredReplicas", 0)
        yield StateSample("kube_horizontalpodautoscaler_status_desired_replicas", labels, wanted)


def _labels(found: Object, kind: str) -> tuple[tuple[str, str], ...]:
    return ("namespace", found["metadata"]["namespace"]), (kind, found["metadata"]["name"])


def _owner(found: Object) -> tuple[tuple[str, str], ...]:
    owner = next((each for each in found["metadata"].get("ownerReferences", []) if each.get("controller")), None)
    kind, name = (owner["kind"], owner["name"]) if owner is not None else ("", "")
    return ("owner_kind", kind), ("owner_name", name)
