"""Reading the arguments of an action: what a playbook or a person gave, as typed values or with one clear line."""

from collections.abc import Mapping

from console.actions.provider import ActionRefused
from console.actions.specification import ActionSpecification
from console.domain.label import harmless


def refuse_unknown(specification: ActionSpecification, arguments: Mapping[str, object]) -> None:
    """Refuse arguments that an action does not have.

    Raises:
        ActionRefused: there is one.
    """
    known = [argument.name for argument in specification.arguments]
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        expected = " or ".join(known) or "none"
        raise ActionRefused(f"{specification.name} has no argument {harmless(unknown[0])!r}; expected {expected}")


def whole_number(specification: ActionSpecification, arguments: Mapping[str, object], name: str) -> int:
    """Return an argument that is a whole number from 0.

    Raises:
        ActionRefused: it is none.
    """
    match arguments.get(name):
        case bool() as given:
            raise ActionRefused(f"{specification.name}: {name} is {harmless(repr(given))}; expected a whole number")
        case int(number) if number >= 0:
            return number
        case given:
            raise ActionRefused(
                f"{specification.name}: {name} is {harmless(repr(given))}; expected a whole number from 0"
            )


def text_or_none(specification: ActionSpecification, arguments: Mapping[str, object], name: str) -> str | None:
    """Return an argument that is a text, None where it is not given.

    Raises:
        ActionRefused: it is something else.
    """
    match arguments.get(name):
        case None:
            return None
        case str(text) if text:
            return text
        case given:
            raise ActionRefused(f"{specification.name}: {name} is {harmless(repr(given))}; expected a text")


def bounded_number(specification: ActionSpecification, arguments: Mapping[str, object], name: str) -> int:
    """Return an argument that is a whole number within the bounds that its specification names.

    Raises:
        ActionRefused: it is none.
    """
    given, argument = arguments.get(name), specification.argument(name)
    least, most = (argument.least, argument.most) if argument is not None else (0, None)
    if isinstance(given, int) and not isinstance(given, bool) and given >= least and (most is None or given <= most):
        return given
    bounds = f"from {least}" if most is None else f"from {least} to {most}"
    raise ActionRefused(f"{specification.name}: {name} is {harmless(repr(given))}; expected a whole number {bounds}")


def choice_or_none(specification: ActionSpecification, arguments: Mapping[str, object], name: str) -> str | None:
    """Return an argument that is one of its choices, None where it is not given.

    Raises:
        ActionRefused: it is none of them.
    """
    given, argument = text_or_none(specification, arguments, name), specification.argument(name)
    choices = argument.choices if argument is not None else ()
    if given is not None and given not in choices:
        raise ActionRefused(
            f"{specification.name}: {name} is {harmless(given)!r}; expected one of {', '.join(choices)}"
        )
    return given
