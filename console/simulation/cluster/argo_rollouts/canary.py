"""How many pods the new and the stable ReplicaSet of a canary get, by the rules of Argo Rollouts without a router.

They are those of docs/features/canary.md and utils/replicaset/canary.go of argo-rollouts.
"""

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from console.simulation.cluster.resources import Object

_SURGE, _UNAVAILABLE = "25%", "25%"
"""The defaults of a Rollout, which are those of a Deployment."""


class Counts(msgspec.Struct, frozen=True):
    """Replicas of the new and of the stable ReplicaSet; `stable` is 0 where both are one."""

    new: int
    stable: int


class Sets(msgspec.Struct, frozen=True):
    """The ReplicaSets of a Rollout: of the wanted template, of the stable one (None: none, or the same), all others."""

    new: Object
    stable: Object | None
    others: Sequence[Object]


def steps_of(rollout: Object) -> list[Object]:
    """Return the steps of a canary; a blue-green Rollout has none."""
    return list((rollout["spec"]["strategy"].get("canary") or {}).get("steps") or [])


def current_step(rollout: Object) -> Object | None:
    """Return the step that a Rollout is at, None where it has none or did all."""
    steps, index = steps_of(rollout), rollout["status"].get("currentStepIndex") or 0
    return steps[index] if index < len(steps) else None


def wanted_replicas(rollout: Object) -> int:
    """Return how many pods a Rollout is asked to run."""
    return int(rollout["spec"].get("replicas", 1))


def weight_of(rollout: Object) -> int:
    """Return the share of the new version (percent) that the steps demand."""
    status, steps = rollout["status"], steps_of(rollout)
    if status.get("promoteFull") or status.get("currentPodHash") == status.get("stableRS"):
        return 100
    if status.get("abort"):
        return 0
    index = status.get("currentStepIndex") or 0
    if index >= len(steps):
        return 100
    weights = [step["setWeight"] for step in steps[: index + 1] if "setWeight" in step]
    return int(weights[-1]) if weights else 0


def goal(rollout: Object, sets: Sets) -> Counts:
    """Return the replicas at which the current step is reached; both are rounded up, so that neither is forgotten."""
    wanted = wanted_replicas(rollout)
    if sets.stable is None:
        return Counts(wanted, 0)
    weight = weight_of(rollout)
    return Counts(math.ceil(wanted * weight / 100), math.ceil(wanted * (100 - weight) / 100))


def next_counts(rollout: Object, sets: Sets) -> Counts:
    """Return the replicas to ask for now, on the way to the goal: never too many pods, never too few that serve."""
    aim, wanted = goal(rollout, sets), wanted_replicas(rollout)
    surge, unavailable = bounds(rollout)
    uneven = sets.stable is not None and wanted * weight_of(rollout) % 100 != 0
    new, stable = _asked(sets.new), _asked(sets.stable)
    others = sum(map(_asked, sets.others))
    room = max(0, wanted + surge + uneven - new - stable - others)
    more_stable = min(room, max(0, aim.stable - stable))
    more_new = min(room - more_stable, max(0, aim.new - new))
    if others > 0:
        return Counts(new + more_new, stable + more_stable)
    grows = aim.new >= new  # of what grows only pods count that serve, of what shrinks all that are asked for
    serving = (_serving(sets.new) + stable) if grows else (new + _serving(sets.stable))
    removable = max(0, serving - (wanted - unavailable))
    fewer_new = min(removable, max(0, new - aim.new))
    fewer_stable = min(removable - fewer_new, max(0, stable - aim.stable))
    return Counts(new + more_new - fewer_new, stable + more_stable - fewer_stable)


def at_goal(rollout: Object, sets: Sets) -> bool:
    """Tell whether the replicas of the current step are asked for and available, and older ones gone."""
    aim = goal(rollout, sets)
    pairs = [(sets.new, aim.new)] + ([(sets.stable, aim.stable)] if sets.stable is not None else [])
    reached = all(_asked(each) == _available(each) == count for each, count in pairs)
    return reached and not any(map(_available, sets.others))


def bounds(rollout: Object) -> tuple[int, int]:
    """Return how many pods may be too many (rounded up), and too few (rounded down)."""
    canary, wanted = rollout["spec"]["strategy"].get("canary") or {}, wanted_replicas(rollout)
    surge = math.ceil(_pods(canary.get("maxSurge", _SURGE), wanted))
    unavailable = math.floor(_pods(canary.get("maxUnavailable", _UNAVAILABLE), wanted))
    return surge, 1 if surge == unavailable == 0 else unavailable


def removable_others(rollout: Object, sets: Sets) -> int:
    """Return how many pods of older ReplicaSets may go now."""
    available = sum(map(_available, (sets.new, sets.stable, *sets.others)))
    return max(0, available - (wanted_replicas(rollout) - bounds(rollout)[1]))


def _asked(replica_set: Object | None) -> int:
    return 0 if replica_set is None else int(replica_set["spec"]["replicas"])


def _available(replica_set: Object | None) -> int:
    return 0 if replica_set is None else int(replica_set["status"].get("availableReplicas", 0))


def _serving(replica_set: Object | None) -> int:
    return min(_asked(replica_set), _available(replica_set))


def _pods(bound: Any, wanted: int) -> float:
    return int(bound[:-1]) * wanted / 100 if isinstance(bound, str) else float(bound)
