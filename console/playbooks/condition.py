"""Conditions of playbooks: structured, three-valued comparisons of named values.

A truth is True, False or None; None is unknown: no data, a stale value, a duration that has not passed yet.
Connectives are Kleene's: `all` of true and unknown is unknown, `any` of true and unknown is true.
"""

import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

import msgspec

from console.domain.moments import in_words, parse_duration
from console.playbooks.head import Duration

Truth = bool | None
Values = Mapping[str, float | None]
"""Values by variable name; a name that is missing is unknown."""

REFERENCE_MARK = "$"
DURATIONS = ("confirm", "recover")
"""Durations of the configured judgement that a playbook refers to as `$confirm` and `$recover`."""

_OPERATORS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_IN_WORDS = {"<": "under", "<=": "at most", ">": "over", ">=": "at least", "==": "equal to", "!=": "other than"}


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="var", tag_field="form"):
    """Compare the variable `var` with `value`, a number or a reference such as `$latency.objective`.

    With `ratio_to` the value is a factor of that variable. With `for` (a duration such as `2m`, or `$confirm` or
    `$recover` of the configured judgement) it must hold so long; only what is watched over time can say that.
    """

    var: str
    op: Literal["<", "<=", ">", ">=", "==", "!="]
    value: float | str
    ratio_to: str | None = None
    for_: Duration | None = msgspec.field(name="for", default=None)

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables that are looked at."""
        referred = (self.value[1:],) if isinstance(self.value, str) else ()
        return (self.var, *referred, *((self.ratio_to,) if self.ratio_to else ()))


class StepIs(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="step", tag_field="form"):
    """The result of an earlier check: `is` is true, false or `unknown`; a check that was not made is unknown."""

    step: str
    is_: bool | Literal["unknown"] = msgspec.field(name="is")


class AllOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="all", tag_field="form"):
    """Every condition holds."""

    all: Annotated["tuple[Condition, ...]", msgspec.Meta(min_length=1)]


class AnyOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="any", tag_field="form"):
    """At least one condition holds."""

    any: Annotated["tuple[Condition, ...]", msgspec.Meta(min_length=1)]


class NotSo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="not", tag_field="form"):
    """The condition does not hold; the opposite of unknown is unknown."""

    not_: "Condition" = msgspec.field(name="not")


Condition = Comparison | StepIs | AllOf | AnyOf | NotSo


class Scope(msgspec.Struct, frozen=True):
    """What a condition looks at: values at an instant (UTC seconds), results of checks, durations by name (seconds).

    `held` says since when each comparison that has a `for` has been true, keyed by its place in the condition.
    """

    at: float
    values: dict[str, float | None]
    checks: dict[str, Truth] = {}
    held: dict[str, float] = {}
    durations: dict[str, float] = {}

    def value(self, name: str) -> float | None:
        """Return the value of a variable, None when it is unknown or no finite number."""
        found = self.values.get(name)
        return found if found is not None and math.isfinite(found) else None


def duration_of(text: str, durations: Mapping[str, float]) -> float:
    """Return the seconds of a duration or of a reference to a configured one.

    Raises:
        BadMoment: the text is no duration.
        KeyError: the reference names no configured duration.
    """
    return durations[text[1:]] if text.startswith(REFERENCE_MARK) else parse_duration(text)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's conjunction: False if any is false, else unknown if any is unknown."""
    found = set(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return Kleene's disjunction: True if any is true, else unknown if any is unknown."""
    found = set(truths)
    return True if True in found else None if None in found else False


def truth(condition: Condition, scope: Scope, place: str = "") -> Truth:
    """Return whether a condition holds; a comparison whose `for` has not passed yet is unknown."""
    match condition:
        case Comparison():
            return _held_truth(condition, scope, place)
        case StepIs():
            result = scope.checks.get(condition.step)
            return result is None if condition.is_ == "unknown" else None if result is None else result is condition.is_
        case AllOf():
            return all_of(truth(part, scope, below) for part, below in _parts(condition.all, place))
        case AnyOf():
            return any_of(truth(part, scope, below) for part, below in _parts(condition.any, place))
        case NotSo():
            inner = truth(condition.not_, scope, f"{place}.not")
            return None if inner is None else not inner


def hold(condition: Condition, scope: Scope, place: str = "") -> dict[str, float]:
    """Return since when each comparison that has a `for` is true now: the `held` of the next scope.

    What is false or unknown now begins anew when it is next true.
    """
    return {
        where: scope.held.get(where, scope.at)
        for where, comparison in comparisons(condition, place)
        if comparison.for_ is not None and _instant_truth(comparison, scope) is True
    }


def comparisons(condition: Condition, place: str = "") -> Iterator[tuple[str, Comparison]]:
    """Yield every comparison of a condition with its place in it."""
    match condition:
        case Comparison():
            yield place, condition
        case AllOf():
            for part, below in _parts(condition.all, place):
                yield from comparisons(part, below)
        case AnyOf():
            for part, below in _parts(condition.any, place):
                yield from comparisons(part, below)
        case NotSo():
            yield from comparisons(condition.not_, f"{place}.not")
        case StepIs():
            return


def deciding_comparisons(condition: Condition, scope: Scope, place: str = "") -> Iterator[tuple[str, Comparison]]:
    """Yield the comparisons that a condition still depends on, now that the results of earlier checks are known."""
    parts: tuple[tuple[Condition, str], ...] = ()
    is_decided = False
    match condition:
        case AllOf():
            parts = tuple(_parts(condition.all, place))
            is_decided = any(truth(part, scope, below) is not True for part, below in parts if _is_settled(part))
        case AnyOf():
            parts = tuple(_parts(condition.any, place))
            is_decided = any(truth(part, scope, below) is True for part, below in parts if _is_settled(part))
        case NotSo():
            parts = ((condition.not_, f"{place}.not"),)
        case Comparison():
            yield place, condition
        case StepIs():
            pass
    if not is_decided:
        for part, below in parts:
            yield from deciding_comparisons(part, scope, below)


def _is_settled(condition: Condition) -> bool:
    """Return whether a condition asks for nothing but the results of earlier checks."""
    return next(comparisons(condition), None) is None


def keys_to(condition: Condition, place: str) -> tuple[str | int, ...]:
    """Return the keys that lead to the comparison at a place of a condition, as its file spells them."""
    keys: list[str | int] = []
    for part in place.split(".")[1:]:
        match condition:
            case AllOf():
                keys += ["all", int(part)]
                condition = condition.all[int(part)]
            case AnyOf():
                keys += ["any", int(part)]
                condition = condition.any[int(part)]
            case NotSo():
                keys.append("not")
                condition = condition.not_
            case Comparison() | StepIs():
                break
    return tuple(keys)


def checks_read(condition: Condition) -> Iterator[str]:
    """Yield the ids of the checks whose results a condition reads."""
    match condition:
        case StepIs():
            yield condition.step
        case AllOf() | AnyOf():
            for part in condition.all if isinstance(condition, AllOf) else condition.any:
                yield from checks_read(part)
        case NotSo():
            yield from checks_read(condition.not_)
        case Comparison():
            return


def comparison_in_words(comparison: Comparison, right: str, durations: Mapping[str, float]) -> str:
    """Return what a comparison asks for: `under 0.50 s for 2 min`; `right` is its right side as a person reads it."""
    held = "" if comparison.for_ is None else f" for {in_words(duration_of(comparison.for_, durations))}"
    return f"{_IN_WORDS[comparison.op]} {right}{held}"


def _parts(conditions: tuple[Condition, ...], place: str) -> Iterator[tuple[Condition, str]]:
    for index, part in enumerate(conditions):
        yield part, f"{place}.{index}"


def _held_truth(comparison: Comparison, scope: Scope, place: str) -> Truth:
    now = _instant_truth(comparison, scope)
    if comparison.for_ is None or now is not True:
        return now
    since = scope.held.get(place)
    if since is None or scope.at - since < duration_of(comparison.for_, scope.durations):
        return None
    return True


def _instant_truth(comparison: Comparison, scope: Scope) -> Truth:
    left = scope.value(comparison.var)
    right = right_side(comparison, scope)
    if left is None or right is None:
        return None
    if comparison.ratio_to is not None and left == 0 and right == 0:
        return None  # 0/0: the ratio of nothing to nothing says nothing
    return bool(_OPERATORS[comparison.op](left, right))


def right_side(comparison: Comparison, scope: Scope) -> float | None:
    """Return the number that the variable is compared with, None when it is unknown or the ratio's base is negative."""
    value = scope.value(comparison.value[1:]) if isinstance(comparison.value, str) else comparison.value
    if comparison.ratio_to is None or value is None:
        return value
    base = scope.value(comparison.ratio_to)
    return value * base if base is not None and base >= 0 else None
