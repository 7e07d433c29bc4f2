"""How far a workload is: with a rollout by the rules of `kubectl rollout status`, and with a count of replicas.

The rules are those of polymorphichelpers/rollout_status.go.
"""

from console.actions.provider import RolloutProgress
from console.domain.quantity import how_many
from console.sources.cluster.objects import Scalable

ON_DELETE = "OnDelete"
_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded"


def rollout_progress(kind: str, workload: Scalable) -> RolloutProgress:
    """Return how far a Deployment or a StatefulSet is with the replicas that are asked of it."""
    if not workload.is_observed:
        return _waiting("the cluster has not looked at the change yet")
    return _of_deployment(workload) if kind == "Deployment" else _of_stateful_set(workload)


def count_progress(kind: str, workload: Scalable) -> RolloutProgress:
    """Return how far a Deployment or a StatefulSet is with its number of replicas, whatever versions they run.

    A rollout that is paused, held by a partition or stuck does not end, and is not what a count waits for.
    """
    if not workload.is_observed:
        return _waiting("the cluster has not looked at the change yet")
    wanted, status = workload.spec.replicas, workload.status
    there = status.available_replicas if kind == "Deployment" else status.ready_replicas
    surges = kind == "Deployment" and status.updated_replicas < status.replicas  # beside the pods of old revisions
    if there < wanted:
        return _waiting(f"{there} of {wanted} available")
    if status.replicas > wanted and not surges:
        return _too_many(status.replicas - wanted)
    return _done(there, wanted)


def _of_deployment(workload: Scalable) -> RolloutProgress:
    wanted, status = workload.spec.replicas, workload.status
    progressing = status.condition("Progressing")
    if progressing is not None and progressing.status == "False" and progressing.reason == _DEADLINE_EXCEEDED:
        reason = f"the rollout exceeded its progress deadline with {status.available_replicas} of {wanted} available"
        return RolloutProgress(False, reason, reason)
    if status.updated_replicas < wanted:
        made = f"{status.updated_replicas} of {how_many(wanted, 'pod')} made"
        return _waiting(f"{made}, {status.available_replicas} available")
    if status.replicas > status.updated_replicas:
        return _waiting(f"{how_many(status.replicas - status.updated_replicas, 'old pod is', 'old pods are')} ending")
    if status.available_replicas < status.updated_replicas:
        return _waiting(f"{status.available_replicas} of {wanted} available")
    return _done(status.available_replicas, wanted)


def _of_stateful_set(workload: Scalable) -> RolloutProgress:
    wanted, status = workload.spec.replicas, workload.status
    if status.ready_replicas < wanted:
        return _waiting(f"{status.ready_replicas} of {wanted} ready")
    if status.replicas > wanted:
        return _too_many(status.replicas - wanted)
    if status.update_revision == status.current_revision:
        return _done(status.ready_replicas, wanted)
    told = f"{status.updated_replicas} of {wanted} on the new revision"
    if workload.spec.update_strategy.type == ON_DELETE:
        return _waiting(f"{told}: its strategy is {ON_DELETE}, the others get it when somebody deletes them")
    partition = workload.spec.partition
    if partition > 0 and status.updated_replicas >= wanted - partition:
        return RolloutProgress(True, None, f"{told}, which is all that its partition of {partition} lets get it")
    return _waiting(told)


def _too_many(count: int) -> RolloutProgress:
    return _waiting(f"{how_many(count, 'pod too many is', 'pods too many are')} ending")


def _waiting(text: str) -> RolloutProgress:
    return RolloutProgress(False, None, text)


def _done(available: int, wanted: int) -> RolloutProgress:
    return RolloutProgress(True, None, f"{available} of {wanted} available")
