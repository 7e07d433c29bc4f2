"""Counts of one model by hour and version, each kept as one row of integers: rows, newest, errors, latency, columns."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy

from console.domain.bins import Reference
from console.domain.model import Model
from console.domain.series import Grid
from console.history.predictions.past import PredictionPast
from console.sources.predictions.counting import LATENCY_BOUNDS
from console.sources.predictions.group_counts import GroupCounts
from console.sources.predictions.log import PredictionLog

if TYPE_CHECKING:
    from numpy.typing import NDArray

Counts: TypeAlias = "NDArray[numpy.int64]"
Hour: TypeAlias = "Mapping[str, Counts]"
"""A row of integers by version; an hour without rows holds none."""

_ROWS, _NEWEST, _FIRST = 0, 1, 2
_MICROSECONDS = 1e6


class Layout:
    """Which of an hour's integers are what: those of a reference, in a log that tells errors and latency or not."""

    def __init__(self, reference: Reference, log: PredictionLog) -> None:
        self.reference = reference
        self.width = _FIRST
        self._errors = self._add(1) if log.has_error else None
        self._latency = self._add(len(LATENCY_BOUNDS) + 1) if log.has_latency else None
        self._columns = {name: self._add(bins.count) for name, bins in reference.bins.items()}

    def words(self) -> tuple[object, ...]:
        """Return what tells layouts apart: integers of one are not those of another."""
        return (self.reference.fingerprint, self._errors is not None, self._latency is not None, self.width)

    def hours(self, groups: GroupCounts) -> dict[float, Hour]:
        """Return what the groups of one model hold, by start of the hour (UTC seconds)."""
        found: dict[float, dict[str, Counts]] = {}
        for version, hour, row in zip(groups.versions, groups.hours.tolist(), self._matrix(groups), strict=True):
            found.setdefault(hour, {})[version] = row
        return dict(found)

    def past(
        self,
        model: Model,
        at: float,
        grid: Grid,
        hours: Mapping[float, Hour],
        order: Sequence[str],
        types: dict[str, str],
    ) -> PredictionPast:
        """Return the past of a model on a grid of hours; `hours` are those that are known, `order` is of versions."""
        starts = [grid.instant(index) for index in range(grid.count)]
        seen = {version for start in starts for version in hours.get(start, ())}
        versions = [version for version in order if version in seen]
        cells = numpy.zeros((len(versions), grid.count, self.width), numpy.int64)
        for index, start in enumerate(starts):
            for version, row in hours.get(start, {}).items():
                cells[versions.index(version), index] = row
        newest = cells[:, :, _NEWEST].max() / _MICROSECONDS if cells.size else 0.0
        return PredictionPast(
            model=model,
            at=at,
            grid=grid,
            versions=tuple(versions),
            reference=self.reference,
            rows=cells[:, :, _ROWS],
            counts={name: cells[:, :, place] for name, place in self._columns.items()},
            known=numpy.array([start in hours for start in starts]),
            errors=cells[:, :, self._errors.start] if self._errors else None,
            latency=cells[:, :, self._latency] if self._latency else None,
            latency_bounds=LATENCY_BOUNDS if self._latency else (),
            newest_row=float(newest) or None,
            types=types,
        )

    def _add(self, width: int) -> slice:
        place = slice(self.width, self.width + width)
        self.width = place.stop
        return place

    def _matrix(self, group: GroupCounts) -> "Counts":
        matrix = numpy.zeros((len(group.versions), self.width), numpy.int64)
        matrix[:, _ROWS] = group.rows
        matrix[:, _NEWEST] = group.newest * _MICROSECONDS
        if self._errors is not None and group.errors is not None:
            matrix[:, self._errors.start] = group.errors
        if self._latency is not None and group.latency is not None:
            matrix[:, self._latency] = group.latency
        for name, counts in group.counts.items():
            matrix[:, self._columns[name]] = counts
        return matrix
