"""What the quotas of a namespace leave for more pods like those of a model."""

import math
from collections.abc import Iterable

import msgspec

from console.domain.cluster_facts import QuotaFacts
from console.domain.label import harmless
from console.sources.cluster.objects import Metadata
from console.sources.cluster.pod_objects import Container, LivingPod
from console.sources.cluster.quantities import parse_quantity

Quantities = dict[str, str | int | float]

_COUNTS_PODS = frozenset({"pods", "count/pods"})
_ROUNDING = 1e-9
"""So much may be missing from a whole pod before it counts as missing: milli-units are no binary fractions."""


class QuotaStatus(msgspec.Struct, frozen=True):
    """What is allowed and what is used, by resource."""

    hard: Quantities | None = None
    used: Quantities | None = None


class Quota(msgspec.Struct, frozen=True):
    """A ResourceQuota."""

    metadata: Metadata
    status: QuotaStatus = QuotaStatus()


def quota_facts(quotas: Iterable[Quota], pod: LivingPod | None) -> tuple[QuotaFacts, ...]:
    """Return for each quota that pods count against its nearest limit, the quota with the least room first.

    `pod` is one of the model's; without one it is not known how many more there is room for.
    """
    each_needs = pod_needs(pod) if pod is not None else {}
    found = [nearest for quota in quotas if (nearest := _nearest(quota, each_needs)) is not None]
    return tuple(sorted(found, key=_tightness))


def pod_needs(pod: LivingPod) -> dict[str, float]:
    """Return what one pod counts for in a quota: by resource as quotas name it (`requests.cpu`, `limits.memory`)."""
    needs: dict[str, float] = {}
    before = pod.spec.init_containers or ()
    beside = (*pod.spec.containers, *(each for each in before if each.is_sidecar))
    for prefix, of in (("requests.", _requests), ("limits.", _limits)):
        total: dict[str, float] = {}
        for container in beside:
            for resource, amount in of(container).items():
                total[resource] = total.get(resource, 0.0) + amount
        for container in before:
            if not container.is_sidecar:
                for resource, amount in of(container).items():
                    total[resource] = max(total.get(resource, 0.0), amount)
        needs |= {prefix + resource: amount for resource, amount in total.items()}
    needs |= {
        resource: needs[f"requests.{resource}"] for resource in ("cpu", "memory") if f"requests.{resource}" in needs
    }
    return needs | dict.fromkeys(_COUNTS_PODS, 1.0)


def _requests(container: Container) -> dict[str, float]:
    """Return what a container asks for; the server takes the limit where only that is written."""
    return _numbers(container.resources.limits) | _numbers(container.resources.requests)


def _limits(container: Container) -> dict[str, float]:
    return _numbers(container.resources.limits)


def _numbers(written: Quantities | None) -> dict[str, float]:
    parsed = ((resource, parse_quantity(quantity)) for resource, quantity in (written or {}).items())
    return {resource: amount for resource, amount in parsed if amount is not None}


def _nearest(quota: Quota, each_needs: dict[str, float]) -> QuotaFacts | None:
    used = quota.status.used or {}
    limits = [
        _limit(quota.metadata.name, resource, used.get(resource, 0), hard, each_needs)
        for resource, hard in (quota.status.hard or {}).items()
        if resource in each_needs or (not each_needs and resource in _COUNTS_PODS)
    ]
    return min((each for each in limits if each is not None), key=_tightness, default=None)


def _limit(
    name: str, resource: str, used: str | int | float, hard: str | int | float, each_needs: dict[str, float]
) -> QuotaFacts | None:
    have, most, need = parse_quantity(used), parse_quantity(hard), each_needs.get(resource)
    if have is None or most is None:
        return None
    room = max(0, math.floor((most - have) / need + _ROUNDING)) if need else None
    return QuotaFacts(harmless(name), harmless(resource), harmless(str(used)), harmless(str(hard)), room, have >= most)


def _tightness(quota: QuotaFacts) -> tuple[bool, float, str]:
    return not quota.is_reached, math.inf if quota.room is None else quota.room, quota.name
