"""PodDisruptionBudgets: how many of the pods that one covers may be evicted now. Deletions do not ask them.

https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
"""

import copy
import math
from typing import Any

from console.simulation.cluster.replica_sets import is_ready
from console.simulation.cluster.resources import BUDGETS, PODS, Object
from console.simulation.cluster.store import Store


class DisruptionController:
    """Counts the pods of every budget; only `matchLabels` of a selector are understood."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reconcile(self, _now: float, /) -> None:
        """Bring the status of every budget up to date."""
        for budget in self._store.list(BUDGETS):
            draft = copy.deepcopy(budget)
            draft["status"] = {**self._counted(budget), "observedGeneration": budget["metadata"].get("generation", 1)}
            self._store.update(BUDGETS, draft)

    def _counted(self, budget: Object) -> dict[str, int]:
        wanted = (budget["spec"].get("selector") or {}).get("matchLabels", {}).items()
        pods = [
            pod
            for pod in self._store.list(PODS, budget["metadata"]["namespace"])
            if wanted <= (pod["metadata"].get("labels") or {}).items()
        ]
        healthy = sum(is_ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in pods)
        desired = _desired(budget["spec"], len(pods))
        return {
            "expectedPods": len(pods),
            "currentHealthy": healthy,
            "desiredHealthy": desired,
            "disruptionsAllowed": max(0, healthy - desired) if pods else 0,
        }


def _desired(spec: Object, expected: int) -> int:
    if "maxUnavailable" in spec:
        return max(0, expected - _pods_of(spec["maxUnavailable"], expected))
    return _pods_of(spec.get("minAvailable", 1), expected)


def _pods_of(written: Any, expected: int) -> int:
    """Return how many pods a bound means: a number, or a share of them that is rounded up."""
    return written if isinstance(written, int) else math.ceil(int(written.removesuffix("%")) * expected / 100)
