"""A model in a few lines: what is wrong and since when, why, and what to do."""

from console.domain.anomaly import Anomaly, PlaybookOffer, Status
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Run
from console.domain.signal import State
from console.domain.snapshot import ModelView
from console.headless.summary.words import course_in_words, reasons
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.run_notes import note_lines
from console.tui.wording import GLYPH_OF_STATUS, STYLE_OF_STATUS, WORD_OF_STATE, ack_in_brief, person

_LABEL_CELLS = 5
_MOST_OFFERS = 9
_MOST_FACTS = 2
"""Facts beside the causes: of more, what to do is pushed out of sight. The model's page tells them all."""
_WORTH_TELLING = (State.ERROR, State.SOURCE_DOWN, State.STALE, State.NO_DATA)


def offers_of(view: ModelView | None) -> tuple[PlaybookOffer, ...]:
    """Return the playbooks that fit a model, in the order of its anomalies: what the number keys mean."""
    return view.playbooks[:_MOST_OFFERS] if view is not None else ()


def ties_with_the_one_before(offers: tuple[PlaybookOffer, ...]) -> tuple[bool, ...]:
    """Return for each offer whether it fits exactly as well as the one that stands before it."""
    before = (None, *offers)
    return tuple(other is not None and other.id in offer.ties for offer, other in zip(offers, before, strict=False))


def model_summary(view: ModelView, at: float, runs: tuple[Run, ...] = ()) -> tuple[Line, ...]:
    """Return what is wrong, why and what to do, the worst anomaly first; `runs` are the open ones of this model."""
    lines = [_what(view, at)]
    told = view.standing or view.anomalies
    others = told[1:]
    if others:
        more = f"; and {len(others) - 1} more" if len(others) > 1 else ""
        lines.append(line(label("also"), anomaly_in_words(others[0], at) + more))
    facts = "; ".join(reasons(view, most_facts=_MOST_FACTS))
    if facts:
        lines.append(line(label("why"), facts, wraps=True))
    if view.budget:
        lines.append(line(label(""), Span(harmless(view.budget), "warning")))
    if runs:
        lines.append(_first_run(runs))
    offers = offers_of(view)
    if offers:
        lines.append(line(label("do"), *_numbered(offers)))
    elif view.standing:
        lines.append(line(label("do"), Span("no playbook fits; enter opens the model", "muted")))
    if view.notes:
        newest = note_lines(view.notes, most=1)[0]
        more = f"; {len(view.notes) - 1} more" if len(view.notes) > 1 else ""
        lines.append(line(label("note"), *newest.spans, Span(more, "muted")))
    return tuple(lines)


def anomaly_in_words(anomaly: Anomaly, at: float) -> str:
    """Return an anomaly with its severity and its course."""
    return f"{harmless(anomaly.summary)} · {course_since(anomaly, at)}"


def course_since(anomaly: Anomaly, at: float) -> str:
    """Return an anomaly's severity and course: `critical since 03:08:15 UTC (12 min)`, or how it recovered."""
    if anomaly.is_over:
        return course_in_words(anomaly, at)
    before = "before " if anomaly.onset_is_earlier else ""
    lasts = course_in_words(anomaly, at).removeprefix("for ").removeprefix("over ")
    return f"{anomaly.severity.value} since {before}{clock_time(anomaly.onset)} UTC ({lasts})"


def _first_run(runs: tuple[Run, ...]) -> Line:
    """Return the first of some runs, and how many others there are: more lines would hide what to do."""
    first = run_line(runs[0])
    more = () if len(runs) == 1 else (Span(f"  and {len(runs) - 1} more", "muted"),)
    return line(*first.spans, right=more)


def run_line(run: Run) -> Line:
    """Return an open run in a line: the playbook, the step it stands at and what it waits for."""
    step = run.active_step
    at_step = f" at “{harmless(step.title)}”" if step is not None else ""
    waits = f": {harmless(run.progress)}" if run.progress else ""
    kind = "rehearsal of " if run.is_rehearsal else ""
    told = f"{kind}{harmless(run.playbook_id)}{at_step}{waits}"
    if run.is_mine:
        return line(label("run"), Span("▶ ", "accent"), told)
    who = Span("nobody", "warning") if run.followed_by is None else Span(person(run.followed_by), "strong")
    return line(label("run"), Span("▶ ", "accent"), who, f" follows {told}")


def label(text: str) -> Span:
    """Return what stands before a line: `why`, `do`."""
    return Span(f"{text:<{_LABEL_CELLS}}", "muted")


def _numbered(offers: tuple[PlaybookOffer, ...]) -> list[Span]:
    spans: list[Span] = []
    for number, (offer, is_tie) in enumerate(zip(offers, ties_with_the_one_before(offers), strict=True), 1):
        if is_tie:
            spans.append(Span("or ", "muted"))
        spans.extend((Span(f"{number} ", "key"), Span(f"{harmless(offer.id)}  ", "strong")))
        spans.append(Span(f"{harmless(offer.title)}   ", "muted"))
    return spans


def _what(view: ModelView, at: float) -> Line:
    head = Span(f"{GLYPH_OF_STATUS[view.status]} {view.model.shown_id}  ", STYLE_OF_STATUS[view.status])
    taken = view.acknowledged
    ack = (Span(f"  {ack_in_brief(taken)}", "ok"),) if taken is not None else ()
    if view.standing or (view.anomalies and view.status is Status.OK):
        return line(head, anomaly_in_words((view.standing or view.anomalies)[0], at), right=ack)
    troubled = [
        f"{reading.signal.title}: {WORD_OF_STATE[reading.state]}" + (f" ({reading.detail})" if reading.detail else "")
        for reading in view.readings.values()
        if reading.state in _WORTH_TELLING
    ]
    return line(head, Span("; ".join(map(harmless, troubled)) or "nothing broke its objective", "muted"))
