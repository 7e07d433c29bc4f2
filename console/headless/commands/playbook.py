"""`playbook`: what is in the library, and what is wrong with a file of it."""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from console.actions.registry import KnownActions
from console.domain.label import harmless
from console.headless.commands.playbook_told import list_json, list_text, show_json, show_text
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import find_terminal, write_data
from console.playbooks.cases.load import run_cases
from console.playbooks.cases.neighbours import Neighbours
from console.playbooks.files import case_files, has_yaml, is_test
from console.playbooks.library import Library, shipped_directory
from console.playbooks.load import load_file
from console.playbooks.problem import Problem
from console.playbooks.schema import cases_schema, playbook_schema, schema_text
from console.settings.nearest import did_you_mean

Format = Literal["text", "json"]


def list_playbooks(directories: Sequence[str], actions: KnownActions | None, chosen_format: Format) -> ExitCode:
    """Print every playbook: id, version, title, the day of its review, where it is from, what it is for, owners."""
    library = Library.load(directories, actions=actions)
    if chosen_format == "json":
        write_data(list_json(library), encoding="utf-8")
    else:
        write_data(list_text(library, find_terminal(os.environ).width))
    return _narrate_problems(library.problems)


def show_playbook(
    directories: Sequence[str], actions: KnownActions | None, playbook_id: str, chosen_format: Format
) -> ExitCode:
    """Print what a playbook is for and its steps."""
    library = Library.load(directories, actions=actions)
    playbook = library.find(playbook_id)
    if playbook is None:
        for problem in library.problems:
            narrate(str(problem))
        known = (each.id for each in library.playbooks)
        narrate(f"no playbook has the id '{playbook_id}', {did_you_mean(playbook_id, known)}")
        return ExitCode.WRONG_USAGE
    if chosen_format == "json":
        write_data(show_json(playbook, library), encoding="utf-8")
    else:
        write_data(show_text(playbook, library))
    return ExitCode.OK


def lint_playbooks(paths: Sequence[str], directories: Sequence[str], actions: KnownActions | None) -> ExitCode:
    """Print every problem of playbooks and of their cases: of some files or directories, of all where none is named.

    `actions` are those that the configuration knows, None where there is none.
    """
    today = datetime.fromtimestamp(time.time(), UTC).date()
    neighbours = Neighbours(directories, actions)
    problems: list[Problem] = []
    for path in map(Path, paths or directories):
        if path.is_dir():
            if paths and not has_yaml(path):
                narrate(f"no playbooks in {harmless(str(path))}; their names end with .yaml")
                return ExitCode.WRONG_USAGE
            problems.extend(Library.load([path], shipped=False, today=today, actions=actions).problems)
            problems.extend(_in_cases(case_files(path), neighbours))
        elif is_test(path):
            problems.extend(_in_cases([path], neighbours))
        else:
            problems.extend(load_file(path, today, actions).problems)
    if not paths:
        problems.extend(Library.load(today=today).problems)
        problems.extend(_in_cases(case_files(shipped_directory()), neighbours))
    write_data("".join(f"{problem}\n" for problem in problems))
    if any(not problem.is_warning for problem in problems):
        return ExitCode.BAD_CONFIGURATION
    narrate("no mistakes" if not problems else "warnings only")
    return ExitCode.OK


def _in_cases(files: Iterable[Path], neighbours: Neighbours) -> Iterator[Problem]:
    for file in files:
        yield from run_cases(file, neighbours.beside(file), follows=False).problems


def print_playbook_schema(*, of_tests: bool) -> ExitCode:
    """Print the JSON Schema of playbooks, or of their tests."""
    write_data(schema_text(cases_schema() if of_tests else playbook_schema()), encoding="utf-8")
    return ExitCode.OK


def _narrate_problems(problems: Sequence[Problem]) -> ExitCode:
    for problem in problems:
        narrate(str(problem))
    return ExitCode.BAD_CONFIGURATION if any(not problem.is_warning for problem in problems) else ExitCode.OK
