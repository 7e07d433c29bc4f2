"""The pods of a Deployment as the simulated world looks at them, to whom the API's whole seconds are too coarse."""

import msgspec

from console.simulation.cluster.pod_lifecycle import PodLifecycle
from console.simulation.cluster.replica_sets import is_ready, is_terminating
from console.simulation.cluster.resources import DEPLOYMENTS, PODS, REPLICA_SETS, Object
from console.simulation.cluster.store import Store


class SimulatedPod(msgspec.Struct, frozen=True, kw_only=True):
    """One pod that is not terminating; instants are UTC seconds, `version` is its label, `node` empty while pending."""

    name: str
    node: str
    version: str
    ready: bool
    ready_since: float | None
    started: float


def running_pods(store: Store, lifecycle: PodLifecycle, namespace: str, deployment: str) -> tuple[SimulatedPod, ...]:
    """Return the pods of a Deployment that are not terminating, oldest first.

    Raises:
        KeyError: there is no such Deployment.
    """
    owner = store.get(DEPLOYMENTS, namespace, deployment)
    if owner is None:
        raise KeyError(f"no deployment {deployment!r} in namespace {namespace!r}")
    found = [
        _seen(pod, lifecycle)
        for replica_set in store.owned(REPLICA_SETS, owner)
        for pod in store.owned(PODS, replica_set)
        if not is_terminating(pod)
    ]
    return tuple(sorted(found, key=lambda pod: (pod.started, pod.name)))


def _seen(pod: Object, lifecycle: PodLifecycle) -> SimulatedPod:
    times = lifecycle.times[pod["metadata"]["uid"]]
    return SimulatedPod(
        name=pod["metadata"]["name"],
        node=pod["spec"].get("nodeName", ""),
        version=pod["metadata"]["labels"].get("version", ""),
        ready=is_ready(pod),
        ready_since=times.ready_since,
        started=times.started,
    )
