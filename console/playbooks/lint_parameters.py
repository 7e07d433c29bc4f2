"""What is wrong with the parameters of a playbook: bounds, defaults, words to choose from."""

from collections.abc import Iterator, Mapping

from console.playbooks.document import Playbook
from console.playbooks.lint_names import bad_reference, has_unknown_signal, unknown_name
from console.playbooks.names import variables_of
from console.playbooks.parameter import ChoiceParameter, IntegerParameter, TextParameter
from console.playbooks.problem import Finding, Place


def about_parameters(playbook: Playbook) -> Iterator[Finding]:
    """Yield what is wrong with each parameter by itself."""
    variables = variables_of(playbook) if not has_unknown_signal(playbook) else {}
    for name, parameter in playbook.params.items():
        place = ("params", name)
        match parameter:
            case IntegerParameter():
                yield from _about_integer(place, parameter, variables)
            case TextParameter():
                yield from _about_text(place, parameter)
            case ChoiceParameter():
                yield from _about_choice(place, parameter)


def _about_integer(place: Place, parameter: IntegerParameter, variables: Mapping[str, str]) -> Iterator[Finding]:
    if parameter.min > parameter.max:
        yield Finding((*place, "min"), f"min {parameter.min} is over max {parameter.max}")
    elif isinstance(parameter.default, str):
        yield from bad_reference((*place, "default"), parameter.default, variables)
    elif parameter.default is not None and not parameter.min <= parameter.default <= parameter.max:
        text = f"{parameter.default} is not within {parameter.min} and {parameter.max}"
        yield Finding((*place, "default"), text)


def _about_text(place: Place, parameter: TextParameter) -> Iterator[Finding]:
    if parameter.default is None:
        return
    if parameter.propose is not None:
        yield Finding((*place, "propose"), "nobody is asked for a parameter that has a default", is_key=True)
    if parameter.default.startswith("$"):
        yield Finding((*place, "default"), "expected a text; evidence stands for numbers only")
    if len(parameter.default) > parameter.max_length:
        text = f"the default has {len(parameter.default)} characters, max_length is {parameter.max_length}"
        yield Finding((*place, "default"), text)


def _about_choice(place: Place, parameter: ChoiceParameter) -> Iterator[Finding]:
    for index, option in enumerate(parameter.options):
        if option in parameter.options[:index]:
            yield Finding((*place, "options", index), f"'{option}' stands a second time")
    if parameter.default is not None:
        yield from unknown_name((*place, "default"), "option", parameter.default, parameter.options)
