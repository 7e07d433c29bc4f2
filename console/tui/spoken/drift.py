"""The columns of a model as sentences."""

from console.domain.drift import ColumnDrift, DriftView
from console.headless.drift.words import (
    WORD_OF_VERDICT,
    bin_in_words,
    name_of,
    null_in_words,
    psi_in_words,
    share_in_words,
    what_moved,
)
from console.tui.panels.drift import SORTINGS, Sorting, drift_rows, find_column, glyph_and_style
from console.tui.panels.lines import Line, Span, line
from console.tui.spoken.lines import spoken_text
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row

_MOST_BINS = 6


def spoken_drift_columns() -> tuple[Column, ...]:
    """Return the only column."""
    return (Column("column", "columns, one in a line", 10, 10, flexible=True),)


def spoken_drift_rows(view: DriftView, sorting: Sorting = SORTINGS[0], wanted: str = "") -> list[Row]:
    """Return rows of the same columns in the same order, each a single cell that holds the column's sentence."""
    rows = []
    for row in drift_rows(view, sorting, wanted):
        column = find_column(view, row.id)
        if column is not None:
            rows.append(Row(row.id, (Cell(column_sentence(column), glyph_and_style(column.verdict)[1]),)))
    return rows


def column_sentence(column: ColumnDrift) -> str:
    """Return the sentence of a column; what matters most stands first, since its end is cut on a small screen."""
    share = share_in_words(column)
    null = null_in_words(column)
    parts = [
        f"{name_of(column)}, {WORD_OF_VERDICT[column.verdict]}",
        what_moved(column),
        f"PSI {psi_in_words(column)}" if column.psi is not None else "",
        f"{share} of the change" if share else "",
        f"null {null}" if null else "",
    ]
    return spoken_text(line(Span("; ".join(part for part in parts if part))))


def bins_line(column: ColumnDrift) -> Line:
    """Return the histograms as a sentence: the bins whose shares changed most, the greatest change first."""
    changed = sorted(column.bins, key=lambda each: -abs(each.current - each.reference))[:_MOST_BINS]
    told = ", ".join(map(bin_in_words, changed))
    return line(Span("bins  ", "muted"), Span(told or "none are known of this column"), wraps=True)
