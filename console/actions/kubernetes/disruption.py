"""Which PodDisruptionBudgets cover a pod: evictions ask them, a deletion does not.

https://kubernetes.io/docs/concepts/workloads/pods/disruptions/
"""

import msgspec

from console.domain.label import harmless
from console.domain.quantity import how_many
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import Metadata, Selector, decode_list, has_observed
from console.sources.cluster.served import list_served
from console.transport.kubernetes import KubernetesTransport, NotFound

_BUDGETS = "poddisruptionbudgets"
_VERSION, _OLDER_VERSION = "policy/v1", "policy/v1beta1"
"""The newer is served since Kubernetes 1.21, the older was until 1.25."""


class _Spec(msgspec.Struct, frozen=True):
    selector: Selector | None = None


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    observed_generation: int = 0


class _Budget(msgspec.Struct, frozen=True):
    metadata: Metadata
    spec: _Spec = _Spec()
    status: _Status = _Status()

    @property
    def told(self) -> str:
        """Return how many of its pods may be disrupted now, and that a deletion does not ask."""
        status, told = self.status, f"PodDisruptionBudget {harmless(self.metadata.name)}"
        if not has_observed(status.observed_generation, self.metadata.generation):
            return f"{told} covers it, what it allows is not counted yet: a deletion does not ask it"
        allowed = how_many(status.disruptions_allowed, "disruption") if status.disruptions_allowed else "no disruption"
        counted = f"{status.current_healthy} healthy, {status.desired_healthy} wanted"
        return f"{told} allows {allowed} now ({counted}): a deletion does not ask it"


async def disruption_notes(transport: KubernetesTransport, pod: Metadata) -> tuple[str, ...]:
    """Return what the budgets that cover a pod allow now, or why that is not known."""
    try:
        version, answer = await list_served(transport, (_VERSION, _OLDER_VERSION), _BUDGETS, pod.namespace)
        budgets = decode_list(answer, _Budget)
    except NotFound:
        return ()
    except UNREADABLE as error:
        return (f"whether a PodDisruptionBudget covers it is not known: {in_short(error)}",)
    return tuple(budget.told for budget in budgets if _covers(budget, pod, version))


def _covers(budget: _Budget, pod: Metadata, version: str) -> bool:
    """Tell whether a budget is for a pod: one without a selector is for none, nor was an empty one in the older API."""
    selector = budget.spec.selector
    if selector is None or (version == _OLDER_VERSION and not selector.query):
        return False
    return selector.selects(pod.labels or {})
