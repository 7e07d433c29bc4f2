"""What is wrong with the steps of a playbook: ids, ways, answers, actions."""

import re
from collections.abc import Iterable, Iterator

from console.actions.registry import KnownActions
from console.actions.specification import Argument
from console.playbooks.choices import KEYS_OF_THE_SCREEN
from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.graph import cycle_of, reachable_from
from console.playbooks.lint_conditions import about_order
from console.playbooks.lint_names import place_of, unknown_name
from console.playbooks.names import PARAMETERS, parameters_of
from console.playbooks.parameter import IntegerParameter
from console.playbooks.problem import Finding, Place
from console.playbooks.steps import END, ActionStep, DecideStep, NotifyStep, targets_of
from console.settings.nearest import did_you_mean

_REPLICAS = "replicas"
_OF_CHANNELS = "notify."


def about_steps(playbook: Playbook, actions: KnownActions) -> Iterator[Finding]:
    """Yield what is wrong with the ids, targets, answers and arguments of the steps, by the actions that are known."""
    first: dict[str, int] = {}
    for index, step in enumerate(playbook.steps):
        place: Place = ("steps", index)
        if step.id == END:
            yield Finding((*place, "id"), f"'{END}' is the end of a run; choose another id")
        if step.id in first:
            yield Finding((*place, "id"), f"the id '{step.id}' is taken by step {first[step.id] + 1}")
        first.setdefault(step.id, index)
        if isinstance(step, DecideStep):
            yield from _about_decision(place, step)
        if isinstance(step, ActionStep):
            yield from _about_action(playbook, place, step, actions)
        if isinstance(step, NotifyStep):
            yield from _about_channels(place, step, actions)
    unknown = [
        finding
        for index, step in enumerate(playbook.steps)
        for where, target in targets_of(step)
        for finding in unknown_name(("steps", index, *place_of(where)), "step", target, {**first, END: 0})
    ]
    yield from unknown
    if not unknown:
        yield from _about_ways(playbook)
        yield from about_order(playbook)


def _about_ways(playbook: Playbook) -> Iterator[Finding]:
    cycle = cycle_of(playbook)
    if cycle:
        index = next(i for i, step in enumerate(playbook.steps) if step.id == cycle[0])
        yield Finding(("steps", index), f"the steps go round in a circle: {' → '.join((*cycle, cycle[0]))}")
    reachable = reachable_from(playbook, playbook.steps[0].id)
    for index, step in enumerate(playbook.steps):
        if step.id not in reachable:
            yield Finding(("steps", index), f"no step leads to '{step.id}'")


def _about_decision(place: Place, step: DecideStep) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, option in enumerate(step.options):
        where = (*place, "options", index, "key")
        if option.key in seen:
            yield Finding(where, f"the key '{option.key}' stands for two options")
        if option.key in KEYS_OF_THE_SCREEN:
            taken = ", ".join(sorted(KEYS_OF_THE_SCREEN))
            yield Finding(where, f"the key '{option.key}' means something else on the screen (as do {taken})")
        seen.add(option.key)
    for index, suggestion in enumerate(step.suggest):
        yield from unknown_name((*place, "suggest", index, "option"), "option key", suggestion.option, seen)


def _about_action(playbook: Playbook, place: Place, step: ActionStep, actions: KnownActions) -> Iterator[Finding]:
    action = actions.by_name.get(step.action)
    if action is None:
        if not actions.may_be(step.action):
            yield from unknown_name((*place, "action"), "action", step.action, _alike(step.action, actions.by_name))
        else:
            told = f"{step.action} is not checked: a configuration declares it, and none was looked at (--config)"
            yield Finding((*place, "action"), told, is_warning=True)
        return
    if step.tier is not None and step.tier < action.tier:
        told = f"tier {step.tier} raises nothing: {step.action} is of tier {action.tier.value} at least"
        yield Finding((*place, "tier"), told, is_warning=True)
    for name, given in step.with_.items():
        where = (*place, "with", name)
        argument = action.argument(name)
        if argument is None and action.has_configured_arguments:
            told = f"'{name}' of {step.action} is not checked: no configuration that declares it was looked at"
            yield Finding(where, told, is_warning=True)
        elif argument is None:
            yield from unknown_name(where, "argument", name, [each.name for each in action.arguments])
        elif argument.kind == "integer":
            yield from _about_number(playbook, where, given, argument)
        else:
            yield from _about_text(playbook, where, given, argument)
    if step.verify.better is None and (action.proof == "metrics" or step.verify.rollout is None):
        shows = "" if action.proof == "metrics" else " or 'rollout: ready'"
        yield Finding((*place, "verify"), f"expected 'better'{shows}: nothing else says whether {step.action} worked")
    for argument in action.arguments:
        if argument.required and argument.name not in step.with_:
            yield Finding((*place, "action"), f"{step.action} needs '{argument.name}' in 'with'")


