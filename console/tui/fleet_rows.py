"""The rows of the fleet screen: a pure function of a snapshot."""

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Status
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import format_quantity
from console.domain.signal import ERROR_RATIO, FEATURE_DRIFT, SIGNALS, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.headless.summary.words import best_in_words, course_in_brief, course_in_words
from console.tui.deltas import Arrow, Deltas
from console.tui.fleet_order import Order, headline_reading, load_reading, ordered
from console.tui.marks import Marks
from console.tui.widgets.columns import Column
from console.tui.widgets.sparkline import sparkline
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import (
    GLYPH_OF_MINE,
    GLYPH_OF_STATUS,
    SHORT_WORD_OF_STATE,
    STYLE_OF_STATUS,
    age_of,
    factor,
    has_number,
    old_number,
    person,
    reading_in_words,
)

SPARK_CELLS = 8

COLUMNS = (
    Column("model", "  model", 11, 16),
    Column("version", "version", 7, 8, drop=7),
    Column("traffic", "traffic", 8, 8, "right", drop=5),
    Column("errors", "errors", 7, 7, "right", drop=4),
    Column("latency", "latency", 11, 11, "right"),
    Column("trend", "trend", SPARK_CELLS, SPARK_CELLS, drop=8),
    Column("load", "load", 5, 5, "right", drop=9),
    Column("drift", "drift", 6, 6, "right", drop=6),
    Column("since", "since", 7, 7, "right", drop=1),
    Column("what", "what happened", 24, 24, drop=3, flexible=True),
)

"""All columns; that of drift is there when a store of predictions tells it of any model (`columns_of`)."""
WITHOUT_DRIFT = tuple(column for column in COLUMNS if column.key != "drift")


class Choice(msgspec.Struct, frozen=True):
    """What a person wants to see of the fleet: models that hold a text, only their own, in an order."""

    wanted: str = ""
    mine_only: bool = False
    order: Order | None = None


EVERYTHING = Choice()


def fleet_rows(
    snapshot: Snapshot, choice: Choice = EVERYTHING, marks: Marks | None = None, deltas: Deltas | None = None
) -> list[Row]:
    """Return a row per model that was chosen, worst first or in the chosen order; a text counts whatever its case."""
    marks, deltas = marks or Marks(), deltas or Deltas()
    needle = choice.wanted.casefold()
    tells_drift = has_drift(snapshot)
    rows = []
    for view in ordered(snapshot.models, choice.order, lambda view: marks.is_mine(view.model)):
        is_mine = marks.is_mine(view.model)
        if choice.mine_only and not is_mine:
            continue
        row = model_row(view, snapshot.at, deltas, is_mine=is_mine, tells_drift=tells_drift)
        if not needle or needle in _searched(view, row):
            rows.append(row)
    return rows


def has_drift(snapshot: Snapshot) -> bool:
    """Return whether a store of predictions tells the drift of any model."""
    return any(FEATURE_DRIFT.name in view.readings for view in snapshot.models)


def columns_of(snapshot: Snapshot) -> tuple[Column, ...]:
    """Return the columns that the rows of a snapshot have."""
    return COLUMNS if has_drift(snapshot) else WITHOUT_DRIFT


def model_row(view: ModelView, at: float, deltas: Deltas, *, is_mine: bool, tells_drift: bool = False) -> Row:
    """Return the row of one model at an instant (UTC seconds)."""
    mark = GLYPH_OF_MINE if is_mine else " "

    def cell(column: str, reading: Reading | None) -> Cell:
        return _reading(view, reading, deltas.arrow(view.model.id, column))

    return Row(
        view.model.id,
        (
            Cell(f"{GLYPH_OF_STATUS[view.status]}{mark}{view.model.shown_id}", STYLE_OF_STATUS[view.status]),
            Cell(versions_in_words(view), "plain"),
            cell("traffic", view.readings.get(TRAFFIC.name)),
            cell("errors", view.readings.get(ERROR_RATIO.name)),
            _latency(view, deltas),
            Cell(_trend(view), "muted"),
            cell("load", load_reading(view)),
            *((_drift(view),) if tells_drift else ()),
            Cell(since_in_words(view, at), "plain"),
            what_happened(view, at),
        ),
    )


def versions_in_words(view: ModelView) -> str:
    """Return the version that serves most, and how many others serve beside it."""
    names = [harmless(version) or "unnamed" for version in view.versions]
    if not names:
        return "—"
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def since_in_words(view: ModelView, at: float) -> str:
    """Return how long the incident lasts in its greatest unit, empty where there is none or it is over."""
    if view.incident is None or not view.standing:
        return ""
    earlier = any(a.onset_is_earlier and a.onset == view.incident.onset for a in view.anomalies)
    lasts = in_words(max(0.0, at - view.incident.onset)).split(" ")
    return (">" if earlier else "") + " ".join(lasts[:2])


