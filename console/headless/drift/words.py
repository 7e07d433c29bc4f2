"""Drift in words: what text, Markdown and the screen have in common."""

from console.domain.anomaly import Status
from console.domain.bins import Role
from console.domain.drift import BinShare, ColumnDrift, DriftView, SliceShare, Verdict
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words, rfc3339
from console.domain.quantity import format_ratio, how_many

WORD_OF_VERDICT = {
    Verdict.OK: "ok",
    Verdict.DRIFT: "drift",
    Verdict.BROKEN: "broken",
    Verdict.NOT_ENOUGH_DATA: "few rows",
}
_WORST_FIRST = (Verdict.BROKEN, Verdict.DRIFT, Verdict.NOT_ENOUGH_DATA, Verdict.OK)
_STATUS_OF_VERDICT = {
    Verdict.BROKEN: Status.CRITICAL,
    Verdict.DRIFT: Status.WARNING,
    Verdict.NOT_ENOUGH_DATA: Status.UNKNOWN,
    Verdict.OK: Status.OK,
}
LONGEST_DETAIL = 400
_SMALL = 0.005
"""A PSI below it is told as `< 0.01`: the third digit of a distance of counts is noise."""
_SECONDS_OF_A_DAY = 86_400.0


def worst_verdict(view: DriftView) -> Verdict:
    """Return the verdict that speaks for all columns: broken, drift, not enough data, ok; no columns are no data."""
    found = {column.verdict for column in view.columns}
    return next((verdict for verdict in _WORST_FIRST if verdict in found), Verdict.NOT_ENOUGH_DATA)


def status_of(verdict: Verdict) -> Status:
    """Return the status that a verdict has among those of the fleet, whose colours and exit codes it shares."""
    return _STATUS_OF_VERDICT[verdict]


def columns_in_words(view: DriftView) -> str:
    """Return the counts: `1 broken, 2 drifted of 25 columns`."""
    counts = {verdict: sum(column.verdict is verdict for column in view.columns) for verdict in Verdict}
    told = [
        f"{counts[verdict]:,} {word}"
        for verdict, word in (
            (Verdict.BROKEN, "broken"),
            (Verdict.DRIFT, "drifted"),
            (Verdict.NOT_ENOUGH_DATA, "without enough rows"),
        )
        if counts[verdict]
    ]
    total = len(view.columns)
    columns = how_many(total, "column")
    return f"{', '.join(told)} of {columns}" if told else columns


def rows_in_words(view: DriftView) -> str:
    """Return how many rows are measured against how many of what: `5,000 rows against 50,000 of the training data`."""
    return f"{view.current_rows:,} rows against {view.reference_rows:,} of {harmless(view.reference)}"


def window_in_words(view: DriftView) -> str:
    """Return the window: `from 2026-11-22T02:20:14Z to 2026-11-22T03:20:14Z`."""
    return f"from {rfc3339(view.start)} to {rfc3339(view.end)}"


def is_empty(view: DriftView) -> bool:
    """Return whether the window holds no rows, so that there is nothing to compare."""
    return view.current_rows == 0


def emptiness_in_words(view: DriftView) -> str:
    """Return why there is nothing to compare, and where the newest rows are."""
    told = f"no rows of {harmless(view.model)} {window_in_words(view)}"
    return f"{told}; the newest is of {rfc3339(view.newest)}" if view.newest is not None else told


def psi_in_words(column: ColumnDrift) -> str:
    """Return the population stability index: `0.31`, `< 0.01`, `—` where there is none."""
    if column.psi is None:
        return "—"
    return "< 0.01" if 0 < column.psi < _SMALL else f"{column.psi:,.2f}"


def share_in_words(column: ColumnDrift) -> str:
    """Return the part of the change that a column carries: `44 %`; empty where it carries next to none."""
    return f"{column.share * 100:.0f} %" if column.share >= _SMALL else ""


def null_in_words(column: ColumnDrift) -> str:
    """Return the share of nulls now: `62 %`; empty where there are none."""
    return format_ratio(column.null_share_current) if column.null_share_current > 0 else ""


def name_of(column: ColumnDrift) -> str:
    """Return the name as it is shown; of what is no feature, with what it is."""
    name = harmless(column.name)
    return name if column.role is Role.FEATURE or name == column.role.value else f"{name} ({column.role.value})"


def bin_in_words(moved: BinShare) -> str:
    """Return how the share of a bin changed: `18–25: 4.0 % → 19 %`."""
    return f"{harmless(moved.label)}: {format_ratio(moved.reference)} → {format_ratio(moved.current)}"


def what_moved(column: ColumnDrift) -> str:
    """Return what is said of a column; where the verdict has no words, the bin that moved most."""
    return harmless(column.detail, LONGEST_DETAIL) or ", ".join(map(bin_in_words, column.moved[:1]))


def since_in_words(column: ColumnDrift, at: float) -> str:
    """Return since when a column is away from its reference: `since 02:41:00 UTC, 39 min`; empty where unknown."""
    if column.onset is None:
        return ""
    age = max(0.0, at - column.onset)
    when = f"{clock_time(column.onset)} UTC" if age < _SECONDS_OF_A_DAY else rfc3339(column.onset)
    if column.onset_is_earlier:
        return f"since before {when}, over {in_words(age)}"
    return f"since {when}, {in_words(age)}"


def slice_in_words(part: SliceShare) -> str:
    """Return what a slice carries: `country = DE carries 62 % of the change; 4.0 % → 19 % of the rows`."""
    told = f"{harmless(part.column)} = {harmless(part.value)} carries {part.explained * 100:.0f} % of the change"
    if abs(part.mix) >= _SMALL:
        told += f" ({part.mix * 100:.0f} % by its share of the rows)"
    told += f"; {format_ratio(part.reference_share)} → {format_ratio(part.current_share)} of the rows"
    return f"{told}; {harmless(part.detail, LONGEST_DETAIL)}" if part.detail else told


def version_in_words(view: DriftView) -> str:
    """Return one version beside the others: `v42: 4,500 rows, 1 drifted of 25 columns; worst amount, PSI 0.31`."""
    told = f"{harmless(view.version or 'no version')}: {view.current_rows:,} rows, {columns_in_words(view)}"
    worst = view.columns[0] if view.columns else None
    if worst is None or worst.verdict not in (Verdict.BROKEN, Verdict.DRIFT):
        return told
    return f"{told}; most {name_of(worst)}, PSI {psi_in_words(worst)}"
