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