def what_happened(view: ModelView, at: float) -> Cell:
    """Return the worst anomaly in a few words with its most telling fact, and the playbook that fits best behind it."""
    if not view.standing:
        over = view.anomalies[0] if view.anomalies and view.status is Status.OK else None
        return Cell(_untroubled(view, at) if over is None else harmless(_recovered(over, at)))
    worst = view.standing[0]
    facts = (
        short_summary(worst, view),
        *course_in_brief(worst),
        *(fact.split(" its ")[0] for fact in worst.evidence[:1]),
    )
    if view.acknowledged is not None:  # somebody is at it: who is worth more room than what could be done
        return Cell(harmless(", ".join(facts)), ending=f" · ack {person(view.acknowledged.by)}")
    best = best_in_words(worst.playbooks)
    return Cell(harmless(", ".join(facts)), ending=f" → {best}" if best is not None else "")


def _recovered(anomaly: Anomaly, at: float) -> str:
    what = anomaly.signal or anomaly.kind.value
    name = SIGNALS[what].title if what in SIGNALS else what
    return f"{name}: {course_in_words(anomaly, at)}"


def short_summary(anomaly: Anomaly, view: ModelView) -> str:
    """Return what broke without repeating the number that stands in the same row."""
    reading = view.readings.get(anomaly.signal) if anomaly.signal is not None else None
    is_in_the_row = has_number(reading) and anomaly.signal == view.headline_signal
    if anomaly.kind is not AnomalyKind.LATENCY or reading is None or not is_in_the_row:
        return anomaly.summary.split(",")[0]
    name = reading.signal.title.removesuffix(" latency")
    times_expected = factor(reading)
    return (
        f"{name} {times_expected}" if times_expected else f"{name} over {format_quantity(anomaly.limit, anomaly.unit)}"
    )


def _untroubled(view: ModelView, at: float) -> str:
    """Return why a number of the row is not that of now, and how old it is; a dead source is told above all rows."""
    shown = (view.readings.get(TRAFFIC.name), view.readings.get(ERROR_RATIO.name), headline_reading(view))
    silent = [reading for reading in shown if reading is not None and not has_number(reading)]
    reading = next((each for each in silent if each.state is not State.NOT_EXPORTED), None)
    if reading is None:
        return ""
    age = age_of(reading, at)
    if reading.state is State.SOURCE_DOWN:
        return f"{age} old" if age else ""
    if reading.state is not State.ERROR:
        return harmless(reading.detail or "")
    return harmless(f"{reading.signal.title}{f' {age} old' if age else ''}: {reading.detail or 'query failed'}")


def _latency(view: ModelView, deltas: Deltas) -> Cell:
    reading = headline_reading(view)
    cell = _reading(view, reading, deltas.arrow(view.model.id, "latency"))
    if reading is None or not (has_number(reading) or old_number(reading)):
        return cell
    return Cell(f"{reading.signal.title.removesuffix(' latency')} {cell.text}", cell.style, cell.mark)


def _reading(view: ModelView, reading: Reading | None, arrow: Arrow) -> Cell:
    if reading is None:
        return Cell("—", "muted")
    if not has_number(reading):
        return Cell(old_number(reading) or SHORT_WORD_OF_STATE[reading.state], "muted")
    is_broken = any(anomaly.signal == reading.signal.name for anomaly in view.standing)
    return Cell(reading_in_words(reading), STYLE_OF_STATUS[view.status] if is_broken else "plain", arrow)


def _drift(view: ModelView) -> Cell:
    """Return the drift of the column that drifts most, without its unit: the title says what it is."""
    reading = view.readings.get(FEATURE_DRIFT.name)
    cell = _reading(view, reading, "")
    if reading is None or reading.value is None or not has_number(reading):
        return cell
    return msgspec.structs.replace(cell, text=f"{reading.value:.2f}")


def _trend(view: ModelView) -> str:
    """Return the latency of the last hour as bars whose full height is the limit, or what was worse than it."""
    if view.headline is None:
        return ""
    reading = headline_reading(view)
    limit = reading.limit if reading is not None and reading.limit is not None else 0.0
    worst = max((value for _, value in view.headline.points()), default=0.0)
    return sparkline(view.headline.values, SPARK_CELLS, low=0.0, high=max(limit, worst) or None)


def _searched(view: ModelView, row: Row) -> str:
    return " ".join((view.status.value, view.model.shown_id, *(cell.whole for cell in row.cells))).casefold()
