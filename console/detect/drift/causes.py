"""Why data is broken or drifts: what stands beside it, in words, and the causes that its log makes likely."""

from collections.abc import Sequence

import msgspec

from console.detect.drift.arrival import arrival_in_words
from console.detect.drift.circumstances import Circumstances
from console.detect.drift.missing_rows import MissingRows
from console.detect.drift.words import column_list, share_in_words
from console.domain.anomaly import Cause
from console.domain.bins import Role
from console.domain.drift import Breakage, ColumnDrift, Verdict
from console.domain.label import harmless


class Explanation(msgspec.Struct, frozen=True):
    """Facts in words, the most telling first, and causes, the most likely first."""

    evidence: tuple[str, ...]
    causes: tuple[Cause, ...]


def explain_broken(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why columns are broken, the worst first: the pipeline before the model, or the version that reads it."""
    from console.detect.drift import hypotheses  # needs the tests of causes: only where something broke

    detail = _beside_broken(columns[0], onset, found)
    return Explanation((detail,), hypotheses.causes_of_broken(columns[0], onset, found, detail))


def _beside_broken(worst: ColumnDrift, onset: float, found: Circumstances) -> str:
    beside, version = found.beside, found.version_at(onset)
    if beside is not None and worst.name in beside.differing:
        return f"only the rows of {harmless(beside.version)} are broken{_null_shares(worst, found)}"
    if beside is not None:
        return f"all versions get the same broken `{harmless(worst.name)}`"
    if version is not None:
        return f"begins with version {harmless(version)}, and no other serves beside it to compare"
    return "no version changed when it began" if found.names_versions else "the log names no versions"


def _null_shares(column: ColumnDrift, found: Circumstances) -> str:
    """Return the null share of each version over the newest window where nulls are the matter:  (v42 62 %, v41 1 %)."""
    if column.breakage is not Breakage.NULLS or column.name not in found.past.counts:
        return ""
    newest = found.windows.newest(1)
    told = []
    for version, counts in zip(found.past.versions, found.past.counts[column.name], strict=True):
        now = newest.summed(counts)[0]
        if now.sum():
            told.append(f"{harmless(version)} {share_in_words(int(now[0]) / int(now.sum()))}")
    return f" ({', '.join(reversed(told))})" if told else ""


def explain_missing(missing: MissingRows, found: Circumstances) -> Explanation:
    """Return why rows are missing: what writes them, or a release that logs otherwise."""
    from console.detect.drift import hypotheses

    return Explanation((), hypotheses.causes_of_missing_rows(missing, found))


def explain_inputs(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why inputs drift: the population, or something upstream that broke without breaking a rule."""
    from console.detect.drift import hypotheses

    evidence = [arrival_in_words(columns[0], found.view)]
    version, beside = found.version_at(onset), found.beside
    if beside is not None and columns[0].name in beside.inputs:
        evidence.insert(0, f"only the rows of {harmless(beside.version)} moved")
    elif version is not None:
        evidence.insert(0, f"begins with version {harmless(version)}")
    elif found.names_versions:
        evidence.append("no version changed when it began")
    return Explanation(tuple(evidence), hypotheses.causes_of_inputs(columns, onset, found))


def explain_outputs(columns: Sequence[ColumnDrift], onset: float, found: Circumstances) -> Explanation:
    """Return why predictions drift: the same inputs point at the version, moved inputs have the cause of these."""
    from console.detect.drift import hypotheses

    beside = found.beside
    inputs = [column for column in found.view.columns if column.role is Role.FEATURE]
    if beside is not None and columns[0].name in beside.outputs and not beside.inputs:
        detail = f"{harmless(beside.version)} gets the same inputs as the versions beside it and predicts otherwise"
        return Explanation((detail,), hypotheses.causes_of_other_answers(detail))
    broken = [column for column in inputs if column.verdict is Verdict.BROKEN]
    if broken:
        worst = max(broken, key=lambda column: column.broken_share or 0.0)
        detail = f"its inputs are broken, too: {column_list([column.name for column in broken])}"
        return Explanation((detail,), hypotheses.causes_of_broken(worst, onset, found, detail))
    moved = [column for column in inputs if column.verdict is Verdict.DRIFT]
    if moved:
        detail = f"its inputs moved, too: {column_list([column.name for column in moved])}"
        return Explanation((detail,), hypotheses.causes_of_inputs(moved, onset, found))
    told = [column for column in inputs if column.verdict is Verdict.OK]
    unchanged = f"none of its {len(told)} inputs changed" if told else "its inputs are not logged"
    version = found.version_at(onset)
    if version is None:
        return Explanation((f"{unchanged}, and no version appeared when it began",), ())
    detail = f"{unchanged}, and {harmless(version)} appeared when it began"
    return Explanation((detail,), hypotheses.causes_of_a_release(detail, inputs_are_whole=bool(told)))
