"""A snapshot as text for a terminal, a log or a pipe."""

from collections.abc import Iterator, Sequence

from console.domain.anomaly import Status
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.quantity import format_quantity, format_ratio
from console.domain.run import Note
from console.domain.signal import MODEL_QUALITY, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.headless.cells import cell_width, cut, pad
from console.headless.summary.words import (
    LONGEST_TEXT,
    baselines_of,
    best_in_words,
    cause_in_words,
    causes_told,
    facts_beside,
    fleet_in_words,
    is_worth_a_line,
    moment_in_words,
    playbooks_in_words,
    reading_in_words,
    shared_in_words,
    told_with_who,
    troubled_sources,
)

WIDEST_ID = 40
WIDEST_TEXT = 100
WIDEST_PLAYBOOK = 35
"""Cells up to which a column is padded; what is longer pushes only its own line out."""
NARROW = 100
"""Cells below which a line only counts the playbooks that fit as well as the first."""

STATUS_WORDS = {Status.CRITICAL: "CRIT", Status.WARNING: "WARN", Status.UNKNOWN: "UNKN", Status.OK: "OK  "}
_COLOURS = {Status.CRITICAL: "1;31", Status.WARNING: "33", Status.UNKNOWN: "35", Status.OK: "32"}
_INDENT = "     "


class Paint:
    """Puts a status' colour around its word, on terminals that have colours."""

    def __init__(self, colours: bool) -> None:
        self._colours = colours

    def __call__(self, status: Status, word: str) -> str:
        """Return a word in the colour of a status."""
        return f"\x1b[{_COLOURS[status]}m{word}\x1b[0m" if self._colours else word


def summary_text(
    snapshot: Snapshot,
    *,
    width: int | None = None,
    colours: bool = False,
    every_model: bool = False,
    details: bool = False,
) -> str:
    """Return lines, each ended by a newline: the fleet, troubled sources, what many share, then models worst first.

    Healthy models are counted, and listed only with `every_model`; `details` lists all with their signals, and of how
    many days baselines are made where that is not all. Lines are cut to `width` cells if one is given.
    """
    paint = Paint(colours)
    status = snapshot.status
    head = f"  {fleet_in_words(snapshot)}  {moment_in_words(snapshot)}"
    word = status.value.upper()
    lines = [paint(status, word) + _fit(head, width, taken=len(word))]
    for trouble, name, detail in (*troubled_sources(snapshot), *(baselines_of(snapshot) if details else ())):
        word = trouble if trouble == "NOTE" else paint(Status.UNKNOWN, trouble)
        lines.append(word + _fit(f" {name}  {detail}", width, taken=len(trouble)))
    for shared in snapshot.shared_incidents:
        status = Status(shared.severity.value)
        told = _fit(f" {shared_in_words(shared, snapshot.at)}", width, taken=len(STATUS_WORDS[status]))
        lines.append(paint(status, STATUS_WORDS[status]) + told)
    listed = [view for view in snapshot.models if every_model or details or is_worth_a_line(view)]
    for view, line in zip(listed, _model_lines(listed, snapshot.at, width, paint), strict=True):
        lines.append(line)
        if details:
            lines.extend(_INDENT + _fit(line, width, taken=len(_INDENT)) for line in _detail_lines(view))
    return "".join(line.rstrip() + "\n" for line in lines)


def _fit(text: str, width: int | None, taken: int) -> str:
    return text if width is None else cut(text, max(0, width - taken))


def _model_lines(views: Sequence[ModelView], at: float, width: int | None, paint: Paint) -> list[str]:
    """Return a line per model, in columns; where the width is short the text gives way, never the playbook."""
    ids = [view.model.shown_id for view in views]
    texts = [told_with_who(view, at) for view in views]
    is_narrow = width is not None and width < NARROW
    best = [best_in_words(view.playbooks, briefly=is_narrow) for view in views]
    ends = [f"  -> {playbook}" if playbook else "" for playbook in best]
    id_width = _column(ids, WIDEST_ID)
    text_width = _column([text for text, end in zip(texts, ends, strict=True) if end], WIDEST_TEXT)
    end_width = _column(ends, WIDEST_PLAYBOOK)
    lines = []
    for view, name, text, end in zip(views, ids, texts, ends, strict=True):
        word = STATUS_WORDS[view.status]
        start = f" {pad(name, id_width)}  "
        if width is None:
            body = pad(text, text_width) if end else text
        else:
            room = max(0, width - len(word) - cell_width(start) - (end_width if end else 0))
            body = pad(cut(text, room), min(text_width, room)) if end else cut(text, room)
        lines.append(paint(view.status, word) + _fit(start + body + end, width, taken=len(word)))
    return lines


def _column(texts: Sequence[str], widest: int) -> int:
    return max((width for width in map(cell_width, texts) if width <= widest), default=0)


def _detail_lines(view: ModelView) -> list[str]:
    facts = []
    if view.versions:
        shares = (f"{harmless(version)} {format_ratio(share)}" for version, share in view.versions.items())
        facts.append(("versions", ", ".join(shares)))
    facts.append(("workload", _workload(view)))
    if view.budget:
        facts.append(("budget", harmless(view.budget)))
    facts.extend((name, _measured(reading)) for name, reading in view.readings.items())
    facts.extend(("odd", f"{odd.fact}, since {clock_time(odd.since)} UTC") for odd in view.oddities)
    facts.extend(_why(view))
    facts.extend(("note", _note(note)) for note in view.notes)
    facts.extend(("do", offer) for offer in playbooks_in_words(view))
    width = _column([name for name, _ in facts], WIDEST_ID)
    return [f"{pad(name, width)}  {told}" for name, told in facts]


def _note(note: Note) -> str:
    follow_up = "follow-up, " if note.follow_up else ""
    return harmless(f"{follow_up}{clock_time(note.at)} UTC {note.by}: {note.text}", LONGEST_TEXT)


def _why(view: ModelView) -> Iterator[tuple[str, str]]:
    """Yield causes with what speaks for and against each, facts that no cause names, and what could not be read."""
    for cause in causes_told(view):
        yield "why", harmless(f"{cause_in_words(cause)}: {cause.detail}", LONGEST_TEXT)
        yield from (("", f"· {harmless(fact, LONGEST_TEXT)}") for fact in cause.evidence)
    yield from (("why", harmless(fact, LONGEST_TEXT)) for fact in facts_beside(view))
    yield from (("not read", harmless(told, LONGEST_TEXT)) for told in view.not_read)


def _workload(view: ModelView) -> str:
    finding = view.workload
    if finding is None:
        return "not looked for"
    workload = finding.workload
    if workload is None:
        return f"not known: {harmless(finding.reason or 'no reason given')}"
    where = harmless(f"{workload.kind} {workload.namespace}/{workload.name}")
    return f"{where}, {workload.ready} of {workload.replicas} ready"


def _measured(reading: Reading) -> str:
    text = reading_in_words(reading)
    if reading.state is State.NOT_EXPORTED:
        return text
    unit = reading.signal.unit
    if reading.expected is not None:
        text += f", expected {format_quantity(reading.expected, unit)}"
    if reading.objective is not None:
        text += f", objective {format_quantity(reading.objective, unit)}"
    if reading.signal.name == MODEL_QUALITY.name and reading.signal.title != MODEL_QUALITY.title:
        return f"{harmless(reading.signal.title)} {text}"
    return text
