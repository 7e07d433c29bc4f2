"""From a file of cases to what came of each of them, or to one line per problem."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.domain.label import harmless
from console.playbooks.cases.course import Course
from console.playbooks.cases.document import Case, PlaybookTest
from console.playbooks.cases.expected import differences
from console.playbooks.cases.followed import follow
from console.playbooks.cases.lint import about_cases
from console.playbooks.document import Playbook
from console.playbooks.lint_secrets import secrets_in
from console.playbooks.load import problem_at, problem_of_yaml
from console.playbooks.problem import Problem
from console.settings.bad_document import BadDocument, BadYaml
from console.settings.decode import decode
from console.settings.nearest import did_you_mean
from console.settings.yaml_source import YamlNode, parse_yaml, read_yaml


class CaseResult(msgspec.Struct, frozen=True):
    """One case: what came of it, and everything that is otherwise than expected."""

    case: Case
    course: Course
    differences: tuple[Problem, ...]


class CasesOfFile(msgspec.Struct, frozen=True):
    """A file of cases; with `problems` it could not be followed. `playbook` is None where it is not known."""

    file: str
    playbook: Playbook | None = None
    cases: tuple[CaseResult, ...] = ()
    problems: tuple[Problem, ...] = ()


def run_cases(path: Path, playbooks: Iterable[Playbook], *, follows: bool = True) -> CasesOfFile:
    """Follow every case of a file, or only tell whether they can be followed.

    `playbooks` are those that it may be about, of equal ids the last.
    """
    name = harmless(str(path))
    try:
        return _follow(read_yaml(path, name), name, playbooks, follows=follows)
    except BadYaml as error:
        return CasesOfFile(name, problems=(problem_of_yaml(error, name),))
    except OSError as error:
        return CasesOfFile(name, problems=(Problem(name, 1, 1, f"cannot be read: {error.strerror or error}"),))


def run_text(text: str, name: str, playbooks: Iterable[Playbook]) -> CasesOfFile:
    """Follow every case of a text; `name` is what the problems call it."""
    try:
        return _follow(parse_yaml(text, name), name, playbooks, follows=True)
    except BadYaml as error:
        return CasesOfFile(name, problems=(problem_of_yaml(error, name),))


def _follow(node: YamlNode, name: str, playbooks: Iterable[Playbook], *, follows: bool) -> CasesOfFile:
    try:
        test = decode(node, PlaybookTest, name)
    except BadDocument as error:
        found = (Problem(name, mistake.line, mistake.column, mistake.text) for mistake in error.mistakes)
        return CasesOfFile(name, problems=tuple(found))
    known = {playbook.id: playbook for playbook in playbooks}
    playbook = known.get(test.playbook)
    if playbook is None:
        line, column = _position(node, "playbook")
        text = f"unknown playbook '{test.playbook}'; {did_you_mean(test.playbook, known)}"
        return CasesOfFile(name, problems=(Problem(name, line, column, text),))
    problems = [problem_at(node, name, finding) for finding in about_cases(test, playbook)]
    problems += [Problem(name, at.line, at.column, text) for at, text in secrets_in(node)]
    if problems or not follows:
        return CasesOfFile(name, playbook, problems=tuple(problems))
    results = tuple(_run(node, name, playbook, test, index) for index in range(len(test.cases)))
    return CasesOfFile(name, playbook, results)


def _run(node: YamlNode, name: str, playbook: Playbook, test: PlaybookTest, index: int) -> CaseResult:
    case = test.cases[index]
    course = follow(playbook, test, case)
    found = differences(case, course, ("cases", index))
    return CaseResult(case, course, tuple(problem_at(node, name, finding) for finding in found))


def _position(node: YamlNode, key: str) -> tuple[int, int]:
    value = node.value[key] if isinstance(node.value, dict) else node
    return value.line, value.column
