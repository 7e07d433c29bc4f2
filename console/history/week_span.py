"""How many days the baselines of each signal are made of: a function of the fleet's size alone.

Neither what a disk holds nor how fast a server is decides, so that a screen and a cold `summary` read the same days.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from console.domain.signal import LATENCY_P50, LATENCY_P95, LATENCY_P99, TIME_TO_FIRST_TOKEN
from console.history.loads import DAY, POINTS_OF_A_DAY

LONGEST = 7 * DAY
POINTS_OF_A_QUANTILE = 12
"""A point of a quantile counts as so many: the server reads the buckets of a histogram for it, of which the client
libraries of Prometheus make a dozen."""

_QUANTILES = frozenset(signal.name for signal in (LATENCY_P50, LATENCY_P95, LATENCY_P99, TIME_TO_FIRST_TOKEN))


def is_cheap(signal: str) -> bool:
    """Return whether a point of a signal costs a server about one sample of each replica."""
    return signal not in _QUANTILES


def most_days(longest: float) -> int:
    """Return how many days are read of a small fleet whose history is `longest` (seconds)."""
    return max(1, int(min(longest, LONGEST) // DAY))


def days_of(signals: Collection[str], models: int, most_points: int, longest: float = LONGEST) -> dict[str, int]:
    """Return of how many whole days of each signal a baseline is made, so that all points are at most `most_points`.

    None of any where the last day of all, which is read in any case, is too much already. Of the days before it those
    of cheap signals go first. `longest` is in seconds.
    """
    day = models * POINTS_OF_A_DAY
    left = most_points - day * len(signals)
    if left < 0:
        return dict.fromkeys(signals, 0)
    more = most_days(longest) - 1
    cheap = [signal for signal in signals if is_cheap(signal)]
    others = [signal for signal in signals if not is_cheap(signal)]
    days: dict[str, int] = {}
    for names, price in ((cheap, day), (others, day * POINTS_OF_A_QUANTILE)):
        count = min(more, left // (price * len(names))) if names and price else more
        left -= count * price * len(names)
        days |= dict.fromkeys(names, 1 + count)
    return days


def in_words(days: Mapping[str, int], longest_days: int) -> str | None:
    """Return days by signal, such as `7 of 7 days, of latency_p99 2`; None where all signals have the most.

    What most signals have is said without their names.
    """
    by_count: defaultdict[int, list[str]] = defaultdict(list)
    for signal, count in days.items():
        by_count[count].append(signal)
    if by_count.keys() <= {longest_days}:
        return None
    (usual, _), *others = sorted(by_count.items(), key=lambda item: (-len(item[1]), -item[0]))
    told = [f"{_counted(usual)} of {longest_days} days"]
    return ", ".join([*told, *(f"of {', '.join(names)} {_counted(count)}" for count, names in others)])


def _counted(days: int) -> str:
    return str(days) if days else "less than one"
