"""The steps of a run: where it stands, what was seen, and the answers that it takes now."""

import msgspec
from rich.cells import cell_len

from console.domain.action import Outcome
from console.domain.action_words import END_OF_AN_UNDO
from console.domain.label import harmless
from console.domain.run import Evidence, Run, StepKind, StepState, StepView
from console.tui.panels.lines import Line, Span, SpanStyle, line
from console.tui.panels.run_notes import note_lines
from console.tui.widgets.cells import fit
from console.tui.wording import ago

GLYPH_OF_STEP = {
    StepState.PENDING: "·",
    StepState.ACTIVE: "▶",
    StepState.DONE: "✔",
    StepState.SKIPPED: "–",
    StepState.FAILED: "✖",
    StepState.UNKNOWN: "?",
}
STYLE_OF_STEP: dict[StepState, SpanStyle] = {
    StepState.PENDING: "muted",
    StepState.ACTIVE: "accent",
    StepState.DONE: "ok",
    StepState.SKIPPED: "muted",
    StepState.FAILED: "critical",
    StepState.UNKNOWN: "unknown",
}
_STYLE_OF_OUTCOME: dict[Outcome, SpanStyle] = {
    Outcome.APPLIED: "accent",
    Outcome.VERIFIED: "ok",
    Outcome.WORSE: "critical",
    Outcome.NOT_VERIFIED: "warning",
    Outcome.NOT_APPLIED: "warning",
    Outcome.UNKNOWN: "unknown",
}
_GLYPH_OF_OUTCOME = {
    Outcome.APPLIED: "✔",
    Outcome.VERIFIED: "✔",
    Outcome.WORSE: "✖",
    Outcome.NOT_VERIFIED: "▲",
    Outcome.NOT_APPLIED: "▲",
    Outcome.UNKNOWN: "?",
}
_LED = (StepState.DONE, StepState.FAILED, StepState.UNKNOWN)
_INDENT = "    "
_LONGEST_NOTE = 2000
_LONGEST_TITLE = 16
"""Cells of what stands before a value; more would leave the value no room beside the steps."""


class KeysOfRuns(msgspec.Struct, frozen=True):
    """Keys of the screen that are told beside what they do; empty where there is none."""

    undo: str = ""
    give: str = ""
    take_up: str = ""


def evidence_line(evidence: tuple[Evidence, ...]) -> Line:
    """Return what the steps look at, with its values now."""
    spans: list[Span] = []
    for each in evidence:
        gap = Span(" · " if spans else "", "muted")
        style: SpanStyle = "unknown" if each.value is None else "strong"
        spans.extend((gap, Span(f"{harmless(each.title)} ", "muted"), Span(harmless(each.text), style)))
    return line(*spans)


def evidence_lines(evidence: tuple[Evidence, ...]) -> tuple[Line, ...]:
    """Return what the steps look at, a value in each line, to stand beside the steps."""
    if not evidence:
        return ()
    width = max(cell_len(harmless(each.title, _LONGEST_TITLE)) for each in evidence)
    return (line(Span("evidence now", "title")), *(_seen(each, width) for each in evidence))


def _seen(each: Evidence, width: int) -> Line:
    style: SpanStyle = "unknown" if each.value is None else "strong"
    title = fit(harmless(each.title, _LONGEST_TITLE), width)
    return line(Span(f"{title}  ", "muted"), Span(harmless(each.text, _LONGEST_NOTE), style), wraps=True)


_WORD_OF_DELIVERY = {Outcome.APPLIED: "sent", Outcome.NOT_APPLIED: "not sent"}


def step_lines(run: Run, keys: tuple[str, ...], now: float, named: KeysOfRuns) -> tuple[tuple[Line, ...], int]:
    """Return the lines of all steps, and which of them must be seen.

    `keys` are those of the run's answers that work now; an answer whose key means something else at the moment is not
    shown. `now` is in UTC seconds, `named` the keys of the screen that are told.
    """
    lines: list[Line] = []
    seen = 0
    for number, step in enumerate(run.steps, 1):
        is_active = step.id == run.active and run.ended is None
        lines.append(_step(number, step, now))
        if is_active:
            if step.note and not (run.progress or "").startswith(step.note):
                lines.extend(_told(step, is_sent_from_here=any(choice.sends for choice in run.choices)))
            if run.progress:
                lines.append(line(_INDENT, Span("now ", "muted"), harmless(run.progress, _LONGEST_NOTE), wraps=True))
            lines.extend(_notice(run))
            lines.extend(_asked(run, named.give))
            lines.extend(_choices(run, keys))
            seen = len(lines) - 1
        elif step.state is not StepState.PENDING and (note := step.note or _why_skipped(step, run.steps)):
            lines.extend(_lines_of(note, "muted"))
    lines.extend(_outcome(run, now, named.undo))
    if run.ended is not None:
        lines.append(line(Span(f"this run ended {ago(now - run.ended)}; esc goes back", "muted")))
        seen = len(lines) - 1
    if run.message:
        lines.append(line(Span("▲ ", "warning"), Span(harmless(run.message, _LONGEST_NOTE), "warning"), wraps=True))
        seen = len(lines) - 1
    if run.notes:
        lines.extend((line(), line(Span("notes", "title")), *note_lines(run.notes)))
    return tuple(lines), max(0, seen)


