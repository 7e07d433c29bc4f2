"""What is wrong with the conditions of a playbook: names, units, durations, and what cannot be known yet."""

from collections.abc import Iterator, Mapping

from console.playbooks.condition import (
    DURATIONS,
    REFERENCE_MARK,
    Comparison,
    Condition,
    Scope,
    checks_read,
    comparisons,
    duration_of,
    keys_to,
    truth,
)
from console.playbooks.document import Playbook
from console.playbooks.graph import reachable_from
from console.playbooks.lint_names import bad_reference, has_unknown_signal, place_of, unknown_name
from console.playbooks.names import BEFORE, variables_of
from console.playbooks.problem import Finding, Place
from console.playbooks.steps import ActionStep, CheckStep, Step, WaitStep, conditions_of, targets_of

LONGEST_WAIT_SECONDS = 7 * 86_400.0
_IN_WORDS = {"s": "seconds", "ratio": "a ratio", "1/s": "a rate per second", "1": "a count"}
_NOTHING_KNOWN = Scope(0.0, {})
_TRUE_ON_NOTHING = "this is true even when nothing is known: add a comparison beside 'is: unknown'"


def about_conditions(playbook: Playbook) -> Iterator[Finding]:
    """Yield what is wrong with the conditions and durations, each by itself."""
    if has_unknown_signal(playbook):
        return
    variables = variables_of(playbook)
    checks = [step.id for step in playbook.steps if isinstance(step, CheckStep)]
    for place, condition, is_watched in _conditions(playbook):
        for name in checks_read(condition):
            yield from unknown_name(place, "check step", name, checks)
        for where, comparison in comparisons(condition):
            below = (*place, *keys_to(condition, where))
            yield from _about_comparison(below, comparison, variables, is_watched=is_watched)
    for index, step in enumerate(playbook.steps):
        yield from _about_durations(("steps", index), step)
    yield from _about_unknown(playbook)


def _about_unknown(playbook: Playbook) -> Iterator[Finding]:
    """Yield a finding for every condition that lets pass, or counts as recovered, while nothing at all is known."""
    for index, guard in enumerate(playbook.guards):
        if truth(guard.require, _NOTHING_KNOWN) is True:
            yield Finding(("guards", index, "require"), f"{_TRUE_ON_NOTHING}; unknown never passes a guard")
    for index, step in enumerate(playbook.steps):
        for where, condition in _awaited(step):
            if truth(condition, _NOTHING_KNOWN) is True:
                yield Finding(("steps", index, *where), f"{_TRUE_ON_NOTHING}; unknown never counts as recovered")


def _awaited(step: Step) -> Iterator[tuple[Place, Condition]]:
    if isinstance(step, ActionStep) and step.verify.better is not None:
        yield ("verify", "better"), step.verify.better
    elif isinstance(step, WaitStep):
        yield ("wait", "until"), step.wait.until


def _conditions(playbook: Playbook) -> Iterator[tuple[Place, Condition, bool]]:
    for index, guard in enumerate(playbook.guards):
        yield ("guards", index, "require"), guard.require, False
    for index, step in enumerate(playbook.steps):
        for where, condition, is_watched in conditions_of(step):
            yield ("steps", index, *place_of(where)), condition, is_watched


def _about_comparison(
    place: Place, comparison: Comparison, variables: Mapping[str, str], *, is_watched: bool
) -> Iterator[Finding]:
    yield from unknown_name((*place, "var"), "variable", comparison.var, variables)
    if comparison.ratio_to is not None:
        yield from unknown_name((*place, "ratio_to"), "variable", comparison.ratio_to, variables)
    if isinstance(comparison.value, str):
        yield from bad_reference((*place, "value"), comparison.value, variables)
    yield from _about_units(place, comparison, variables)
    if comparison.for_ is None:
        return
    if not is_watched:
        yield Finding((*place, "for"), "'for' stands only where evidence is watched: in verify and in wait")
    yield from _bad_duration((*place, "for"), comparison.for_)


