"""`playbook`: what is in the library, and what is wrong with a file of it."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from console.domain.label import harmless
from console.headless.cells import cell_width, pad
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.playbooks.document import Playbook
from console.playbooks.library import Library
from console.playbooks.load import load_file
from console.playbooks.match_in_words import match_in_words
from console.playbooks.problem import Problem
from console.playbooks.schema import cases_schema, playbook_schema, schema_text
from console.playbooks.steps import kind_of, title_of
from console.settings.nearest import did_you_mean


def list_playbooks(directories: Sequence[str]) -> ExitCode:
    """Print a line per playbook: id, version, title."""
    library = Library.load(directories)
    id_width = max((cell_width(playbook.id) for playbook in library.playbooks), default=0)
    lines = [
        f"{pad(playbook.id, id_width)}  v{playbook.metadata.version}  {harmless(playbook.metadata.title)}\n"
        for playbook in library.playbooks
    ]
    write_data("".join(lines))
    return _narrate_problems(library.problems)


def show_playbook(directories: Sequence[str], playbook_id: str) -> ExitCode:
    """Print what a playbook is for and its steps."""
    library = Library.load(directories)
    playbook = library.find(playbook_id)
    if playbook is None:
        for problem in library.problems:
            narrate(str(problem))
        known = (each.id for each in library.playbooks)
        narrate(f"no playbook has the id '{playbook_id}', {did_you_mean(playbook_id, known)}")
        return ExitCode.WRONG_USAGE
    write_data(_told(playbook))
    return ExitCode.OK


def lint_playbooks(paths: Sequence[str], directories: Sequence[str]) -> ExitCode:
    """Print every problem of some files or directories, of the whole library where none is named."""
    today = datetime.fromtimestamp(time.time(), UTC).date()
    problems: list[Problem] = []
    for path in map(Path, paths):
        if path.is_dir():
            problems.extend(Library.load([path], shipped=False, today=today).problems)
        else:
            problems.extend(load_file(path, today).problems)
    if not paths:
        problems.extend(Library.load(directories, today=today).problems)
    write_data("".join(f"{problem}\n" for problem in problems))
    if any(not problem.is_warning for problem in problems):
        return ExitCode.BAD_CONFIGURATION
    narrate("no mistakes" if not problems else "warnings only")
    return ExitCode.OK


def print_playbook_schema(*, of_tests: bool) -> ExitCode:
    """Print the JSON Schema of playbooks, or of their tests."""
    write_data(schema_text(cases_schema() if of_tests else playbook_schema()), encoding="utf-8")
    return ExitCode.OK


def _narrate_problems(problems: Sequence[Problem]) -> ExitCode:
    for problem in problems:
        narrate(str(problem))
    return ExitCode.BAD_CONFIGURATION if any(not problem.is_warning for problem in problems) else ExitCode.OK


def _told(playbook: Playbook) -> str:
    metadata = playbook.metadata
    lines = [
        f"{playbook.id} v{metadata.version}: {metadata.title}",
        f"owners    {', '.join(metadata.owners)}",
        f"reviewed  {metadata.reviewed.isoformat()}",
    ]
    lines += [f"{'or' if index else 'for':<8}  {match_in_words(match)}" for index, match in enumerate(playbook.match)]
    lines += [f"see       {link.title}: {link.url}" for link in metadata.links]
    lines += [f"requires  {' '.join(guard.otherwise.split())}" for guard in playbook.guards]
    lines += [f"{number:>3} {kind_of(step).value:<7} {title_of(step)}" for number, step in enumerate(playbook.steps, 1)]
    return "".join(harmless(line, 2000) + "\n" for line in lines)