def _step(number: int, step: StepView, now: float) -> Line:
    style = STYLE_OF_STEP[step.state]
    is_active = step.state is StepState.ACTIVE
    when = f", {ago(now - step.at)}" if step.at is not None and not is_active else ""
    told = "" if step.state is StepState.PENDING else f"{step.state.value}{when}"
    title = Span(harmless(step.title), "strong" if is_active else ("muted" if not told else "plain"))
    head = Span(f"{GLYPH_OF_STEP[step.state]} {number} ", style)
    return line(head, Span(f"{step.kind.value:<7} ", "muted"), title, right=(Span(told, style),))


def _told(step: StepView, *, is_sent_from_here: bool) -> list[Line]:
    """Return what an active step says."""
    if step.kind is not StepKind.NOTIFY:
        return _lines_of(step.note)
    head = "the message:" if is_sent_from_here else "the message, to be copied and sent:"
    return [line(_INDENT, Span(head, "muted")), *_lines_of(step.note, mark="│ ")]


def _notice(run: Run) -> list[Line]:
    """Return whether a message can be sent from here, and what became of it in each channel."""
    notice = run.notice
    if notice is None:
        return []
    lines = [
        line(
            _INDENT,
            Span(f"{_GLYPH_OF_OUTCOME[each.outcome]} ", _STYLE_OF_OUTCOME[each.outcome]),
            Span(f"{harmless(each.channel)}: ", "strong"),
            f"{_WORD_OF_DELIVERY.get(each.outcome, 'unknown')}: {harmless(each.detail, _LONGEST_NOTE)}",
            wraps=True,
        )
        for each in notice.deliveries
    ]
    if notice.why_not:
        why = f"it cannot be sent from here: {harmless(notice.why_not, _LONGEST_NOTE)}"
        lines.append(line(_INDENT, Span(why, "muted"), wraps=True))
    return lines


def _lines_of(text: str, style: SpanStyle = "plain", mark: str = "") -> list[Line]:
    """Return a text, each of its lines in one: a command stands alone, to be copied."""
    margin = Span(f"{_INDENT}{mark}", "muted")
    return [line(margin, Span(harmless(each, _LONGEST_NOTE), style), wraps=True) for each in text.splitlines()]


def _why_skipped(step: StepView, steps: tuple[StepView, ...]) -> str:
    """Return which step led past another; steps that nothing leads to any more are skipped at the same instant."""
    if step.state is not StepState.SKIPPED or step.at is None:
        return ""
    led = [number for number, each in enumerate(steps, 1) if each.at == step.at and each.state in _LED]
    return f"step {led[-1]} led past it" if led else ""


def _asked(run: Run, key: str) -> list[Line]:
    """Return the values that only a person can give."""
    return [
        line(
            _INDENT,
            Span(f"{key} " if key and number == 0 else "  ", "key"),
            Span(f"{harmless(each.title)}: ", "strong"),
            Span(harmless(", ".join(each.options) or each.expected), "muted"),
            Span(f"; now {harmless(each.present)}" if each.present else "", "muted"),
            Span(f"; the evidence names {harmless(each.proposed)}" if each.proposed else "", "muted"),
            wraps=True,
        )
        for number, each in enumerate(run.asked)
    ]


def _choices(run: Run, keys: tuple[str, ...]) -> list[Line]:
    lines = []
    for choice in run.choices:
        if choice.key in keys:
            suggested = Span("  ◂ suggested", "ok") if choice.suggested else Span("")
            lines.append(line(_INDENT, Span(f"{choice.key} ", "key"), harmless(choice.label), suggested))
    return lines


def _outcome(run: Run, now: float, undo_key: str) -> list[Line]:
    if run.commitment is None:
        return []
    outcome = run.commitment.outcome
    style = _STYLE_OF_OUTCOME[outcome]
    told = f"{_GLYPH_OF_OUTCOME[outcome]} {outcome.value.replace('_', ' ')}"
    detail = f"{ago(now - run.commitment.at)}: {harmless(run.commitment.detail, _LONGEST_NOTE)}"
    lines = [line(), line(Span("outcome  ", "muted"), Span(f"{told} ", style), detail, wraps=True)]
    if run.taken_back is not None:
        back = Span(f"{_GLYPH_OF_OUTCOME[run.taken_back]} ", _STYLE_OF_OUTCOME[run.taken_back])
        lines.append(line(Span("         ", "muted"), back, END_OF_AN_UNDO[run.taken_back], wraps=True))
    if run.undo is not None and run.undo.undo is not None:
        lines.append(
            line(
                Span("         ", "muted"),
                Span(f"{undo_key} " if undo_key else "", "key"),
                harmless(run.undo.undo.title),
            )
        )
    return lines
