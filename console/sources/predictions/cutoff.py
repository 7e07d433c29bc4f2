"""Up to when labels count: one instant for all rows, or one for the rows of each day."""

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from console.sources.predictions.clock import utc_literal

if TYPE_CHECKING:
    import ibis

SECONDS_OF_DAY = 86_400.0


class CutoffByDay(msgspec.Struct, frozen=True):
    """Labels count that came within `wait` seconds of the end of their row's day (UTC), none later than `latest`.

    `latest` is in UTC seconds.
    """

    wait: float
    latest: float


LabelledBy: TypeAlias = float | CutoffByDay
"""An instant (UTC seconds), or one for the rows of each day."""


def had_come(time: "ibis.Value", last: "ibis.Value") -> "ibis.Value":
    """Return whether labels had come, from their times: one that has none had, since nobody can tell since when."""
    return time.isnull() | (time <= last)


def last_label(labelled_by: LabelledBy, timestamp: "ibis.Value") -> "ibis.Value":
    """Return up to when the labels of rows count, from their timestamps or the days of these."""
    import ibis

    if not isinstance(labelled_by, CutoffByDay):
        return utc_literal(labelled_by)
    settled = timestamp.truncate("D") + ibis.interval(seconds=round(SECONDS_OF_DAY + labelled_by.wait))
    return ibis.least(settled, utc_literal(labelled_by.latest))
