"""The status of a Deployment: counts that are absent when zero, and the conditions Available and Progressing."""

import copy
from collections.abc import Sequence

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import Object


class Progress(msgspec.Struct):
    """When a rollout last got further (UTC seconds), and when it will be given up (None: nothing is rolling)."""

    since: float
    counts: tuple[int, ...] = ()
    deadline: float | None = None


def deployment_status(
    deployment: Object,
    current: Object | None,
    replica_sets: Sequence[Object],
    progress: Progress,
    *,
    unavailable: int,
    now: float,
) -> Object:
    """Return the status that follows from a Deployment's ReplicaSets; `progress` is kept up to date."""
    progress.deadline = None
    wanted = deployment["spec"]["replicas"]
    replicas = sum(replica_set["status"].get("replicas", 0) for replica_set in replica_sets)
    available = sum(replica_set["status"].get("availableReplicas", 0) for replica_set in replica_sets)
    updated = 0 if current is None else current["status"].get("replicas", 0)
    counts = {
        "observedGeneration": deployment["status"].get("observedGeneration", 0),
        "replicas": replicas,
        "updatedReplicas": updated,
        "readyReplicas": available,
        "availableReplicas": available,
        "unavailableReplicas": max(0, max(replicas, wanted) - available),
    }
    status: Object = {name: count for name, count in counts.items() if count}
    status["conditions"] = copy.deepcopy(deployment["status"].get("conditions", []))
    status["conditions"] = [held for held in status["conditions"] if held["type"] != "ReplicaFailure"]
    for replica_set in (*([current] if current is not None else []), *replica_sets):
        failures = [held for held in replica_set["status"].get("conditions", []) if held["type"] == "ReplicaFailure"]
        if failures:
            put_condition(status, {**failures[0], "lastUpdateTime": failures[0]["lastTransitionTime"]})
            break
    _put_available(status, enough=available >= wanted - unavailable, now=now)
    up_to_date = counts["observedGeneration"] == deployment["metadata"]["generation"]
    if up_to_date and not deployment["spec"].get("paused"):
        complete = updated == replicas == available == wanted
        _put_progressing(deployment, current, status, progress, complete=complete, now=now)
    return status


def _put_available(status: Object, *, enough: bool, now: float) -> None:
    if enough:
        reason, message = "MinimumReplicasAvailable", "Deployment has minimum availability."
    else:
        reason = "MinimumReplicasUnavailable"
        message = "Deployment does not have minimum availability."
    new = condition("Available", holds=enough, reason=reason, message=message, at=now)
    put_condition(status, {**new, "lastUpdateTime": rfc3339(now)})


def _put_progressing(
    deployment: Object, current: Object | None, status: Object, progress: Progress, *, complete: bool, now: float
) -> None:
    name = "" if current is None else current["metadata"]["name"]
    rolled_out = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    if not complete and rolled_out and _reason(status) == "NewReplicaSetAvailable":
        return  # scaling what is rolled out is no rollout
    counts = tuple(status.get(count, 0) for count in ("replicas", "updatedReplicas", "availableReplicas"))
    if counts != progress.counts:
        progress.counts, progress.since = counts, now
    patience = deployment["spec"]["progressDeadlineSeconds"]
    if complete:
        reason, message = "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'
    elif now >= progress.since + patience:
        reason, message = "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.'
    else:
        reason, message = "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.'
        progress.deadline = progress.since + patience
    holds = reason != "ProgressDeadlineExceeded"
    new = condition("Progressing", holds=holds, reason=reason, message=message, at=now)
    put_condition(status, {**new, "lastUpdateTime": rfc3339(now)})


def _reason(status: Object) -> str:
    reasons = [held["reason"] for held in status["conditions"] if held["type"] == "Progressing"]
    return str(reasons[0]) if reasons else ""
