"""The list of runs: a row for each, and more of the one under the cursor."""

from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Run
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.run_notes import note_lines
from console.tui.panels.steps import evidence_line
from console.tui.run_words import is_resting, needs_me, wait_of
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, CellStyle, Row
from console.tui.wording import ago

RUN_COLUMNS = (
    Column("model", "  model", 11, 18),
    Column("playbook", "playbook", 12, 20, drop=3),
    Column("step", "stands at", 12, 22, drop=4),
    Column("wait", "waits for", 17, 24, flexible=True),
    Column("who", "who", 8, 14, drop=2),
    Column("since", "since", 8, 8, drop=1),
)
_NUMBER_OF_STEPS = "{place} of {count}"


def run_rows(runs: Sequence[Run]) -> list[Row]:
    """Return a row for each run, in their order."""
    return [_row(run) for run in runs]


def who_follows(run: Run) -> str:
    """Return who follows a run, in a word or two."""
    if run.is_mine:
        return "you"
    return harmless(run.followed_by) if run.followed_by is not None else "nobody"


def told_of_resting(run: Run) -> str:
    """Return who followed a run that rests, and until when."""
    who, since = harmless(run.left_by or run.by), run.rests_since
    return f"{who} had it" if since is None else f"{who} had it until {clock_time(since)} UTC"


def place_of(run: Run) -> str:
    """Return the step that a run stands at by its number; empty when it has ended."""
    place = next((index for index, step in enumerate(run.steps, 1) if step.id == run.active), None)
    return "" if place is None else _NUMBER_OF_STEPS.format(place=place, count=len(run.steps))


def run_told(run: Run, now: float) -> tuple[Line, ...]:
    """Return what else there is to know of the run under the cursor (`now` in UTC seconds)."""
    kind = "rehearsal of " if run.is_rehearsal else ""
    lines = [
        line(
            Span(f"{kind}{harmless(run.playbook_id)}", "strong"),
            Span(f"  {harmless(run.title)}  v{run.playbook_version}  run {harmless(run.id)}", "muted"),
        ),
        line(
            Span("began    ", "muted"), f"{clock_time(run.started)} UTC by {harmless(run.by)}, {ago(now - run.started)}"
        ),
    ]
    step = run.active_step
    if step is not None:
        lines.append(line(Span("step     ", "muted"), f"{place_of(run)}, {step.kind.value}: {harmless(step.title)}"))
        waits = Span(wait_of(run).text, "warning" if needs_me(run) else "plain")
        lines.append(line(Span("waits    ", "muted"), waits, wraps=True))
    if is_resting(run):
        lines.append(line(Span("rests    ", "muted"), told_of_resting(run)))
    if run.evidence:
        seen = evidence_line(run.evidence)
        lines.append(line(Span("evidence ", "muted"), *seen.spans))
    if run.message:
        lines.append(line(Span("▲ ", "warning"), Span(harmless(run.message), "warning"), wraps=True))
    return (*lines, *note_lines(run.notes))


def _row(run: Run) -> Row:
    glyph, style = _look(run)
    step = run.active_step
    kind = "rehearsal: " if run.is_rehearsal else ""
    since = run.rests_since if is_resting(run) and run.rests_since is not None else run.ended or run.started
    return Row(
        run.id,
        (
            Cell(f"{glyph} {harmless(run.model_id)}", style),
            Cell(f"{kind}{harmless(run.playbook_id)}"),
            Cell(f"{place_of(run)}, {harmless(step.title)}" if step is not None else "—", "plain" if step else "muted"),
            Cell(wait_of(run).text, style if needs_me(run) else "plain"),
            Cell(who_follows(run), "muted" if run.is_mine else "plain"),
            Cell(clock_time(since), "muted"),
        ),
    )


def _look(run: Run) -> tuple[str, CellStyle]:
    if run.ended is not None:
        return "✔", "muted"
    if needs_me(run):
        return "▲", "warning"
    return ("▶", "accent") if run.is_mine else ("·", "plain")
