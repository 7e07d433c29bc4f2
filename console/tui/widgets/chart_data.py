"""What a chart shows."""

from array import array
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

LineStyle = Literal["line-1", "line-2", "line-3", "line-4", "ok", "warning", "critical", "muted"]
"""How a line looks: an ink of a `Chart`."""


class Line(msgspec.Struct, frozen=True, eq=False):
    """One series; values stand on the chart's grid, NaN is a gap.

    `name` stands in the title line (`p99 2.40 s`), the short `tag` (`p99`) beside the line's newest value,
    so that lines can be told apart without colours. Without a style lines get `line-1`, `line-2`, … in turn.
    """

    name: str
    values: Sequence[float]
    style: LineStyle | None = None
    tag: str = ""

    def __eq__(self, other: object) -> bool:
        """Compare, taking NaN for equal to NaN."""
        if not isinstance(other, Line):
            return NotImplemented
        return (
            (self.name, self.style, self.tag) == (other.name, other.style, other.tag)
            and len(self.values) == len(other.values)
            and (self.values is other.values or _bytes(self.values) == _bytes(other.values))
        )

    def __hash__(self) -> int:
        return hash((self.name, self.style, self.tag, len(self.values)))


def _bytes(values: Sequence[float]) -> bytes:
    return (values if isinstance(values, array) else array("d", values)).tobytes()


class Objective(msgspec.Struct, frozen=True):
    """A horizontal line with its label (`SLO 0.5 s`)."""

    value: float
    label: str


class Marker(msgspec.Struct, frozen=True):
    """A vertical line at an instant (UTC seconds) with a short label (`v42`)."""

    at: float
    label: str


class ChartData(msgspec.Struct, frozen=True):
    """All that a chart paints: lines on one grid of instants `start`, `start + step`, … (UTC seconds).

    Lines stand in order of importance: the first is painted over the others, and is the one that is
    left where there is room for only one. `format_value` gives a value its unit;
    ticks that it writes alike are shown once.
    `note` (`stale 4 min`) stands at the right of the title; `stale` dims the lines.
    `no_data` is the reason, in words, why there is nothing to draw; it is shown instead of the lines.
    Instead of UTC time the x axis may be another quantity: `format_across` then gives its ticks their unit, and
    `start`, `step` and the instants of markers are values of it.
    The y axis begins at zero unless `from_zero` is false, which is for values far from zero; it reaches at least
    `at_least`, so that a little noise does not fill the chart.
    """

    title: str
    start: float
    step: float
    lines: tuple[Line, ...]
    format_value: Callable[[float], str]
    objective: Objective | None = None
    markers: tuple[Marker, ...] = ()
    note: str = ""
    stale: bool = False
    no_data: str = ""
    from_zero: bool = True
    at_least: float = 0.0
    format_across: Callable[[float], str] | None = None

    @property
    def points(self) -> int:
        """Return the number of instants on the time axis."""
        return max((len(line.values) for line in self.lines), default=0)

    @property
    def end(self) -> float:
        """Return the last instant of the time axis, UTC seconds."""
        return self.start + self.step * max(0, self.points - 1)
