"""`playbook new`: a playbook to begin from, its cases and its schemas; what is not given is asked on a terminal."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

import msgspec

from console.domain.anomaly import AnomalyKind
from console.domain.label import harmless
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.playbooks.head import Identifier, Title
from console.playbooks.load import load_text
from console.playbooks.schema import FILE_NAME, TEST_FILE_NAME, shipped_schema
from console.playbooks.skeleton import Wanted, skeleton, skeleton_cases
from console.settings.nearest import did_you_mean

Check = Callable[[str], str | None]
"""Returns what is wrong with an answer, None where it can be taken."""


class Given(msgspec.Struct, frozen=True):
    """What the command line says; what is None or empty is asked, or missing where nobody can be asked."""

    id: str | None
    title: str | None
    owners: tuple[str, ...]
    kind: str | None
    serving: str | None


class _Missing(Exception):
    """Something that was not given, and nobody could be asked for."""


def new_playbook(given: Given, directory: Path, today: date) -> ExitCode:
    """Write a playbook and its cases, and the schemas beside them where there are none; nothing is overwritten."""
    try:
        wanted = _wanted(given, today)
    except _Missing as error:
        narrate(str(error))
        return ExitCode.WRONG_USAGE
    text = skeleton(wanted)
    problems = load_text(text, f"{wanted.id}.yaml").problems
    if problems:
        narrate(str(problems[0]))
        return ExitCode.WRONG_USAGE
    files = {f"{wanted.id}.yaml": text, f"{wanted.id}.test.yaml": skeleton_cases(wanted)}
    there = [name for name in files if (directory / name).exists()]
    if there:
        narrate(f"{directory / there[0]} is there already; nothing was written")
        return ExitCode.WRONG_USAGE
    schemas = {name: shipped_schema(name) for name in (FILE_NAME, TEST_FILE_NAME)}
    files |= {name: schema for name, schema in schemas.items() if not (directory / name).exists()}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            with (directory / name).open("x", encoding="utf-8") as file:
                file.write(content)
    except OSError as error:
        narrate(f"{error.filename or directory}: cannot be written: {error.strerror or error}")
        return ExitCode.WRONG_USAGE
    write_data("".join(f"{directory / name}\n" for name in files))
    narrate(f"go on with an editor, then: incident-console playbook lint {directory}; ... playbook test {directory}")
    return ExitCode.OK


def _wanted(given: Given, today: date) -> Wanted:
    kinds = [kind.value for kind in AnomalyKind]
    owners = ",".join(given.owners) or None
    identifier = _answer("id", "ID", given.id, "lower-case words joined by -", _as(Identifier))
    title = _answer("title", "--title", given.title, "what it does, in one line", _as(Title))
    owned = _answer("owners", "--owner", owners, "who keeps it, separated by commas", _as(Title))
    kind = _answer("kind of anomaly", "--kind", given.kind, ", ".join(kinds), lambda text: _one_of(text, kinds))
    serving = given.serving or ""
    if given.serving is None and _can_ask():
        serving = _ask("serving", "a preset or kind of workload such as vllm; empty: any", lambda _: None)
    owners_named = tuple(owner.strip() for owner in owned.split(",") if owner.strip())
    return Wanted(identifier, title, owners_named, AnomalyKind(kind), serving.strip(), today)


def _answer(name: str, flag: str, given: str | None, hint: str, check: Check) -> str:
    """Return what was given, else what a person answers.

    Raises:
        _Missing: it cannot be taken, or it was not given and there is no terminal to ask on.
    """
    if given is not None:
        wrong = check(given)
        if wrong is not None:
            raise _Missing(f"{flag}: {wrong}")
        return given
    if not _can_ask():
        raise _Missing(f"{flag} is missing: {hint}")
    return _ask(name, hint, check)


def _ask(name: str, hint: str, check: Check) -> str:
    while True:
        print(f"{name} ({hint}): ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise _Missing(f"no answer to: {name}; nothing was written")
        wrong = check(line.strip())
        if wrong is None:
            return line.strip()
        narrate(wrong)


def _can_ask() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _as(expected: object) -> Check:
    """Return the check that a text fits a type of the language."""

    def check(text: str) -> str | None:
        try:
            msgspec.convert(text, expected)
        except msgspec.ValidationError:
            note = next(note for note in get_args(expected)[1:] if isinstance(note, msgspec.Meta))
            return f"expected {note.description}, found '{harmless(text, 60)}'"
        return None

    return check


def _one_of(text: str, valid: Sequence[str]) -> str | None:
    return None if text in valid else f"'{harmless(text, 60)}' is none, {did_you_mean(text, valid)}"
