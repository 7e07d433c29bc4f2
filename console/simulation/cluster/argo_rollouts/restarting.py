"""Restarts of a Rollout: pods that are older than `spec.restartAt` are replaced, never too many at once."""

from console.simulation.cluster.argo_rollouts.canary import Sets, bounds, wanted_replicas
from console.simulation.cluster.replica_sets import is_ready, is_terminating, mark_terminating
from console.simulation.cluster.resources import PODS, Object
from console.simulation.cluster.store import Store
from console.sources.cluster.objects import instant


def restart(store: Store, draft: Object, sets: Sets, now: float) -> float | None:
    """End the pods of a Rollout that must be restarted and may go now; return when a restart to come is due.

    The status of the draft says once all are new.
    """
    written = draft["spec"].get("restartAt")
    at = instant(written)
    if at is None or draft["status"].get("restartedAt") == written:
        return None
    if at > now:
        return at
    owners = [each for each in (sets.new, sets.stable, *sets.others) if each is not None]
    pods = [pod for owner in owners for pod in store.owned(PODS, owner) if not is_terminating(pod)]
    old = [pod for pod in pods if (instant(pod["metadata"]["creationTimestamp"]) or 0.0) < at]
    if not old:
        draft["status"]["restartedAt"] = written
        return None
    missing = max(0, wanted_replicas(draft) - sum(map(is_ready, pods)))
    for pod in old[: max(0, max(1, bounds(draft)[1]) - missing)]:
        mark_terminating(store, pod, now)
    return None
