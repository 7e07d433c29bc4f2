"""What a person typed for the arguments of an action, as the action takes it."""

import re
from collections.abc import Mapping

from console.actions.provider import ActionRefused
from console.actions.specification import ActionSpecification, Argument
from console.domain.label import harmless
from console.settings.nearest import did_you_mean

LONGEST_ARGUMENT = 1000
"""Characters of a text, at most."""
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


def arguments_given(specification: ActionSpecification, typed: Mapping[str, str]) -> dict[str, int | str]:
    """Return the arguments of an action; those that were left empty and are not needed are left out.

    Raises:
        ActionRefused: one is unknown, missing, or not what the action takes; the message says what is expected.
    """
    known = {argument.name for argument in specification.arguments}
    for name in typed:
        if name not in known:
            nearest = did_you_mean(name, known) if known else "it takes none"
            raise ActionRefused(f"{specification.name} has no argument '{harmless(name)}', {nearest}")
    given: dict[str, int | str] = {}
    for argument in specification.arguments:
        text = typed.get(argument.name, "").strip()
        if text:
            given[argument.name] = argument_value(argument, text)
        elif argument.required:
            raise ActionRefused(f"{argument.name} is missing: {argument.meaning}, {expected_of(argument)}")
    return given


def argument_value(argument: Argument, text: str) -> int | str:
    """Return one argument.

    Raises:
        ActionRefused: the text is not what the argument takes.
    """
    wrong = ActionRefused(f"{argument.name}: expected {expected_of(argument)}; found '{harmless(text)}'")
    if argument.kind == "integer":
        if _WHOLE.fullmatch(text) is None:
            raise wrong
        number = int(text)
        if number < argument.least or (argument.most is not None and number > argument.most):
            raise wrong
        return number
    if (argument.choices and text not in argument.choices) or len(text) > LONGEST_ARGUMENT:
        raise wrong
    return text


def expected_of(argument: Argument) -> str:
    """Return what an argument takes, in words."""
    if argument.kind == "integer":
        to = "" if argument.most is None else f" to {argument.most}"
        return f"a whole number from {argument.least}{to}"
    if argument.choices:
        return f"one of {', '.join(argument.choices)}"
    return f"a text of at most {LONGEST_ARGUMENT} characters"
