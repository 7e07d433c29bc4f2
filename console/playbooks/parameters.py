"""Parameters of a playbook: their values, computed from the evidence and never bent into their bounds."""

from collections.abc import Mapping

import msgspec

from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.names import PARAMETERS
from console.playbooks.steps import ActionStep


class ParameterValue(msgspec.Struct, frozen=True):
    """A whole number, or None and the reason for which there is none."""

    value: int | None
    reason: str = ""


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of an action, or the reason for which one of them is missing."""

    values: dict[str, int | str]
    missing: str | None = None


def parameter_value(playbook: Playbook, name: str, values: Mapping[str, float | None]) -> ParameterValue:
    """Return the value of the parameter that texts and `with` call `params.NAME`."""
    parameter = playbook.params[name.removeprefix(PARAMETERS)]
    default: float | None = None
    if isinstance(parameter.default, int):
        default = parameter.default
    else:
        default = values.get(parameter.default.removeprefix(REFERENCE_MARK))
    if default is None or default != int(default):
        return ParameterValue(None, f"{parameter.title}: unknown")
    if not parameter.min <= default <= parameter.max:
        return ParameterValue(None, f"{parameter.title}: {default:.0f} is not within {parameter.min}–{parameter.max}")
    return ParameterValue(int(default))


def default_of(playbook: Playbook, given: int | str) -> str | None:
    """Return the name of the evidence that an argument is computed from, None where it is a number."""
    if isinstance(given, int):
        return None
    parameter = playbook.params[given.removeprefix(REFERENCE_MARK).removeprefix(PARAMETERS)]
    return parameter.default.removeprefix(REFERENCE_MARK) if isinstance(parameter.default, str) else None


def arguments_of(playbook: Playbook, step: ActionStep, values: Mapping[str, float | None]) -> Arguments:
    """Return the arguments of an action as its `with` asks for them."""
    found: dict[str, int | str] = {}
    for name, given in step.with_.items():
        if isinstance(given, str) and given.startswith(REFERENCE_MARK):
            parameter = parameter_value(playbook, given.removeprefix(REFERENCE_MARK), values)
            if parameter.value is None:
                return Arguments({}, parameter.reason)
            found[name] = parameter.value
        else:
            found[name] = given
    return Arguments(found)
