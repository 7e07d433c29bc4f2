"""Whether a workload goes on serving while its pods are replaced, by the strategy that it names."""

from typing import Any

from console.actions.kubernetes.workload_reading import scalable_of
from console.sources.cluster.writers import LiveObject

_ROLLING = "/spec/strategy/rollingUpdate"
_DEFAULT_SHARE = "25%"
"""What the server takes for `maxUnavailable` and `maxSurge` where they are not set."""


def interruption(kind: str, live: LiveObject) -> str | None:
    """Return that nothing serves while all pods are replaced; None where the strategy keeps some.

    Raises:
        MalformedAnswer: the object has another shape.
    """
    replicas = scalable_of(live).spec.replicas
    if replicas == 0:
        return None
    if kind == "StatefulSet":
        alone = replicas == 1 and live.at("/spec/updateStrategy/type") != "OnDelete"
        return "it has one replica, which ends before another starts: nothing serves meanwhile" if alone else None
    if live.at("/spec/strategy/type") == "Recreate":
        return "its strategy is Recreate: all pods end before new ones start, nothing serves meanwhile"
    if _most_unavailable(live, replicas) >= replicas:
        return f"its strategy lets all {replicas} at once end before new ones serve (maxUnavailable)"
    return None


def _most_unavailable(live: LiveObject, replicas: int) -> int:
    """Return how many pods may lack: shares are rounded down, and one must where no pod may be added either."""
    unavailable = _count(live.at(f"{_ROLLING}/maxUnavailable"), replicas)
    may_add = _count(live.at(f"{_ROLLING}/maxSurge"), 100) > 0  # a share is rounded up: any at all adds one
    return unavailable if unavailable or may_add else 1


def _count(written: Any, whole: int) -> int:
    value = _DEFAULT_SHARE if written is None else written
    if isinstance(value, int):
        return value
    share = str(value).removesuffix("%")
    return int(share) * whole // 100 if share.isdecimal() else 0
