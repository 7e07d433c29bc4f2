"""The file of `--answers`: a YAML mapping from steps to the keys that answer them, and from parameters to values."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from console.domain.label import harmless
from console.playbooks.choices import DONE_KEY, SKIP_KEY, TIMEOUT_KEY, VERIFIED_KEY, WORSE_KEY
from console.playbooks.document import Playbook
from console.playbooks.names import PARAMETERS
from console.playbooks.parameters import as_given, why_not_taken
from console.playbooks.problem import Problem
from console.playbooks.steps import ActionStep, CheckStep, DecideStep, ManualStep, NotifyStep, Step, WaitStep
from console.settings.bad_document import BadYaml
from console.settings.nearest import did_you_mean
from console.settings.yaml_source import YamlNode, read_yaml


class BadAnswers(Exception):
    """Answers that the playbook does not take; `problems` are one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


def read_answers(path: Path, playbook: Playbook, *, rehearsal: bool) -> dict[str, str]:
    """Return the answers of a file: the key by which each step is answered, and `params.NAME` with its value as text.

    Raises:
        BadAnswers: it cannot be read, or answers what the playbook does not ask.
    """
    name = harmless(str(path))
    try:
        node = read_yaml(path, name)
    except BadYaml as error:
        raise BadAnswers((str(error),)) from None
    except OSError as error:
        raise BadAnswers((f"{name}: cannot be read: {error.strerror or error}",)) from None
    if not isinstance(node.value, dict):
        raise BadAnswers((f"{name}:{node.line}:{node.column}: expected a mapping from steps to keys",))
    problems = tuple(_problems(node.value, node, name, playbook, rehearsal=rehearsal))
    if problems:
        raise BadAnswers(problems)
    return {step: str(given.value) for step, given in node.value.items()}


def _problems(
    answers: Mapping[str, YamlNode], node: YamlNode, name: str, playbook: Playbook, *, rehearsal: bool
) -> Iterator[str]:
    steps = {step.id: step for step in playbook.steps}
    parameters = {PARAMETERS + name: name for name in playbook.params}
    for step_id, given in answers.items():
        if step_id in parameters:
            refused = _why_no_value(playbook, parameters[step_id], given)
            if refused is not None:
                yield str(Problem(name, given.line, given.column, f"{step_id}: {refused}"))
            continue
        if step_id not in steps:
            line, column = node.key_positions[step_id]
            text = f"{playbook.id} has no step '{harmless(step_id)}', {did_you_mean(step_id, [*steps, *parameters])}"
            yield str(Problem(name, line, column, text))
            continue
        keys = _keys_of(steps[step_id], rehearsal=rehearsal)
        key = str(given.value) if isinstance(given.value, str | int) and not isinstance(given.value, bool) else ""
        if not keys:
            yield str(Problem(name, given.line, given.column, f"step {step_id} asks nobody"))
        elif key not in keys:
            text = f"step {step_id} takes no key '{harmless(key)}', {did_you_mean(key, keys)}"
            yield str(Problem(name, given.line, given.column, text))


def _why_no_value(playbook: Playbook, parameter: str, given: YamlNode) -> str | None:
    if not isinstance(given.value, str | int | float) or isinstance(given.value, bool):
        return "expected a text or a number"
    return why_not_taken(playbook.params[parameter], as_given(playbook, parameter, str(given.value)))


def _keys_of(step: Step, *, rehearsal: bool) -> tuple[str, ...]:
    match step:
        case CheckStep():
            return ()
        case DecideStep():
            return tuple(option.key for option in step.options)
        case ManualStep():
            return (DONE_KEY,)
        case NotifyStep():
            return DONE_KEY, SKIP_KEY
        case WaitStep():
            return (VERIFIED_KEY, SKIP_KEY) if rehearsal else (SKIP_KEY,)
        case ActionStep():
            return (VERIFIED_KEY, WORSE_KEY, TIMEOUT_KEY, SKIP_KEY) if rehearsal else (SKIP_KEY,)
