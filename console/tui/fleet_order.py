"""The order of the fleet's rows: the worst first, unless a person chose a column."""

from collections.abc import Callable, Iterable
from math import isnan

import msgspec

from console.domain.anomaly import WORST_FIRST
from console.domain.signal import ERROR_RATIO, FEATURE_DRIFT, KV_CACHE, LATENCY_P99, SATURATION, TRAFFIC, Reading
from console.domain.snapshot import ModelView
from console.tui.wording import has_number

Sorted = str | float
"""What a column is sorted by: its number where it has one, else its text."""


class Order(msgspec.Struct, frozen=True):
    """A column by its key, and whether its greatest value stands first."""

    column: str
    descending: bool

    @property
    def mark(self) -> str:
        """Return what stands beside the title of the column."""
        return "▼" if self.descending else "▲"

    def reversed(self) -> "Order":
        """Return the other direction."""
        return Order(self.column, not self.descending)


def headline_reading(view: ModelView) -> Reading | None:
    """Return the latency that speaks for a model."""
    return view.readings.get(view.headline_signal or LATENCY_P99.name)


def load_reading(view: ModelView) -> Reading | None:
    """Return what tells how full a model is."""
    return view.readings.get(SATURATION.name) or view.readings.get(KV_CACHE.name)


def _number(reading: Reading | None) -> float | None:
    if reading is None or not has_number(reading) or reading.value is None or isnan(reading.value):
        return None
    return reading.value


def _times_expected(view: ModelView) -> float | None:
    reading = headline_reading(view)
    value = _number(reading)
    return value / reading.expected if reading is not None and value is not None and reading.expected else None


_SORTED_BY: dict[str, Callable[[ModelView], Sorted | None]] = {
    "model": lambda view: view.model.id.casefold(),
    "version": lambda view: next(iter(view.versions), None),
    "traffic": lambda view: _number(view.readings.get(TRAFFIC.name)),
    "errors": lambda view: _number(view.readings.get(ERROR_RATIO.name)),
    "latency": lambda view: _number(headline_reading(view)),
    "trend": _times_expected,
    "load": lambda view: _number(load_reading(view)),
    "drift": lambda view: _number(view.readings.get(FEATURE_DRIFT.name)),
    "since": lambda view: -view.incident.onset if view.incident and view.standing else None,
    "what": lambda view: view.anomalies[0].summary.casefold() if view.anomalies else None,
}
SORTABLE = tuple(_SORTED_BY)
_TEXTS = frozenset({"model", "version", "what"})


def first_order(column: str) -> Order:
    """Return the direction that a column is sorted in first: texts from a to z, numbers from the greatest down."""
    return Order(column, column not in _TEXTS)


def ordered(views: Iterable[ModelView], order: Order | None, is_mine: Callable[[ModelView], bool]) -> list[ModelView]:
    """Return views in an order; None is the given one, worst first. A person's own models stand first among equals.

    What has no value in the column stands last in both directions: it is unknown, neither small nor great.
    """
    if order is None:
        return sorted(views, key=lambda view: (WORST_FIRST.index(view.status), not is_mine(view)))
    value_of = _SORTED_BY[order.column]
    known, unknown = [], []
    for view in sorted(views, key=lambda view: not is_mine(view)):
        value = value_of(view)
        if value is None:
            unknown.append(view)
        else:
            known.append((value, view))
    known.sort(key=lambda pair: pair[0], reverse=order.descending)
    return [view for _, view in known] + unknown
