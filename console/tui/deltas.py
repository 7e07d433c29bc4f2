"""Which numbers of the fleet rose or fell: calm enough that noise shows nothing."""

from collections import deque
from math import isnan
from typing import Literal

from console.domain.quantity import format_quantity
from console.domain.signal import ERROR_RATIO, TRAFFIC, Reading
from console.domain.snapshot import ModelView, Snapshot
from console.tui.fleet_order import headline_reading, load_reading
from console.tui.wording import has_number

WINDOW_SECONDS = 300.0
"""Numbers are compared with those of so long ago, unless a person fixed a moment."""
APPEARS, STAYS = 0.2, 0.1
"""The share of the greater value from which on a change is told, and down to which it stays told."""

SMALLEST_RATIO = 0.002
"""Ratios that differ by less than that are noise, whatever share of each other they are: 0.0 % of errors and 0.1 %."""

Arrow = Literal["", "↑", "↓"]
Values = dict[tuple[str, str], Reading]
"""Readings that hold a number, by model id and column."""


class Deltas:
    """Compares each snapshot with an earlier one: that of five minutes ago, or that of a fixed moment."""

    def __init__(self) -> None:
        self.fixed_at: float | None = None
        self._fixed: Values = {}
        self._past: deque[tuple[float, Values]] = deque()
        self._arrows: dict[tuple[str, str], Arrow] = {}

    def take(self, snapshot: Snapshot) -> None:
        """Compare a new snapshot with what is remembered, and remember it."""
        if self._past and snapshot.at <= self._past[-1][0]:
            if snapshot.at == self._past[-1][0]:
                return
            self._past.clear()
        values = _values(snapshot)
        self._past.append((snapshot.at, values))
        while len(self._past) > 1 and self._past[1][0] <= snapshot.at - WINDOW_SECONDS:
            self._past.popleft()
        self._compare(values)

    def fix(self) -> None:
        """Compare with the present moment from now on."""
        if self._past:
            self.fixed_at, self._fixed = self._past[-1]
            self._arrows = {}

    def unfix(self) -> None:
        """Compare with the moment of five minutes ago again."""
        self.fixed_at = None
        if self._past:
            self._compare(self._past[-1][1])

    def arrow(self, model_id: str, column: str) -> Arrow:
        """Return whether a number rose or fell."""
        return self._arrows.get((model_id, column), "")

    def _compare(self, values: Values) -> None:
        before = self._past[0][1] if self.fixed_at is None else self._fixed
        arrows: dict[tuple[str, str], Arrow] = {}
        for key, reading in values.items():
            earlier = before.get(key)
            if earlier is not None and earlier.signal == reading.signal and earlier.value != reading.value:
                arrow = _arrow(earlier, reading, is_told=self._arrows.get(key, "") != "")
                if arrow:
                    arrows[key] = arrow
        self._arrows = arrows


def _arrow(earlier: Reading, reading: Reading, *, is_told: bool) -> Arrow:
    before, now = earlier.value or 0.0, reading.value or 0.0
    if abs(now - before) < (STAYS if is_told else APPEARS) * max(abs(now), abs(before)):
        return ""
    unit = reading.signal.unit
    if unit == "ratio" and abs(now - before) < SMALLEST_RATIO:
        return ""
    if format_quantity(before, unit) == format_quantity(now, unit):
        return ""
    return "↑" if now > before else "↓"


def _values(snapshot: Snapshot) -> Values:
    found: Values = {}
    for view in snapshot.models:
        for column, reading in _columns(view):
            if reading is not None and has_number(reading) and not isnan(reading.value or 0.0):
                found[view.model.id, column] = reading
    return found


def _columns(view: ModelView) -> tuple[tuple[str, Reading | None], ...]:
    readings = view.readings
    return (
        ("traffic", readings.get(TRAFFIC.name)),
        ("errors", readings.get(ERROR_RATIO.name)),
        ("latency", headline_reading(view)),
        ("load", load_reading(view)),
    )
