"""What stands above the steps of a run: what kind of run it is, and whose."""

from console.domain.label import harmless
from console.domain.run import Run
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.runs import told_of_resting
from console.tui.run_words import is_resting


def place_lines(run: Run, take_up_key: str) -> tuple[Line, ...]:
    """Return that it is a rehearsal, and who follows it where that is not this console; else nothing."""
    spans: list[Span] = []
    if run.is_rehearsal:
        spans.append(Span(" REHEARSAL ", "loud"))
        spans.append(Span(" nothing is sent  ", "warning"))
    if is_resting(run):
        told = f"nobody follows this run; {told_of_resting(run)}. "
        spans.extend((Span(told, "warning"), Span(f"{take_up_key} ", "key"), Span("takes it up", "muted")))
    elif not run.is_mine and run.ended is None:
        spans.append(Span(f"{harmless(run.followed_by or run.by)} follows this run: here it is only shown", "warning"))
    return (line(*spans),) if spans else ()
