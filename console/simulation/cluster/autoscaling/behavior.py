"""How fast an autoscaler may move: its `behavior`, or the defaults of autoscaling/v2 where it has none.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
"""

import math
from collections.abc import Callable, Sequence

import msgspec

from console.simulation.cluster.resources import Object

_DOWN_WINDOW = 300.0
_UP_POLICIES = (("Pods", 4, 15.0), ("Percent", 100, 15.0))
_DOWN_POLICIES = (("Percent", 100, 15.0),)


class Policy(msgspec.Struct, frozen=True):
    """By how much replicas may change in a period (seconds): a number of `Pods`, or `Percent` of them."""

    kind: str
    value: int
    period: float


class Rules(msgspec.Struct, frozen=True):
    """Rules for one direction: policies of which `select` is Max, Min or Disabled, and a window of seconds.

    In the window the most cautious recommendation counts.
    """

    select: str
    window: float
    policies: tuple[Policy, ...]


class Behavior(msgspec.Struct, frozen=True):
    """The rules for both directions."""

    up: Rules
    down: Rules


class Change(msgspec.Struct, frozen=True):
    """An instant (UTC seconds) and a number of replicas: one that was recommended, or by how many they changed."""

    at: float
    replicas: int


class Verdict(msgspec.Struct, frozen=True):
    """The replicas that are set, and why they are not those that metrics proposed: a reason and a message each.

    `held` tells of the window, `limited` of bounds and policies; None where they changed nothing.
    """

    replicas: int
    held: tuple[str, str] | None
    limited: tuple[str, str] | None


class Past(msgspec.Struct):
    """What one autoscaler remembers: what was recommended, and by how many replicas it scaled, up or down."""

    recommended: list[Change]
    scaled: list[Change] = []


def behavior_of(spec: Object) -> Behavior:
    """Return the rules of an autoscaler's spec, defaults filled in."""
    written = spec.get("behavior") or {}
    return Behavior(
        up=_rules(written.get("scaleUp") or {}, 0.0, _UP_POLICIES),
        down=_rules(written.get("scaleDown") or {}, _DOWN_WINDOW, _DOWN_POLICIES),
    )


def _rules(written: Object, window: float, policies: Sequence[tuple[str, int, float]]) -> Rules:
    own = [(each["type"], each["value"], float(each["periodSeconds"])) for each in written.get("policies") or ()]
    held = written.get("stabilizationWindowSeconds")
    return Rules(
        select=written.get("selectPolicy") or "Max",
        window=window if held is None else float(held),
        policies=tuple(Policy(*each) for each in own or policies),
    )


def decide(behavior: Behavior, past: Past, current: int, proposed: int, bounds: tuple[int, int], now: float) -> Verdict:
    """Return what becomes of a proposal at an instant (UTC seconds), and remember it."""
    stable = _stabilised(behavior, past, current, proposed, now)
    longest = max(behavior.up.window, behavior.down.window)
    past.recommended = [each for each in past.recommended if each.at > now - longest] + [Change(now, proposed)]
    replicas, limited = _limited(behavior, past, current, stable, bounds, now)
    held = None
    if stable != proposed and proposed >= current:
        why = "recent recommendations were lower than current one, applying the lowest recent recommendation"
        held = "ScaleUpStabilized", why
    elif stable != proposed:
        why = "recent recommendations were higher than current one, applying the highest recent recommendation"
        held = "ScaleDownStabilized", why
    return Verdict(replicas, held, limited)


def remember(behavior: Behavior, past: Past, change: int, now: float) -> None:
    """Remember that an autoscaler just changed the replicas by so many."""
    longest = max(policy.period for rules in (behavior.up, behavior.down) for policy in rules.policies)
    past.scaled = [each for each in past.scaled if each.at > now - longest] + [Change(now, change)]


def _stabilised(behavior: Behavior, past: Past, current: int, proposed: int, now: float) -> int:
    lowest = min([proposed, *_since(past.recommended, now - behavior.up.window)])
    highest = max([proposed, *_since(past.recommended, now - behavior.down.window)])
    return min(max(current, lowest), highest)


def _limited(
    behavior: Behavior, past: Past, current: int, wanted: int, bounds: tuple[int, int], now: float
) -> tuple[int, tuple[str, str] | None]:
    least, most = bounds
    if wanted > current:
        fastest = max(current, _most_after(behavior.up, past, current, now))
        allowed = min(most, fastest)
        if wanted > allowed:
            rate = "the desired replica count is increasing faster than the maximum scale rate"
            many = "the desired replica count is more than the maximum replica count"
            return allowed, ("ScaleUpLimit", rate) if most > fastest else ("TooManyReplicas", many)
    elif wanted < current:
        fastest = min(current, _least_after(behavior.down, past, current, now))
        allowed = max(least, fastest)
        if wanted < allowed:
            rate = "the desired replica count is decreasing faster than the maximum scale rate"
            few = "the desired replica count is less than the minimum replica count"
            return allowed, ("ScaleDownLimit", rate) if least < fastest else ("TooFewReplicas", few)
    return wanted, None


def _most_after(rules: Rules, past: Past, current: int, now: float) -> int:
    def proposal(policy: Policy) -> int:
        began = current - sum(max(0, change) for change in _since(past.scaled, now - policy.period))
        if policy.kind == "Pods":
            return began + policy.value
        return math.ceil(began * (100 + policy.value) / 100)

    return _chosen(rules, current, proposal, {"Max": max, "Min": min})


def _least_after(rules: Rules, past: Past, current: int, now: float) -> int:
    def proposal(policy: Policy) -> int:
        began = current + sum(max(0, -change) for change in _since(past.scaled, now - policy.period))
        if policy.kind == "Pods":
            return began - policy.value
        return began * (100 - policy.value) // 100

    return _chosen(rules, current, proposal, {"Max": min, "Min": max})


def _chosen(
    rules: Rules, current: int, proposal: Callable[[Policy], int], select: dict[str, Callable[[list[int]], int]]
) -> int:
    if rules.select == "Disabled":
        return current
    return select[rules.select]([proposal(policy) for policy in rules.policies])


def _since(changes: Sequence[Change], instant: float) -> list[int]:
    return [each.replicas for each in changes if each.at > instant]