def _about_channels(place: Place, step: NotifyStep, actions: KnownActions) -> Iterator[Finding]:
    """Yield a warning about each channel that the configuration does not have, though it has others."""
    names = [known.removeprefix(_OF_CHANNELS) for known in actions.by_name if known.startswith(_OF_CHANNELS)]
    channels = [name for name in names if "." not in name]
    for index, channel in enumerate(step.notify.to):
        if channels and channel not in channels:
            told = f"'{channel}' is no channel of the configuration, {did_you_mean(channel, channels)}"
            yield Finding((*place, "notify", "to", index), told, is_warning=True)


def _about_text(playbook: Playbook, place: Place, given: int | str, argument: Argument) -> Iterator[Finding]:
    """Yield what keeps a text from being one that the action takes."""
    if not isinstance(given, str):
        yield Finding(place, f"expected a text; found {given}")
    elif given.startswith(REFERENCE_MARK):
        yield from unknown_name(place, "parameter", given.removeprefix(REFERENCE_MARK), parameters_of(playbook))
    elif argument.choices:
        yield from unknown_name(place, argument.name, given, argument.choices)
    elif argument.pattern is not None and re.fullmatch(argument.pattern, given) is None:
        yield Finding(place, f"expected a text that matches {argument.pattern}; found '{given}'")


def _about_number(playbook: Playbook, place: Place, given: int | str, argument: Argument) -> Iterator[Finding]:
    """Yield what keeps a whole number from being one that the action and the limits of the playbook allow."""
    least, at = argument.least, place
    value: object = given
    if isinstance(given, str) and given.startswith(REFERENCE_MARK):
        name = given.removeprefix(REFERENCE_MARK)
        parameter = playbook.params.get(name.removeprefix(PARAMETERS)) if name.startswith(PARAMETERS) else None
        if parameter is None:
            yield from unknown_name(place, "parameter", name, parameters_of(playbook))
            return
        if not isinstance(parameter, IntegerParameter):
            yield Finding(place, f"expected a parameter of type integer; {name} is a text")
            return
        if parameter.min < least:
            text = f"expected at least {least}, the least that the action takes"
            yield Finding(("params", name.removeprefix(PARAMETERS), "min"), text)
        if argument.most is not None and parameter.max > argument.most:
            text = f"expected at most {argument.most}, the most that the action takes"
            yield Finding(("params", name.removeprefix(PARAMETERS), "max"), text)
        if not isinstance(parameter.default, int):
            return
        value, at = parameter.default, ("params", name.removeprefix(PARAMETERS), "default")
    if not isinstance(value, int):
        yield Finding(at, f"expected a whole number, or a parameter such as $params.replicas; found '{value}'")
    elif value < least:
        yield Finding(at, f"expected a whole number from {least}; found {value}")
    elif argument.most is not None and value > argument.most:
        yield Finding(at, f"expected a whole number up to {argument.most}; found {value}")
    elif argument.name == _REPLICAS and value > playbook.limits.max_replicas:
        most = playbook.limits.max_replicas
        yield Finding(at, f"{value} is over limits.max_replicas of this playbook, which is {most}")


def _alike(action: str, names: Iterable[str]) -> list[str]:
    """Return the actions of the provider that is named, all where there is no such provider."""
    known = list(names)
    provider = action.partition(".")[0] + "."
    return [name for name in known if name.startswith(provider)] or known
