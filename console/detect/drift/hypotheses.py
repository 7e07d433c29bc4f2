"""What speaks for and against each cause of broken or drifting data, by what its log tells of inputs and versions."""

from collections.abc import Sequence

from console.detect.causes.competition import causes_of
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.weights import LOGGED_PRIORS, FactKey
from console.detect.drift.arrival import came_at_once
from console.detect.drift.circumstances import Circumstances
from console.detect.drift.missing_rows import MissingRows
from console.detect.drift.words import column_list
from console.domain.anomaly import Cause, CauseKind
from console.domain.bins import Role
from console.domain.drift import Breakage, ColumnDrift
from console.domain.label import harmless

_POPULATION_DOES_IT_TOO = frozenset(
    {Breakage.NEW_CATEGORIES, Breakage.VANISHED_CATEGORIES, Breakage.OUT_OF_RANGE, Breakage.CONSTANT}
)
"""Breakages that a new market or a lost customer may cause as well, in a part of the rows."""
_MOST_OF_POPULATION = 0.5
"""The part of the rows up to which these are taken for what a population may do."""
_ALL = 0.99
"""The part of the rows that is missing from which on nothing is left that would tell who took it."""
_MANY_INPUTS = 3


def causes_of_broken(worst: ColumnDrift, onset: float, found: Circumstances, beside: str) -> tuple[Cause, ...]:
    """Return the causes of a broken column; `beside` tells in words how the versions stand beside it."""
    told = f"{worst.detail}; {beside}"
    is_of_one_version = found.beside is not None and worst.name in found.beside.differing
    population: tuple[Fact, ...]
    if worst.role is not Role.FEATURE:
        upstream = [Fact(FactKey.OUTPUTS_BROKEN, told)]
        population = (Fact(FactKey.VALUES_OF_NOBODY, "nobody's inputs make answers like that"),)
    elif worst.breakage in _POPULATION_DOES_IT_TOO and (worst.broken_share or 0.0) < _MOST_OF_POPULATION:
        upstream = [Fact(FactKey.VALUES_STRANGE, told)]
        population = (Fact(FactKey.VALUES_STRANGE, told),)
    else:
        upstream = [Fact(FactKey.VALUES_BROKEN, told)]
        population = (Fact(FactKey.VALUES_OF_NOBODY, "no population brings such values"),)
    if is_of_one_version:
        version: tuple[Fact, ...] = (Fact(FactKey.VERSION_WORSE, beside),)
        alike = Fact(FactKey.DATA_OF_OTHERS_WHOLE, "the versions beside it get the same data")
        upstream.append(alike)
        population = (*population, alike)
    elif found.beside is not None:
        version = (Fact(FactKey.VERSION_ALIKE, beside),)
    else:
        version = _release(onset, found, Fact(FactKey.VERSION_READS_ANEW, beside))
    return _competing(
        Finding(CauseKind.NEW_VERSION, version),
        Finding(CauseKind.UPSTREAM_DATA, tuple(upstream)),
        Finding(CauseKind.POPULATION_SHIFT, population),
    )


def causes_of_missing_rows(missing: MissingRows, found: Circumstances) -> tuple[Cause, ...]:
    """Return the causes of rows that are not logged any more."""
    detail = "the log lacks rows: its writer is late or gone, or the traffic is"
    key = FactKey.ROWS_GONE if missing.share >= _ALL else FactKey.ROWS_THINNED
    return _competing(
        Finding(CauseKind.NEW_VERSION, _release(missing.since, found)),
        Finding(CauseKind.UPSTREAM_DATA, (Fact(key, detail),)),
        Finding(CauseKind.POPULATION_SHIFT),
    )


def causes_of_inputs(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> tuple[Cause, ...]:
    """Return the causes of inputs that moved and are not broken, the one that moved most first."""
    names = column_list([column.name for column in columns])
    if len(columns) > 1:
        key = FactKey.MANY_INPUTS_MOVED if len(columns) >= _MANY_INPUTS else FactKey.TWO_INPUTS_MOVED
        population = [Fact(key, f"{names} moved together and none is broken")]
    else:
        population = [Fact(FactKey.ONE_INPUT_MOVED, f"{names} alone moved, and is not broken")]
    upstream = [Fact(FactKey.VALUES_WHOLE, "no value is broken")]
    at_once = came_at_once(columns[0], found.view)
    if at_once:
        upstream.append(Fact(FactKey.MOVED_AT_ONCE, "moved from one window to the next, as pipelines do"))
    elif at_once is not None:
        steps = "moved step by step and no data is broken"
        population.insert(0, Fact(FactKey.MOVED_BY_STEPS, steps))
        upstream.append(Fact(FactKey.NOT_AT_ONCE, steps))
    if found.beside is not None and columns[0].name in found.beside.inputs:
        words = f"only the rows of {harmless(found.beside.version)} moved"
        version: tuple[Fact, ...] = (Fact(FactKey.VERSION_GETS_OTHERS, words),)
        for facts in (population, upstream):
            facts.append(Fact(FactKey.OTHERS_GET_THE_SAME, "the versions beside it get what they always got"))
    elif found.beside is not None:
        version = (Fact(FactKey.VERSION_ALIKE, "the versions beside each other get the same"),)
    else:
        version = _release(onset, found, Fact(FactKey.VERSION_IS_ASKED, "a version does not choose what it is asked"))
    return _competing(
        Finding(CauseKind.NEW_VERSION, version),
        Finding(CauseKind.UPSTREAM_DATA, tuple(upstream)),
        Finding(CauseKind.POPULATION_SHIFT, tuple(population)),
    )


def causes_of_other_answers(detail: str) -> tuple[Cause, ...]:
    """Return the causes of a version that answers otherwise than those beside it, though all get the same inputs."""
    return _competing(
        Finding(CauseKind.NEW_VERSION, (Fact(FactKey.VERSION_WORSE, detail),)),
        *_inputs_are_whole("inputs are the same"),
    )


def causes_of_a_release(detail: str, *, inputs_are_whole: bool) -> tuple[Cause, ...]:
    """Return the causes of answers that changed with a release; inputs are whole, or nobody logs them."""
    release = Fact(FactKey.RELEASED_IN_WINDOW, detail)
    if not inputs_are_whole:
        return _competing(
            Finding(CauseKind.NEW_VERSION, (release,)),
            Finding(CauseKind.UPSTREAM_DATA),
            Finding(CauseKind.POPULATION_SHIFT),
        )
    alone = Fact(FactKey.ANSWERS_CHANGED_ALONE, "the same inputs get other answers")
    return _competing(Finding(CauseKind.NEW_VERSION, (release, alone)), *_inputs_are_whole("no input changed"))


def _inputs_are_whole(words: str) -> tuple[Finding, Finding]:
    whole = (Fact(FactKey.INPUTS_WHOLE, words),)
    return Finding(CauseKind.UPSTREAM_DATA, whole), Finding(CauseKind.POPULATION_SHIFT, whole)


def _release(onset: float, found: Circumstances, with_it: Fact | None = None) -> tuple[Fact, ...]:
    """Return what the versions' times say of a release as the cause; `with_it` is what counts if there was one."""
    version = found.version_at(onset)
    if version is not None:
        released = Fact(FactKey.RELEASED_IN_WINDOW, f"{harmless(version)} appeared when it began")
        return (released, with_it) if with_it is not None else (released,)
    return (Fact(FactKey.VERSIONS_UNCHANGED, "no version changed when it began"),) if found.names_versions else ()


def _competing(*findings: Finding) -> tuple[Cause, ...]:
    return causes_of(findings, LOGGED_PRIORS)
