"""The drift of a model as rows, as two histograms and in words: pure functions of what was published."""

import math
from collections.abc import Callable, Iterator, Sequence

import msgspec

from console.domain.anomaly import Status
from console.domain.drift import Breakage, ColumnDrift, DriftView, Verdict
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words, rfc3339
from console.domain.quantity import format_ratio
from console.headless.drift.words import (
    LONGEST_DETAIL,
    WORD_OF_VERDICT,
    bin_in_words,
    columns_in_words,
    emptiness_in_words,
    is_empty,
    name_of,
    null_in_words,
    psi_in_words,
    rows_in_words,
    share_in_words,
    since_in_words,
    slice_in_words,
    status_of,
    what_moved,
    worst_verdict,
)
from console.tui.panels.charts import WORTH_A_LOOK
from console.tui.panels.lines import Line, Span, line
from console.tui.widgets.columns import Column
from console.tui.widgets.histogram_rows import Bin, HistogramData
from console.tui.widgets.sparkline import sparkline
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import GLYPH_OF_STATUS, STYLE_OF_STATUS, StatusStyle

NULL = "null"
"""The label of the bin of nulls."""
SPARK_CELLS = 10
_DAY = 86_400.0

COLUMNS = (
    Column("column", "  column", 12, 24),
    Column("verdict", "verdict", 8, 8),
    Column("psi", "psi", 6, 6, "right"),
    Column("trend", "over time", SPARK_CELLS, SPARK_CELLS, drop=3),
    Column("share", "share", 5, 5, "right", drop=2),
    Column("null", "null", 6, 6, "right", drop=4),
    Column("what", "what moved", 20, 24, drop=1, flexible=True),
)


class Sorting(msgspec.Struct, frozen=True):
    """An order of the rows: its name, the table's column that it is marked at, and what rows are sorted by."""

    name: str
    column: str
    key: Callable[[ColumnDrift], float | str]


SORTINGS = (
    Sorting("contribution", "share", lambda column: 0.0),
    Sorting("distance", "psi", lambda column: -(column.psi if column.psi is not None else -1.0)),
    Sorting("nulls", "null", lambda column: -column.null_share_current),
    Sorting("name", "column", lambda column: column.name.casefold()),
)
"""The first one is how the view comes: most contributing first."""


def glyph_and_style(verdict: Verdict) -> tuple[str, StatusStyle]:
    """Return the sign and the style of a verdict: those of the status that it has in the fleet."""
    status = status_of(verdict)
    return GLYPH_OF_STATUS[status], STYLE_OF_STATUS[status]


def drift_rows(view: DriftView, sorting: Sorting = SORTINGS[0], wanted: str = "") -> list[Row]:
    """Return a row per column whose name or words hold a text, in an order; a row's id is the column's raw name."""
    needle = wanted.casefold()
    ordered = sorted(view.columns, key=sorting.key)
    return [_row(column) for column in ordered if not needle or needle in _searched(column)]


def _searched(column: ColumnDrift) -> str:
    return f"{name_of(column)} {WORD_OF_VERDICT[column.verdict]} {what_moved(column)}".casefold()


def _row(column: ColumnDrift) -> Row:
    glyph, style = glyph_and_style(column.verdict)
    return Row(
        column.name,
        (
            Cell(f"{glyph} {name_of(column)}", style),
            Cell(WORD_OF_VERDICT[column.verdict], style),
            Cell(psi_in_words(column), "plain" if column.psi is not None else "muted"),
            Cell(trend(column)),
            Cell(share_in_words(column)),
            Cell(null_in_words(column)),
            Cell(what_moved(column)),
        ),
    )


def trend(column: ColumnDrift) -> str:
    """Return the distance over time as small bars."""
    worst = max((value for value in column.psi_over_time if math.isfinite(value)), default=0.0)
    return sparkline(column.psi_over_time, SPARK_CELLS, low=0.0, high=max(WORTH_A_LOOK, worst))


def find_column(view: DriftView | None, name: str | None) -> ColumnDrift | None:
    """Return a column by its raw name."""
    return next((column for column in view.columns if column.name == name), None) if view is not None else None


def histogram_of(view: DriftView, column: ColumnDrift) -> HistogramData:
    """Return the histograms of a column: the reference above now."""
    moved = {each.label for each in column.moved} if column.verdict in (Verdict.DRIFT, Verdict.BROKEN) else set()
    return HistogramData(
        above=f"{name_of(column)} in {harmless(view.reference)}, {view.reference_rows:,} rows",
        below=f"now, {view.current_rows:,} rows",
        bins=tuple(
            Bin(harmless(each.label), each.reference, each.current, each.label in moved) for each in column.bins
        ),
        no_data="no bins are known of this column",
    )


