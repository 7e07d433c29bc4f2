"""What a person typed for the arguments of an action, as the action takes it."""

from collections.abc import Mapping

from console.actions.provider import ActionRefused
from console.actions.specification import ActionSpecification, Argument
from console.domain.label import harmless
from console.domain.typed_value import Takes
from console.settings.nearest import did_you_mean

LONGEST_ARGUMENT = 1000
"""Characters of a text, at most."""


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
    wrong = takes_of(argument).why_not(text)
    if wrong is not None:
        raise ActionRefused(f"{argument.name}: {wrong}")
    return int(text) if argument.kind == "integer" else text


def expected_of(argument: Argument) -> str:
    """Return what an argument takes, in words."""
    return takes_of(argument).expected


def takes_of(argument: Argument) -> Takes:
    """Return what an argument takes."""
    if argument.kind == "integer":
        return Takes(is_whole=True, least=argument.least, most=argument.most)
    return Takes(choices=argument.choices, pattern=argument.pattern, longest=LONGEST_ARGUMENT)
