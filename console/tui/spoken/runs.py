"""The list of runs as sentences."""

from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Run
from console.tui.panels.lines import Span, line
from console.tui.panels.runs import place_of, run_rows, who_follows
from console.tui.run_words import needs_me, wait_of
from console.tui.spoken.lines import spoken_text
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row


def spoken_run_columns() -> tuple[Column, ...]:
    """Return the only column."""
    return (Column("run", "runs, one in a line", 10, 10, flexible=True),)


def spoken_run_rows(runs: Sequence[Run]) -> list[Row]:
    """Return rows of the same runs, each a single cell that holds the run's sentence."""
    rows = zip(runs, run_rows(runs), strict=True)
    return [Row(row.id, (Cell(run_sentence(run), row.cells[0].style),)) for run, row in rows]


def run_sentence(run: Run) -> str:
    """Return the sentence of a run; what matters most stands first, since its end is cut on a small screen."""
    step = run.active_step
    waits = "over" if run.ended is not None else f"waits for {wait_of(run).text}"
    parts = [
        f"{harmless(run.model_id)}, {waits}",
        "needs you" if needs_me(run) else "",
        f"{'rehearsal of ' if run.is_rehearsal else ''}{harmless(run.playbook_id)}",
        f"step {place_of(run)}, {harmless(step.title)}" if step is not None else "",
        f"followed by {who_follows(run)}" if run.ended is None else "",
        f"began {clock_time(run.started)} UTC",
    ]
    return spoken_text(line(Span("; ".join(part for part in parts if part))))
