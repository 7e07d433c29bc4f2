"""From a file to a playbook, or to one line per problem."""

import re
from datetime import date
from pathlib import Path

import msgspec

from console.actions.registry import KnownActions
from console.domain.label import harmless
from console.playbooks.cases.document import PlaybookTest
from console.playbooks.document import Playbook
from console.playbooks.files import TEST_SUFFIXES
from console.playbooks.lint import advice, lint, stale_review
from console.playbooks.lint_secrets import secrets_in
from console.playbooks.problem import Finding, Problem
from console.settings.bad_document import BadDocument, BadYaml
from console.settings.decode import decode
from console.settings.yaml_source import YamlNode, parse_yaml, read_yaml


class Loaded(msgspec.Struct, frozen=True):
    """A file that was read: its playbook, None where a problem makes it unusable, and all of its problems."""

    playbook: Playbook | None
    problems: tuple[Problem, ...]


def load_file(path: Path, today: date | None = None, actions: KnownActions | None = None) -> Loaded:
    """Return the playbook of a file; whatever is wrong with the file is a problem, never an exception.

    With `today` a review that is long ago is a warning. `actions` are those that are known, as `lint` takes them.
    """
    name = harmless(str(path))
    try:
        return _load(read_yaml(path, name), name, today, actions)
    except BadYaml as error:
        return Loaded(None, (problem_of_yaml(error, name),))
    except OSError as error:
        return Loaded(None, (Problem(name, 1, 1, f"cannot be read: {error.strerror or error}"),))


def load_text(text: str, name: str, today: date | None = None, actions: KnownActions | None = None) -> Loaded:
    """Return the playbook of a text; `name` is what the problems call it."""
    try:
        return _load(parse_yaml(text, name), name, today, actions)
    except BadYaml as error:
        return Loaded(None, (problem_of_yaml(error, name),))


def problem_at(node: YamlNode, name: str, finding: Finding) -> Problem:
    """Return a finding with the position of its place in the file, or of the innermost part of it that exists."""
    line, column = node.line, node.column
    for key in finding.place:
        if isinstance(node.value, dict) and isinstance(key, str) and key in node.value:
            line, column = node.key_positions[key]
            node = node.value[key]
            if not isinstance(node.value, dict | list) and not finding.is_key:
                line, column = node.line, node.column
        elif isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line, column = node.line, node.column
        elif isinstance(node.value, dict) and key == 0:
            continue  # one item was written instead of a list of one
        else:
            break
    return Problem(name, line, column, harmless(finding.text, longest=400), finding.is_warning)


def _load(node: YamlNode, name: str, today: date | None, actions: KnownActions | None) -> Loaded:
    if isinstance(node.value, dict) and "kind" in node.value and node.value["kind"].value == PlaybookTest.__name__:
        kind = node.value["kind"]
        text = f"cases stand in a file of their own, whose name ends with {TEST_SUFFIXES[0]}"
        return Loaded(None, (Problem(name, kind.line, kind.column, text),))
    try:
        playbook = decode(node, Playbook, name)
    except BadDocument as error:
        return Loaded(None, tuple(Problem(name, found.line, found.column, found.text) for found in error.mistakes))
    findings = [*lint(playbook, actions), *advice(playbook)]
    stale = stale_review(playbook, today) if today is not None else None
    told = [*findings, stale] if stale is not None else findings
    problems = [problem_at(node, name, finding) for finding in told]
    problems += [Problem(name, at.line, at.column, text) for at, text in secrets_in(node)]
    is_usable = all(problem.is_warning for problem in problems)
    return Loaded(playbook if is_usable else None, tuple(problems))


def problem_of_yaml(error: BadYaml, name: str) -> Problem:
    """Return a mistake in the YAML of the file `name` with its position."""
    found = re.match(r"(?P<line>\d+):(?P<column>\d+): (?P<text>.*)", str(error).removeprefix(f"{name}:"), re.DOTALL)
    if found is None:
        return Problem(name, 1, 1, str(error))
    return Problem(name, int(found["line"]), int(found["column"]), found["text"])
