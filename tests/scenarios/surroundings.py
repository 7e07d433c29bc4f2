"""What kube-state-metrics says about the workloads of the models."""

import numpy as np

from tests.scenarios.courses import Floats
from tests.scenarios.exposition import Labels, OpenMetricsFile, write_changing
from tests.scenarios.world import Deployment, Life, ServedModel, World

BEFORE_A_THEATRE = 6 * 3600.0
"""Seconds before a theatre from which on all this is known: it is read around incidents only."""

_SCRAPED: Labels = (("instance", "10.42.0.9:8080"), ("job", "kube-state-metrics"))


def near(world: World, times: Floats) -> Floats:
    """Return the instants at which the surroundings are known."""
    known = np.zeros(len(times), dtype=bool)
    for theatre in world.theatres:
        known |= (times >= theatre.begins - BEFORE_A_THEATRE) & (times <= theatre.ends)
    return times[known]


def write_deployment(file: OpenMetricsFile, model: ServedModel, deployment: Deployment, times: Floats) -> None:
    """Write what kube-state-metrics says of a model's workload, at instants."""
    namespace, name = ("namespace", model.profile.namespace), model.profile.name
    of_deployment: Labels = (namespace, ("deployment", name), *_SCRAPED)
    wanted = np.zeros_like(times)
    for each in deployment.wanted:
        wanted[times >= each.begins] = each.replicas
    ready = sum((_is_ready(pod, times) for pod in model.pods), np.zeros_like(times))
    write_changing(file, "kube_deployment_spec_replicas", of_deployment, times, wanted)
    write_changing(file, "kube_deployment_status_replicas_ready", of_deployment, times, np.minimum(ready, wanted))
    write_changing(file, "kube_deployment_status_replicas_available", of_deployment, times, np.minimum(ready, wanted))
    if deployment.most is not None:
        scaler: Labels = (namespace, ("horizontalpodautoscaler", name), *_SCRAPED)
        target: Labels = (("scaletargetref_kind", "Deployment"), ("scaletargetref_name", name))
        write_changing(file, "kube_horizontalpodautoscaler_info", (*target, *scaler), times, np.ones_like(times))
        write_changing(
            file, "kube_horizontalpodautoscaler_spec_max_replicas", scaler, times, np.full_like(times, deployment.most)
        )
        write_changing(file, "kube_horizontalpodautoscaler_status_desired_replicas", scaler, times, wanted)
    for pod in model.pods:
        _write_pod(file, pod, namespace, times)
    for replica_set in sorted({pod.replica_set for pod in model.pods}):
        lives = [pod for pod in model.pods if pod.replica_set == replica_set]
        there = times[times >= min(pod.begins for pod in lives) - 20.0]
        owner: Labels = (("owner_kind", "Deployment"), ("owner_name", name), ("owner_is_controller", "true"))
        labels: Labels = (namespace, ("replicaset", replica_set), *owner, *_SCRAPED)
        write_changing(file, "kube_replicaset_owner", labels, there, np.ones_like(there))


def _write_pod(file: OpenMetricsFile, pod: Life, namespace: tuple[str, str], times: Floats) -> None:
    there = times[(times >= pod.begins - 20.0) & (times < pod.ends)]
    labels: Labels = (namespace, ("pod", pod.name))
    info: Labels = (
        ("created_by_kind", "ReplicaSet"),
        ("created_by_name", pod.replica_set),
        ("node", pod.node),
        ("pod_ip", pod.address.partition(":")[0]),
    )
    owner: Labels = (("owner_kind", "ReplicaSet"), ("owner_name", pod.replica_set), ("owner_is_controller", "true"))
    write_changing(file, "kube_pod_info", (*labels, *info, *_SCRAPED), there, np.ones_like(there))
    write_changing(file, "kube_pod_owner", (*labels, *owner, *_SCRAPED), there, np.ones_like(there))
    restarts = sum((np.where(there >= restart, 1.0, 0.0) for restart in pod.restarts), np.zeros_like(there))
    container: Labels = (*labels, ("container", "server"), *_SCRAPED)
    write_changing(file, "kube_pod_container_status_restarts_total", container, there, restarts)


def _is_ready(pod: Life, times: Floats) -> Floats:
    ready = (times >= pod.begins) & (times < pod.ends)
    for restart in pod.restarts:
        ready &= (times < restart) | (times >= restart + 15.0)
    return ready.astype(np.float64)
