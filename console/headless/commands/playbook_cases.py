"""`playbook test`: the cases of playbooks, and what came otherwise than they expect."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from console.actions.registry import KnownActions
from console.domain.label import harmless
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.playbooks.cases.coverage import Coverage, coverage_of
from console.playbooks.cases.load import CaseResult, CasesOfFile, run_cases
from console.playbooks.cases.neighbours import Neighbours
from console.playbooks.files import case_files
from console.playbooks.library import shipped_directory


def follow_cases(
    paths: Sequence[str], directories: Sequence[str], actions: KnownActions | None, *, coverage: bool
) -> ExitCode:
    """Follow the cases of some files or directories, of everything that is configured where none is named.

    Cases are about the playbook that stands beside them, else about the one that the console would offer.
    """
    wanted = [Path(path) for path in paths] or [shipped_directory(), *(Path(each).expanduser() for each in directories)]
    try:
        files = [file for path in wanted for file in (case_files(path) if path.is_dir() else [path])]
    except OSError as error:
        narrate(f"{error.filename}: cannot be read: {error.strerror or error}")
        return ExitCode.BAD_CONFIGURATION
    if not files:
        narrate(f"no cases in {', '.join(harmless(str(path)) for path in wanted)}; their names end with .test.yaml")
        return ExitCode.WRONG_USAGE
    known = Neighbours(directories, actions)
    results = [run_cases(file, known.beside(file)) for file in files]
    write_data("".join(f"{line}\n" for result in results for line in _told(result, coverage=coverage)))
    cases = [case for result in results for case in result.cases]
    failed, bad = sum(bool(case.differences) for case in cases), sum(bool(result.problems) for result in results)
    told = f"{len(cases)} cases, {failed or 'none'} failed"
    narrate(f"{told}; files that cannot be followed: {bad}" if bad else told)
    return ExitCode.BAD_CONFIGURATION if bad else ExitCode.WARNING if failed else ExitCode.OK


def _told(result: CasesOfFile, *, coverage: bool) -> Iterator[str]:
    yield result.file
    for problem in result.problems:
        yield f"  {problem}"
    for case in result.cases:
        yield from _case(case)
    if coverage and result.playbook is not None and not result.problems:
        yield from _covered(coverage_of(result.playbook, (case.course for case in result.cases)))


def _case(result: CaseResult) -> Iterator[str]:
    yield f"  {'FAILED' if result.differences else 'ok    '}  {harmless(result.case.name, 160)}"
    for difference in result.differences:
        yield f"          {difference}"


def _covered(coverage: Coverage) -> Iterator[str]:
    steps, ways = coverage.steps - len(coverage.steps_missed), coverage.ways - len(coverage.ways_missed)
    yield f"  reached {steps} of {coverage.steps} steps, took {ways} of {coverage.ways} ways"
    if coverage.steps_missed:
        yield f"  never reached: {', '.join(coverage.steps_missed)}"
    if coverage.ways_missed:
        yield f"  never taken: {', '.join(' → '.join(way) for way in coverage.ways_missed)}"
