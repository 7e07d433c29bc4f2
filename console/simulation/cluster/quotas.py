"""ResourceQuotas: what a namespace may hold is checked when a pod is created, and counted afterwards.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

import copy
from fractions import Fraction

from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.quantities import format_quantity, parse_quantity
from console.simulation.cluster.resources import PODS, QUOTAS, Object
from console.simulation.cluster.store import Store

_COUNTED = {
    "cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.cpu": ("requests", "cpu"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
    "requests.nvidia.com/gpu": ("requests", "nvidia.com/gpu"),
}
"""What a quota may limit of pods beside their number, and where a container says how much of it it takes."""


class QuotaController:
    """Counts what every namespace with a quota uses."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reconcile(self, _now: float, /) -> None:
        """Bring the status of every quota up to date."""
        for quota in self._store.list(QUOTAS):
            hard = quota["spec"].get("hard", {})
            used = _used(self._store, quota)
            draft = copy.deepcopy(quota)
            draft["status"] = {"hard": dict(hard), "used": {name: format_quantity(used[name]) for name in used}}
            self._store.update(QUOTAS, draft)


def check_quotas(store: Store, pod: Object) -> None:
    """Refuse a pod that a quota of its namespace has no room for.

    Raises:
        ApiFailure: one has not (403), in the words of the API server.
    """
    for quota in store.list(QUOTAS, pod["metadata"]["namespace"]):
        hard = {name: parse_quantity(limit) for name, limit in quota["spec"].get("hard", {}).items()}
        used = _used(store, quota)
        wanted = {name: _taken(pod, name) for name in used}
        if missing := sorted(name for name in wanted if name in _COUNTED and not _says(pod, name)):
            container = pod["spec"]["containers"][0]["name"]
            why = f"failed quota: {quota['metadata']['name']}: must specify " + "; ".join(
                f"{name} for: {container}" for name in missing
            )
            raise _forbidden(pod, why)
        exceeded = [name for name in sorted(used) if wanted[name] and used[name] + wanted[name] > hard[name]]
        if exceeded:
            parts = (
                f"{title}: " + ",".join(f"{name}={format_quantity(amounts[name])}" for name in exceeded)
                for title, amounts in (("requested", wanted), ("used", used), ("limited", hard))
            )
            raise _forbidden(pod, f"exceeded quota: {quota['metadata']['name']}, {', '.join(parts)}")


def _forbidden(pod: Object, why: str) -> ApiFailure:
    name = pod["metadata"]["name"]
    return ApiFailure(403, "Forbidden", f'pods "{name}" is forbidden: {why}', details={"name": name, "kind": "pods"})


def _used(store: Store, quota: Object) -> dict[str, Fraction]:
    pods = [
        pod
        for pod in store.list(PODS, quota["metadata"]["namespace"])
        if pod["status"].get("phase") not in {"Succeeded", "Failed"}
    ]
    names = [name for name in quota["spec"].get("hard", {}) if name in _COUNTED or name in {"pods", "count/pods"}]
    return {name: sum((_taken(pod, name) for pod in pods), Fraction(0)) for name in names}


def _taken(pod: Object, name: str) -> Fraction:
    if name in {"pods", "count/pods"}:
        return Fraction(1)
    kind, resource = _COUNTED[name]
    amounts = (container.get("resources", {}).get(kind, {}).get(resource, 0) for container in pod["spec"]["containers"])
    return sum(map(parse_quantity, amounts), Fraction(0))


def _says(pod: Object, name: str) -> bool:
    kind, resource = _COUNTED[name]
    containers = pod["spec"]["containers"]
    return all(resource in container.get("resources", {}).get(kind, {}) for container in containers)