def _about_units(place: Place, comparison: Comparison, variables: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding when a quantity is compared with one that has another unit."""
    left = variables.get(comparison.var)
    key, other = "ratio_to", comparison.ratio_to
    if other is None and isinstance(comparison.value, str):
        key, other = "value", comparison.value.removeprefix(REFERENCE_MARK)
    right = variables.get(other) if other is not None else None
    if left is not None and right is not None and left != right:
        told = f"{comparison.var} is {_IN_WORDS.get(left, left)}, {other} is {_IN_WORDS.get(right, right)}"
        yield Finding((*place, key), f"{told}: they cannot be compared")


def _about_durations(place: Place, step: Step) -> Iterator[Finding]:
    if isinstance(step, WaitStep):
        yield from _about_timeout((*place, "wait", "timeout"), step.wait.timeout)
        yield from _about_time_left((*place, "wait", "until"), step.wait.until, step.wait.timeout)
    if isinstance(step, ActionStep):
        yield from _about_timeout((*place, "verify", "timeout"), step.verify.timeout)
        yield from _about_settling((*place, "verify", "settle"), step.verify.settle, step.verify.timeout)
        watched = (("better", step.verify.better, step.verify.settle), ("worse", step.verify.worse, "0s"))
        for name, condition, settle in watched:
            if condition is not None:
                yield from _about_time_left((*place, "verify", name), condition, step.verify.timeout, settle)


def _about_timeout(place: Place, text: str) -> Iterator[Finding]:
    yield from _bad_duration(place, text)
    seconds = _seconds(text)
    if seconds == 0:
        yield Finding(place, f"expected a duration that is longer than 0; found '{text}'")
    elif seconds is not None and seconds > LONGEST_WAIT_SECONDS:
        yield Finding(place, f"expected a duration of 1w at most; found '{text}'")


def _about_settling(place: Place, settle: str, timeout: str) -> Iterator[Finding]:
    yield from _bad_duration(place, settle)
    settled, until = _seconds(settle), _seconds(timeout)
    if settled is not None and until is not None and settled >= until > 0:
        yield Finding(place, f"'{settle}' leaves no time to verify within the timeout of {timeout}")


def _about_time_left(place: Place, condition: Condition, timeout: str, settle: str = "0s") -> Iterator[Finding]:
    """Yield a finding where the timeout is over before a comparison can have held so long as it must."""
    until, settled = _seconds(timeout), _seconds(settle)
    for where, comparison in comparisons(condition):
        held = _seconds(comparison.for_) if comparison.for_ is not None else None
        if held is not None and until is not None and settled is not None and held + settled > until > 0:
            told = f"'{comparison.for_}' cannot pass within the timeout of {timeout}"
            told += f" after settling for {settle}" if settled else ""
            yield Finding((*place, *keys_to(condition, where), "for"), told)


def about_order(playbook: Playbook) -> Iterator[Finding]:
    """Yield what a condition looks at and cannot know yet: a later check, `NAME.before` without an action before.

    The targets of the steps must be known ones.
    """
    after = {
        step.id: frozenset[str]().union(*(reachable_from(playbook, target) for _, target in targets_of(step)))
        for step in playbook.steps
    }
    actions = [step.id for step in playbook.steps if isinstance(step, ActionStep)]
    for index, step in enumerate(playbook.steps):
        has_before = step.id in actions or any(step.id in after[action] for action in actions)
        for where, condition, _ in conditions_of(step):
            place: Place = ("steps", index, *place_of(where))
            yield from _not_yet_checked(place, condition, after, [step.id])
            if not has_before:
                yield from _never_before(place, condition, "no action comes before this step")
    for index, guard in enumerate(playbook.guards):
        place = ("guards", index, "require")
        yield from _not_yet_checked(place, guard.require, after, actions)
        yield from _never_before(place, guard.require, "guards are looked at before an action")


def _not_yet_checked(
    place: Place, condition: Condition, after: Mapping[str, frozenset[str]], readers: list[str]
) -> Iterator[Finding]:
    for check in checks_read(condition):
        late = [reader for reader in readers if check in after and reader not in after[check]]
        if late:
            yield Finding(place, f"the check '{check}' cannot have been made before step '{late[0]}'")


def _never_before(place: Place, condition: Condition, why: str) -> Iterator[Finding]:
    for where, comparison in comparisons(condition):
        for name in comparison.variables:
            if name.endswith(f".{BEFORE}"):
                yield Finding((*place, *keys_to(condition, where)), f"{name} is not known yet: {why}")


def _bad_duration(place: Place, text: str) -> Iterator[Finding]:
    if text.startswith(REFERENCE_MARK):
        yield from unknown_name(place, "duration", text[1:], DURATIONS)


def _seconds(text: str) -> float | None:
    """Return the seconds of a duration, None where the configuration says how long it is."""
    return None if text.startswith(REFERENCE_MARK) else duration_of(text, {})
