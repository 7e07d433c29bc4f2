"""The quality of a model as sentences."""

import msgspec

from console.domain.quality import QualityView
from console.headless.quality.words import class_in_words, metric_clauses
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.quality import find_reading, quality_lines, quality_rows
from console.tui.spoken.lines import spoken_text
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row


def spoken_quality_columns() -> tuple[Column, ...]:
    """Return the only column."""
    return (Column("metric", "metrics, one in a line", 10, 10, flexible=True),)


def spoken_quality_rows(view: QualityView) -> list[Row]:
    """Return rows of the same metrics, each a single cell that holds the metric's sentence."""
    rows = []
    for row in quality_rows(view):
        found = find_reading(view, row.id)
        if found is not None:
            reading, is_estimate = found
            told = metric_clauses(reading, is_estimate=is_estimate)
            rows.append(Row(row.id, (Cell(spoken_text(line(Span(told))), row.cells[0].style),)))
    return rows


def spoken_quality_lines(view: QualityView, row_id: str | None) -> tuple[Line, ...]:
    """Return the words about a row, the table of classes as a sentence for each of them."""
    found = find_reading(view, row_id)
    without_table = msgspec.structs.replace(view, classes=())
    reading, is_estimate = found if found is not None else (None, False)
    told = quality_lines(without_table, reading, is_estimate=is_estimate)
    return (*told, *(line(Span(f"class {class_in_words(each)}"), wraps=True) for each in view.classes))
