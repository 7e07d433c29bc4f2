"""Whether a workload goes on serving while its pods are replaced, and which are not, by the strategy that it names."""

from typing import Any

from console.actions.kubernetes.rollout import ON_DELETE
from console.actions.kubernetes.workload_reading import scalable_of
from console.domain.quantity import how_many
from console.sources.cluster.writers import LiveObject

_ROLLING = "/spec/strategy/rollingUpdate"
_AT_ONCE = "/spec/updateStrategy/rollingUpdate/maxUnavailable"
DEFAULT_SHARE = "25%"
"""What the server takes for `maxUnavailable` and `maxSurge` where they are not set."""


def interruption(kind: str, live: LiveObject) -> str | None:
    """Return that nothing serves while all pods are replaced; None where the strategy keeps some.

    Raises:
        MalformedAnswer: the object has another shape.
    """
    spec = scalable_of(live).spec
    replicas = spec.replicas
    if replicas == 0:
        return None
    if kind == "StatefulSet":
        replaced = 0 if spec.update_strategy.type == ON_DELETE else max(replicas - spec.partition, 0)
        if replicas == replaced == 1:
            return "it has one replica, which ends before another starts: nothing serves meanwhile"
        at_once = pods_of(live.at(_AT_ONCE), replicas, default=1)  # only where the cluster has that feature switched on
        return all_at_once(replicas) if min(at_once, replaced) >= replicas else None
    if live.at("/spec/strategy/type") == "Recreate":
        return "its strategy is Recreate: all pods end before new ones start, nothing serves meanwhile"
    if _most_unavailable(live, replicas) >= replicas:
        return all_at_once(replicas)
    return None


def kept_back(live: LiveObject) -> tuple[str, ...]:
    """Return which pods of a StatefulSet are not replaced when its template changes; nothing of a Deployment.

    Raises:
        MalformedAnswer: the object has another shape.
    """
    spec = scalable_of(live).spec
    if spec.update_strategy.type == ON_DELETE:
        return (f"its strategy is {ON_DELETE}: a pod is replaced only when somebody deletes it",)
    if spec.partition >= spec.replicas > 0:
        return (f"its partition is {spec.partition}: none of its {how_many(spec.replicas, 'pod')} is replaced",)
    if spec.partition > 0:
        kept = how_many(spec.partition, "pod")
        return (f"its partition is {spec.partition}: only pods from that ordinal on are replaced, {kept} stay as now",)
    return ()


def all_at_once(replicas: int) -> str:
    """Return that a strategy lets all pods end at the same time."""
    return f"its strategy lets all {replicas} at once end before new ones serve (maxUnavailable)"


def _most_unavailable(live: LiveObject, replicas: int) -> int:
    """Return how many pods may lack: shares are rounded down, and one must where no pod may be added either."""
    unavailable = pods_of(live.at(f"{_ROLLING}/maxUnavailable"), replicas)
    may_add = pods_of(live.at(f"{_ROLLING}/maxSurge"), 100) > 0  # a share is rounded up: any at all adds one
    return unavailable if unavailable or may_add else 1


def pods_of(written: Any, whole: int, default: int | str = DEFAULT_SHARE) -> int:
    """Return how many pods a bound means: a number, or a share that is rounded down; `default` where it is None."""
    value = default if written is None else written
    if isinstance(value, int):
        return value
    share = str(value).removesuffix("%")
    return int(share) * whole // 100 if share.isdecimal() else 0
