"""What a signal of a model usually is at this hour, as its own past tells."""

import msgspec


class Usual(msgspec.Struct, frozen=True, gc=False):
    """What is usual of a signal now, in its unit.

    From `low` to `high` is as usual as `level`; what is below `least` or above `most` is so rare in the past of this
    very series that it is an event. `points` is how many five-minute points tell it. `knows_zero` says that it was 0 at
    this time of day, give or take an hour, a week ago or on at least two of the days before.
    """

    level: float
    low: float
    high: float
    least: float
    most: float
    points: int
    knows_zero: bool = False
