"""Parameters of a playbook: what a person gave, else computed from the evidence, and never bent into their bounds."""

import re
from collections.abc import Mapping
from typing import assert_never

import msgspec

from console.domain.label import harmless
from console.domain.typed_value import Takes
from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.names import PARAMETERS, placeholders
from console.playbooks.parameter import ChoiceParameter, IntegerParameter, Parameter, TextParameter
from console.playbooks.steps import ActionStep, Step, texts_of

NOT_GIVEN = "not given"
Given = Mapping[str, int | str]
"""What people gave, by the name of the parameter."""
_NOTHING: Given = {}
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


class ParameterValue(msgspec.Struct, frozen=True):
    """A number or a text, or None and the reason for which there is none."""

    value: int | str | None
    reason: str = ""


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of an action, or the reason for which one of them is missing."""

    values: dict[str, int | str]
    missing: str | None = None


def parameter_value(
    playbook: Playbook, name: str, values: Mapping[str, float | None], given: Given = _NOTHING
) -> ParameterValue:
    """Return the value of the parameter that texts and `with` call `params.NAME`."""
    name = name.removeprefix(PARAMETERS)
    parameter = playbook.params[name]
    if name in given:
        return ParameterValue(given[name])
    if isinstance(parameter, IntegerParameter):
        return _computed(parameter, values)
    if parameter.default is None and isinstance(parameter, TextParameter) and parameter.optional:
        return ParameterValue("")
    return ParameterValue(parameter.default, "" if parameter.default is not None else _missing(parameter))


def as_given(playbook: Playbook, name: str, text: str) -> int | str:
    """Return what a person typed for a parameter, as a whole number where it takes one and the text is one."""
    is_number = isinstance(playbook.params.get(name), IntegerParameter) and _WHOLE.fullmatch(text.strip()) is not None
    return int(text) if is_number else text.strip()


def takes_of(parameter: Parameter) -> Takes:
    """Return what a parameter takes."""
    match parameter:
        case IntegerParameter():
            return Takes(is_whole=True, least=parameter.min, most=parameter.max)
        case TextParameter():
            return Takes(longest=parameter.max_length)
        case ChoiceParameter():
            return Takes(choices=parameter.options)
        case _:
            assert_never(parameter)


def why_not_taken(parameter: Parameter, value: int | str) -> str | None:
    """Return why a parameter does not take what a person gave, in one line, None where it takes it."""
    takes = takes_of(parameter)
    if isinstance(value, bool) or isinstance(value, int) is not takes.is_whole:
        found = f"the text '{value}'" if isinstance(value, str) else value
        return harmless(f"{parameter.title}: expected {takes.expected}; found {found}", longest=400)
    text = str(value).strip()
    if not text and isinstance(parameter, TextParameter):
        return None if parameter.optional else f"{parameter.title}: expected a text, found none"
    refused = takes.why_not(text)
    return None if refused is None else f"{parameter.title}: {refused}"


def wanted_of(
    playbook: Playbook, step: Step, values: Mapping[str, float | None], given: Given = _NOTHING
) -> tuple[str, ...]:
    """Return the names of the parameters that a step needs, in their order, and that a person has to give."""
    used = parameters_used(step)
    return tuple(
        name
        for name in playbook.params
        if PARAMETERS + name in used and parameter_value(playbook, name, values, given).value is None
    )


def parameters_used(step: Step) -> frozenset[str]:
    """Return the names by which the texts of a step and its `with` refer to anything, parameters among them."""
    used = {name for _, text in texts_of(step) for name in placeholders(text)}
    if isinstance(step, ActionStep):
        used |= {given.removeprefix(REFERENCE_MARK) for given in step.with_.values() if isinstance(given, str)}
    return frozenset(used)


def default_of(playbook: Playbook, given: int | str) -> str | None:
    """Return the name of the evidence that an argument is computed from, None where it stands there as it is."""
    if isinstance(given, int) or not given.startswith(REFERENCE_MARK):
        return None
    parameter = playbook.params[given.removeprefix(REFERENCE_MARK).removeprefix(PARAMETERS)]
    is_reference = isinstance(parameter, IntegerParameter) and isinstance(parameter.default, str)
    return str(parameter.default).removeprefix(REFERENCE_MARK) if is_reference else None


def arguments_of(
    playbook: Playbook, step: ActionStep, values: Mapping[str, float | None], given: Given = _NOTHING
) -> Arguments:
    """Return the arguments of an action as its `with` asks for them."""
    found: dict[str, int | str] = {}
    for name, argument in step.with_.items():
        if isinstance(argument, str) and argument.startswith(REFERENCE_MARK):
            parameter = parameter_value(playbook, argument.removeprefix(REFERENCE_MARK), values, given)
            if parameter.value is None:
                return Arguments({}, parameter.reason)
            found[name] = parameter.value
        else:
            found[name] = argument
    return Arguments(found)


def _computed(parameter: IntegerParameter, values: Mapping[str, float | None]) -> ParameterValue:
    default: float | None = None
    if isinstance(parameter.default, str):
        default = values.get(parameter.default.removeprefix(REFERENCE_MARK))
    elif parameter.default is not None:
        default = parameter.default
    if default is None or default != int(default):
        return ParameterValue(None, _missing(parameter))
    if not parameter.min <= default <= parameter.max:
        return ParameterValue(None, _out_of_bounds(parameter, default))
    return ParameterValue(int(default))


def _missing(parameter: Parameter) -> str:
    return f"{parameter.title}: {NOT_GIVEN if parameter.default is None else 'unknown'}"


def _out_of_bounds(parameter: IntegerParameter, value: float) -> str:
    return f"{parameter.title}: {value:.0f} is not within {parameter.min}–{parameter.max}"
