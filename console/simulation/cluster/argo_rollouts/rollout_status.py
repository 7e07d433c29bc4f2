"""The status of a Rollout: counts, phase, message and conditions, as the controller of Argo Rollouts writes them."""

from typing import Any

from console.domain.moments import rfc3339
from console.simulation.cluster.argo_rollouts.canary import Sets, wanted_replicas
from console.simulation.cluster.argo_rollouts.resources import REVISION, made_of
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import Object

CANARY_PAUSE = "CanaryPauseStep"
"""The reason of the pause condition that a pause step leaves."""
_ABORTED = "RolloutAborted"
_OPTIONAL_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "HPAReplicas")


def with_counts(status: Object, rollout: Object, sets: Sets) -> None:
    """Set in a status that may be changed how many pods there are; what is 0 is left out."""
    every = [each for each in (sets.new, sets.stable, *sets.others) if each is not None]
    total = sum(each["status"].get("replicas", 0) for each in every)
    counts = {
        "replicas": total,
        "updatedReplicas": sets.new["status"].get("replicas", 0),
        "readyReplicas": sum(each["status"].get("readyReplicas", 0) for each in every),
        "availableReplicas": sum(each["status"].get("availableReplicas", 0) for each in every),
        "HPAReplicas": total,
    }
    for name in _OPTIONAL_COUNTS:
        status.pop(name, None)
        if counts[name]:
            status[name] = counts[name]
    labels = rollout["spec"].get("selector", {}).get("matchLabels", {})
    active = next((each for each in every if made_of(each) == _active(status)), None)
    if active is not None:  # of a blue-green Rollout only those count that serve
        for name, of_set in (("HPAReplicas", "replicas"), ("availableReplicas", "availableReplicas")):
            status[name] = active["status"].get(of_set, 0)
        labels = active["spec"]["selector"]["matchLabels"]
    status["selector"] = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def with_conditions(status: Object, rollout: Object, sets: Sets, now: float, *, aborted_for: str = "") -> None:
    """Set conditions, phase and message in a status that may be changed; `aborted_for` is what just failed."""
    wanted = wanted_replicas(rollout)
    enough = status.get("availableReplicas", 0) >= wanted
    message = "Rollout has minimum availability" if enough else "Rollout does not have minimum availability"
    _put(status, "Available", holds=enough, reason="AvailableReason", message=message, now=now)
    paused = bool(status.get("pauseConditions")) or rollout["spec"].get("paused", False)
    _put(status, "Paused", holds=paused, reason="RolloutPaused", message="Rollout is paused", now=now)
    _put_progressing(status, rollout, sets, paused=paused, aborted_for=aborted_for, now=now)
    status["phase"], message = phase(status, rollout)
    status.pop("message", None)
    if message:
        status["message"] = message
    completed = _is_promoted(status)
    _put(status, "Completed", holds=completed, reason="RolloutCompleted", message=_completed(completed), now=now)
    healthy = status["phase"] == "Healthy"
    told = "Rollout is healthy" if healthy else "Rollout is not healthy"
    _put(status, "Healthy", holds=healthy, reason="RolloutHealthy", message=told, now=now)


def phase(status: Object, rollout: Object) -> tuple[str, str]:
    """Return phase and message (CalculateRolloutPhase in utils/rollout/rolloututil.go)."""
    for held in status.get("conditions", []):
        if held.get("reason") in {_ABORTED, "ProgressDeadlineExceeded"}:
            return "Degraded", f"{held['reason']}: {held['message']}"
    if rollout["spec"].get("paused"):
        return "Paused", "manually paused"
    for held in status.get("pauseConditions") or []:
        return "Paused", held["reason"]
    if rollout["spec"].get("restartAt") and rollout["spec"]["restartAt"] != status.get("restartedAt"):
        return "Progressing", "rollout is restarting"
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < wanted_replicas(rollout):
        return "Progressing", "more replicas need to be updated"
    if available < updated:
        return "Progressing", "updated replicas are still becoming available"
    pending = _pending_switch(status) if "blueGreen" in rollout["spec"]["strategy"] else _pending_steps(status)
    return ("Progressing", pending) if pending else ("Healthy", "")


def _pending_switch(status: Object) -> str:
    if _active(status) != status.get("currentPodHash"):
        return "active service cutover pending"
    return "" if _is_promoted(status) else "waiting for analysis to complete"


def _pending_steps(status: Object) -> str:
    if status.get("replicas", 0) > status.get("updatedReplicas", 0):
        return "old replicas are pending termination"
    return "" if _is_promoted(status) else "waiting for all steps to complete"


def with_pause(status: Object, now: float, reason: str = CANARY_PAUSE) -> None:
    """Pause a status that may be changed, as the controller does at a pause step or for another reason."""
    status["pauseConditions"] = [{"reason": reason, "startTime": rfc3339(now)}]
    status["controllerPause"] = True


def without_pause(status: Object) -> None:
    """Take the controller's own pause out of a status that may be changed."""
    for field in ("pauseConditions", "controllerPause"):
        status.pop(field, None)


def told_abort(rollout: Object) -> str:
    """Return how the controller tells that it aborted an update."""
    number = rollout["metadata"].get("annotations", {}).get(REVISION, "")
    return f"Rollout aborted update to revision {number}"


def _put_progressing(
    status: Object, rollout: Object, sets: Sets, *, paused: bool, aborted_for: str, now: float
) -> None:
    name = sets.new["metadata"]["name"]
    if status.get("abort"):
        if any(held.get("reason") == _ABORTED for held in status.get("conditions", [])):
            return  # what it was aborted for was told once, and stays
        message = told_abort(rollout) + (f": {aborted_for}" if aborted_for else "")
        _put(status, "Progressing", holds=False, reason=_ABORTED, message=message, now=now)
    elif paused:
        _put(status, "Progressing", holds=None, reason="RolloutPaused", message="Rollout is paused", now=now)
    elif phase(_without_failure(status), rollout)[0] == "Healthy":
        message = f'ReplicaSet "{name}" has successfully progressed.'
        _put(status, "Progressing", holds=True, reason="NewReplicaSetAvailable", message=message, now=now)
    else:
        message = f'ReplicaSet "{name}" is progressing.'
        _put(status, "Progressing", holds=True, reason="ReplicaSetUpdated", message=message, now=now)


def _without_failure(status: Object) -> Object:
    return {**status, "conditions": [held for held in status.get("conditions", []) if held["type"] != "Progressing"]}


def _put(status: Object, kind: str, *, holds: bool | None, reason: str, message: str, now: float) -> None:
    new: dict[str, Any] = condition(kind, holds=bool(holds), reason=reason, message=message, at=now)
    if holds is None:
        new["status"] = "Unknown"
    put_condition(status, {**new, "lastUpdateTime": rfc3339(now)})


def _active(status: Object) -> str:
    return str(status.get("blueGreen", {}).get("activeSelector", ""))


def _is_promoted(status: Object) -> bool:
    return bool(status.get("stableRS")) and status["stableRS"] == status.get("currentPodHash")


def _completed(completed: bool) -> str:
    return "Rollout completed update" if completed else "Rollout not completed, started update"
