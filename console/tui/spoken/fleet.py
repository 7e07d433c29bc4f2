"""A model of the fleet as one sentence: how it is, what happened, what to do, then its numbers."""

from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.signal import ERROR_RATIO, FEATURE_DRIFT, MODEL_QUALITY, TRAFFIC, Reading
from console.domain.snapshot import ModelView, Snapshot
from console.headless.summary.words import best_in_words, course_in_brief
from console.tui.fleet_order import headline_reading, load_reading
from console.tui.fleet_rows import since_in_words, versions_in_words, what_happened
from console.tui.marks import Marks
from console.tui.panels.lines import Span, line
from console.tui.spoken.lines import spoken_text
from console.tui.widgets.columns import Column
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import STYLE_OF_STATUS, person, reading_in_words


def spoken_columns() -> tuple[Column, ...]:
    """Return the only column."""
    return (Column("model", "models, one in a line", 10, 10, flexible=True),)


def spoken_rows(rows: Sequence[Row], snapshot: Snapshot, marks: Marks) -> list[Row]:
    """Return rows of the same models in the same order, each a single cell that holds the model's sentence."""
    views = {view.model.id: view for view in snapshot.models}
    return [_spoken_row(views[row.id], snapshot.at, marks) for row in rows]


def _spoken_row(view: ModelView, at: float, marks: Marks) -> Row:
    sentence = model_sentence(view, at, is_mine=marks.is_mine(view.model))
    return Row(view.model.id, (Cell(sentence, STYLE_OF_STATUS[view.status]),))


def model_sentence(view: ModelView, at: float, *, is_mine: bool) -> str:
    """Return the sentence; what matters most stands first, since its end is cut on a small screen."""
    since = since_in_words(view, at).replace(">", "more than ")
    lasts = f" for {since}" if since else ""
    worst = next(iter(view.standing), None)
    best = best_in_words(worst.playbooks) if worst is not None else None
    parts = [
        f"{view.model.shown_id}{', mine' if is_mine else ''}, {view.status.value}{lasts}",
        harmless(worst.summary) if worst is not None else what_happened(view, at).whole,
        *(course_in_brief(worst) if worst is not None else ()),
        f"playbook {best}" if best is not None else "",
        f"acknowledged by {person(view.acknowledged.by)} at {clock_time(view.acknowledged.at)} UTC"
        if view.acknowledged is not None
        else "",
        *(_reading(reading) for reading in _readings(view)),
        f"version {harmless(versions_in_words(view))}" if view.versions else "",
    ]
    return spoken_text(line(Span("; ".join(part for part in parts if part))))


def _readings(view: ModelView) -> tuple[Reading | None, ...]:
    return (
        headline_reading(view),
        view.readings.get(TRAFFIC.name),
        view.readings.get(ERROR_RATIO.name),
        load_reading(view),
        view.readings.get(FEATURE_DRIFT.name),
        view.readings.get(MODEL_QUALITY.name),
    )


def _reading(reading: Reading | None) -> str:
    return "" if reading is None else f"{reading.signal.title} {reading_in_words(reading)}"
