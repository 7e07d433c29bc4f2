"""ReplicaSets: each keeps as many pods as it wants, and tells how many are ready."""

import copy

from console.domain.moments import rfc3339
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.names import Names
from console.simulation.cluster.objects import condition, pod_object, put_condition
from console.simulation.cluster.quotas import check_quotas
from console.simulation.cluster.resources import PODS, REPLICA_SETS, Object
from console.simulation.cluster.store import Store


def is_ready(pod: Object) -> bool:
    """Return whether a pod's Ready condition holds."""
    return any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in pod["status"].get("conditions", [])
    )


def is_terminating(pod: Object) -> bool:
    """Return whether a pod's deletion was asked for."""
    return "deletionTimestamp" in pod["metadata"]


def mark_terminating(store: Store, pod: Object, now: float) -> Object:
    """Ask for a pod's deletion; the kubelet ends it a little later."""
    draft = copy.deepcopy(pod)
    draft["metadata"]["deletionTimestamp"] = rfc3339(now)
    draft["metadata"]["deletionGracePeriodSeconds"] = draft["spec"].get("terminationGracePeriodSeconds", 30)
    return store.update(PODS, draft)


class ReplicaSetController:
    """Creates and deletes the pods of every ReplicaSet."""

    def __init__(self, store: Store, names: Names, events: EventRecorder) -> None:
        self._store = store
        self._names = names
        self._events = events

    def reconcile(self, now: float) -> None:
        """Bring the pods of every ReplicaSet to the wanted number, and its status up to date."""
        for replica_set in self._store.list(REPLICA_SETS):
            pods = self.living_pods(replica_set)
            wanted = replica_set["spec"]["replicas"]
            refusal = None
            for _ in range(wanted - len(pods)):
                refusal = self._refusal(replica_set, now)
                if refusal is not None:
                    break
                pods.append(self.create_pod(replica_set, now))
            for pod in _first_to_go(pods)[: max(0, len(pods) - wanted)]:
                mark_terminating(self._store, pod, now)
                self._tell(replica_set, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}", now)
            self._report(replica_set, refusal, now)

    def living_pods(self, replica_set: Object) -> list[Object]:
        """Return the pods of a ReplicaSet that are not terminating."""
        return [pod for pod in self._store.owned(PODS, replica_set) if not is_terminating(pod)]

    def create_pod(self, replica_set: Object, now: float) -> Object:
        """Store one new pod of a ReplicaSet."""
        namespace = replica_set["metadata"]["namespace"]
        pod = pod_object(replica_set, self._names.suffix(), now)
        while self._store.get(PODS, namespace, pod["metadata"]["name"]) is not None:
            pod = pod_object(replica_set, self._names.suffix(), now)
        stored = self._store.create(PODS, pod, now)
        self._tell(replica_set, "SuccessfulCreate", f"Created pod: {stored['metadata']['name']}", now)
        return stored

    def _refusal(self, replica_set: Object, now: float) -> str | None:
        """Return why no more pods may be created, or None; said once, in the name of a pod that never comes to be."""
        pod = pod_object(replica_set, replica_set["metadata"]["uid"][:5], now)
        try:
            check_quotas(self._store, pod)
        except ApiFailure as failure:
            message = f"Error creating: {failure}"
            self._events.record_once(
                replica_set, reason="FailedCreate", message=message, source="replicaset-controller", at=now
            )
            return str(failure)
        return None

    def _report(self, replica_set: Object, refusal: str | None, now: float) -> None:
        pods = self.living_pods(replica_set)
        ready = sum(map(is_ready, pods))
        metadata = replica_set["metadata"]
        draft = self._store.draft(REPLICA_SETS, metadata["namespace"], metadata["name"])
        status: Object = {"replicas": len(pods), "observedGeneration": metadata["generation"]}
        if pods:
            status["fullyLabeledReplicas"] = len(pods)
        if ready:
            status["readyReplicas"] = status["availableReplicas"] = ready
        if refusal is not None:
            status["conditions"] = copy.deepcopy(replica_set["status"].get("conditions", []))
            put_condition(
                status, condition("ReplicaFailure", holds=True, reason="FailedCreate", message=refusal, at=now)
            )
        draft["status"] = status
        self._store.update(REPLICA_SETS, draft)

    def _tell(self, replica_set: Object, reason: str, message: str, now: float) -> None:
        self._events.record(replica_set, reason=reason, message=message, source="replicaset-controller", at=now)


def _first_to_go(pods: list[Object]) -> list[Object]:
    """Return pods in the order in which the controller ends them: without a node, then unready, then the youngest."""
    youngest_first = sorted(pods, key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=True)
    return sorted(youngest_first, key=lambda pod: ("nodeName" in pod["spec"], is_ready(pod)))
