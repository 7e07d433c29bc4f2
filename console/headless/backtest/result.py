"""A series that was scored, point by point."""

from collections.abc import Sequence

import msgspec
import numpy

from console.detect.baseline.detector import detect
from console.detect.baseline.spacing import spaced
from console.detect.baseline.tail import THRESHOLD
from console.domain.signal import Direction


class Point(msgspec.Struct, frozen=True):
    """A point as it was given: `timestamp` and `text` are what was written, `instant` is in UTC seconds."""

    instant: float
    value: float
    timestamp: str
    text: str


class ScoredPoint(msgspec.Struct, frozen=True):
    """A point with what was expected there, None while nothing was known, and its score from 0 to below 1."""

    point: Point
    score: float
    is_anomaly: bool
    expected: float | None
    low: float | None
    high: float | None


class Result(msgspec.Struct, frozen=True):
    """All points in the order of their instants; `step` (seconds) is the spacing on which they were judged."""

    name: str
    direction: Direction
    step: float
    points: tuple[ScoredPoint, ...]

    @property
    def anomalies(self) -> tuple[ScoredPoint, ...]:
        """Return the points at which something unusual begins."""
        return tuple(scored for scored in self.points if scored.is_anomaly)


def scored(name: str, points: Sequence[Point], direction: Direction) -> Result:
    """Return points, which are in the order of their instants, with their scores.

    Points that share a cell of the grid share its score; an anomaly is told at the first of them.

    Raises:
        TooSparse: the points span too long a time for how near they are.
    """
    placed = spaced(numpy.array([point.instant for point in points]), numpy.array([point.value for point in points]))
    found = detect(placed.values[None, :], placed.grid.step, direction)
    scores, levels, lows, highs = (rows[0].tolist() for rows in (found.scores, found.level, found.low, found.high))
    last_cell = -1
    told = []
    for point, cell in zip(points, placed.cells.tolist(), strict=True):
        is_known = point.value == point.value
        is_anomaly = is_known and cell != last_cell and bool(found.onsets[0, cell] >= THRESHOLD)
        score = scores[cell] if is_known else 0.0
        told.append(
            ScoredPoint(point, score, is_anomaly, _known(levels[cell]), _known(lows[cell]), _known(highs[cell]))
        )
        last_cell = cell if is_known else last_cell
    return Result(name, direction, placed.grid.step, tuple(told))


def _known(value: float) -> float | None:
    return value if value == value else None
