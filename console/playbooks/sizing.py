"""How many replicas the present demand needs."""

import math

import msgspec

from console.domain.load_curve import Need
from console.domain.quantity import how_many, times
from console.playbooks.limits import most_replicas

STEP_WITHOUT_MEASURE = 1.5
"""Factor when somebody wants more replicas and no measured demand says how many."""

_MOST_GROWTH = 1e6
"""A growth from next to nothing is no number of replicas."""
_ROUNDING = 1e-9
"""What binary fractions may add to a product that is a whole number."""


class Demand(msgspec.Struct, frozen=True):
    """What is asked of a workload now and normally; None is unknown (a stale value is unknown).

    `traffic` is in requests per second of all replicas, `saturation` a ratio between 0 and 1 of each. `is_steady` says
    that the present replicas are as many as those that carried the normal traffic. `need` is what the past loads of one
    replica tell, `measured` the same in words, `ready` how many of the replicas serve.
    """

    replicas: int | None
    traffic: float | None = None
    expected_traffic: float | None = None
    saturation: float | None = None
    expected_saturation: float | None = None
    is_steady: bool = True
    ready: int | None = None
    need: Need | None = None
    measured: str = ""


class Sizing(msgspec.Struct, frozen=True):
    """A number of replicas, None where none can be offered, and the reason in words."""

    replicas: int | None
    reason: str


def replicas_for(demand: Demand, max_factor: float, max_replicas: int) -> Sizing:
    """Return how many replicas carry the demand, by what was measured of the load of one, else by growth.

    Measured is how many must serve; those that are asked for and not ready come on top, for they serve nothing.

    By growth `ceil(replicas × factor)` is the formula of the Kubernetes HorizontalPodAutoscaler; the factor is the
    larger of traffic and saturation over what is expected of them. Saturation is measured per replica, so it tells what
    the present replicas lack. Traffic is not: over normal it tells what the replicas lack that carried the normal
    traffic, and is left out where they were others (not steady), or a second change would multiply by the same growth
    again. Without a measured growth it is half as many again.
    The result is at least one more than now, at most `max_factor` times as many, and never over `max_replicas`.
    """
    if demand.replicas is None:
        return Sizing(None, "the present number of replicas is unknown")
    if demand.replicas == 0:
        return Sizing(None, "the workload is scaled to 0: somebody switched it off")
    if demand.replicas >= max_replicas:
        return Sizing(None, f"already at {how_many(demand.replicas, 'replica')}, the limit is {max_replicas}")
    wanted, reason = _measured(demand) or _grown(demand)
    wanted = max(wanted, demand.replicas + 1)
    most = most_replicas(demand.replicas, max_factor)
    if wanted > most:
        wanted, reason = most, f"{reason}, at most {times(max_factor)} at once"
    if wanted > max_replicas:
        wanted, reason = max_replicas, f"{reason}, the limit is {max_replicas}"
    return Sizing(wanted, reason)


def _measured(demand: Demand) -> tuple[int, str] | None:
    """Return what the past loads of a replica tell, None where they tell nothing or that more do not help."""
    need, replicas = demand.need, demand.replicas
    if need is None or replicas is None:
        return None
    idle = max(0, replicas - demand.ready) if demand.ready is not None else 0
    if need.needed + idle <= replicas:
        return None
    return need.needed + idle, demand.measured + (f"; {idle} of {replicas} are not ready" if idle else "")


def _grown(demand: Demand) -> tuple[int, str]:
    factor, reason = _growth(demand)
    wanted = math.ceil((demand.replicas or 0) * min(factor, _MOST_GROWTH) - _ROUNDING)
    if demand.need is not None:
        reason = f"{demand.measured}: by their past these replicas are enough; {reason}"
    return wanted, reason


def _growth(demand: Demand) -> tuple[float, str]:
    traffic = demand.traffic if demand.is_steady else None
    measured = [
        (value / expected, f"{name} {times(value / expected)} of normal")
        for name, value, expected in (
            ("traffic", traffic, demand.expected_traffic),
            ("saturation", demand.saturation, demand.expected_saturation),
        )
        if value is not None and expected is not None and expected > 0 and math.isfinite(value / expected)
    ]
    grown = [found for found in measured if found[0] > 1]
    if grown:
        return max(grown)
    told = "no growth is measured" if measured else "demand is unknown"
    if not demand.is_steady and demand.traffic is not None:
        told = "others than these replicas may have carried the normal traffic"
    return STEP_WITHOUT_MEASURE, f"{told}: half as many again"
