"""Why pods that are asked for do not come: no node has room, or a quota forbids them."""

from collections.abc import Iterable

from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import how_many
from console.sources.cluster.objects import Pod, Scalable, instant

_NO_REPLICA_SET = "ReplicaSetCreateError"
PATIENCE_SECONDS = 60.0
"""A pod may wait so long before it counts: schedulers retry, and cluster autoscalers add nodes."""


def pods_without_room(pods: Iterable[Pod], now: float, patience: float = PATIENCE_SECONDS) -> str | None:
    """Return a sentence about the pods that wait for room since more than `patience` seconds; None where none does."""
    waiting: list[tuple[float, str]] = []
    for pod in pods:
        if pod.status.phase != "Pending":
            continue
        for condition in pod.status.conditions or ():
            if (condition.type, condition.status, condition.reason) == ("PodScheduled", "False", "Unschedulable"):
                since = instant(condition.last_transition_time)
                seconds = 0.0 if since is None else now - since
                if seconds >= patience:
                    waiting.append((seconds, condition.message))
    if not waiting:
        return None
    longest, message = max(waiting)
    why = harmless(message) or "the scheduler does not say why"
    return f"{how_many(len(waiting), 'pod finds', 'pods find')} no room for {in_words(longest)}: {why}"


def creation_failure(workload: Scalable) -> str | None:
    """Return why the cluster cannot make pods of a workload, such as an exceeded quota; None where it can."""
    failure = workload.status.condition("ReplicaFailure")
    if failure is None or failure.status != "True":
        failure = workload.status.condition("Progressing")
        if failure is None or (failure.status, failure.reason) != ("False", _NO_REPLICA_SET):
            return None
    return f"pods cannot be made: {harmless(failure.message) or harmless(failure.reason)}"