def place_lines(view: DriftView) -> tuple[Line, ...]:
    """Return the lines above the table: how many columns are how, and what is compared."""
    glyph, style = glyph_and_style(worst_verdict(view))
    if is_empty(view):
        return (line(Span(f"{GLYPH_OF_STATUS[Status.UNKNOWN]} ", "unknown"), emptiness_in_words(view), wraps=True),)
    seconds = view.end - view.start
    span = f"{in_words(seconds)} to {f'{clock_time(view.end)} UTC' if seconds < _DAY else rfc3339(view.end)}"
    return (
        line(Span(f"{glyph} {columns_in_words(view)}", style)),
        line(Span(f"{span}  {rows_in_words(view)}", "muted")),
    )


def column_lines(
    view: DriftView, column: ColumnDrift, at: float, versions: tuple[DriftView, ...] = ()
) -> tuple[Line, ...]:
    """Return all that is known of a column in words, beside it in some versions, then slices and notes of the view."""
    return (
        *_verdict_lines(column, at),
        *_distance_lines(column),
        *_side_by_side(versions, column),
        *_further_lines(view),
    )


def _verdict_lines(column: ColumnDrift, at: float) -> Iterator[Line]:
    glyph, style = glyph_and_style(column.verdict)
    since = since_in_words(column, at)
    told = f"{WORD_OF_VERDICT[column.verdict]}{f' {since}' if since else ''}"
    yield line(Span(f"{glyph} {name_of(column)}  ", style), Span(told, style), wraps=True)
    if words := what_moved(column):
        yield line(Span(words), wraps=True)
    further = [each for each in column.moved if each.label != NULL and harmless(each.label) not in words]
    if further:
        yield line(Span("moved  ", "muted"), Span(", ".join(map(bin_in_words, further))), wraps=True)
    if column.breakage is not Breakage.NULLS:
        nulls = _change(column.null_share_reference, column.null_share_current)
        yield line(Span("null   ", "muted"), Span(nulls))
    if share := share_in_words(column):
        yield line(Span("share  ", "muted"), Span(f"{share} of the change of all columns"), wraps=True)


def _change(before: float, now: float) -> str:
    first, last = format_ratio(before), format_ratio(now)
    return first if first == last else f"{first} → {last}"


def _distance_lines(column: ColumnDrift) -> Iterator[Line]:
    distances = (
        ("PSI", column.psi),
        ("JS", column.js),
        ("Hellinger", column.hellinger),
        ("TVD", column.total_variation),
        ("L-inf", column.largest_difference),
        ("KS", column.kolmogorov_smirnov),
        ("Wasserstein", column.wasserstein),
    )
    told = [f"{title} {_number(value)}" for title, value in distances if value is not None]
    if column.psi_by_chance is not None:
        told.insert(1, f"{_number(column.psi_by_chance)} of it by chance")
    if column.p_value is not None:
        told.append(f"p {_probability(column.p_value)}")
    if told:
        yield line(Span("by     ", "muted"), Span(", ".join(told)), wraps=True)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _probability(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.2g}"


def _side_by_side(versions: tuple[DriftView, ...], column: ColumnDrift) -> Iterator[Line]:
    """Yield this column in every version: inputs are alike in all of them, so what differs points at the version."""
    if not versions:
        return
    yield line()
    yield line(Span("versions", "title"))
    total = sum(each.current_rows for each in versions)
    for each in versions:
        share = f"{each.current_rows / total * 100:.0f} %" if total else "no rows"
        yield line(Span(f"{harmless(each.version or 'no version')} {share}  "), *_in_version(each, column.name))


def _in_version(version: DriftView, name: str) -> Sequence[Span]:
    column = find_column(version, name)
    if column is None:
        return (Span("not known of it", "muted"),)
    glyph, style = glyph_and_style(column.verdict)
    return (Span(f"{glyph} {WORD_OF_VERDICT[column.verdict]}", style), Span(f"  PSI {psi_in_words(column)}"))


def _further_lines(view: DriftView) -> Iterator[Line]:
    if view.slices:
        yield line()
        yield line(Span("slices", "title"))
        yield from (line(Span("· ", "muted"), Span(slice_in_words(each)), wraps=True) for each in view.slices)
    if view.notes:
        yield line()
        yield line(Span("notes", "title"))
        for note in view.notes:
            yield line(Span("· ", "muted"), Span(harmless(note, LONGEST_DETAIL), "muted"), wraps=True)
