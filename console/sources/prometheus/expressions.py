"""The pieces that every query is composed of: selectors joined, rates of what is alive, units made ours."""

from collections.abc import Callable, Iterable

from console.domain.moments import promql_duration
from console.sources.prometheus.exported import Exported, Way
from console.sources.prometheus.preset import DIVISOR, Selections
from console.sources.prometheus.promql import aggregate, first_of

Wrap = Callable[[str], str]
"""From the selector of a counter to an expression over its window."""


def rate(window: float) -> Wrap:
    """Return the wrap that takes the rate over a window (seconds)."""
    return lambda text: f"rate({text}[{promql_duration(window)}])"


def live_rate(window: float) -> Wrap:
    """Return the wrap that takes the rate over a window (seconds) of series that have a sample now."""
    return lambda text: f"rate({text}[{promql_duration(window)}]) and {text}"


def increase(window: float) -> Wrap:
    """Return the wrap that counts over a window (seconds), dead series included."""
    return lambda text: f"increase({text}[{promql_duration(window)}])"


def itself(text: str) -> str:
    """Return the selector: the value now."""
    return text


def any_of(selectors: Iterable[str], wrap: Wrap = itself) -> str:
    """Return every series that one of the selectors selects; `and` binds tighter than `or`: nothing needs brackets."""
    return " or ".join(map(wrap, selectors))


def each(ways: Iterable[Way]) -> list[str]:
    """Return the selectors of all ways."""
    return [selector for way in ways for selector in way.selectors]


def total(found: Exported, counters: Selections, by: tuple[str, ...], wrap: Wrap) -> str:
    """Return the sum of counters by some labels, per label set of the first way that has it.

    Raises:
        NotExported: the server has none of them.
    """
    return first_of(aggregate("sum", by, any_of(way.selectors, wrap)) for way in found.use(counters))


def scaled(expression: str, unit: str) -> str:
    """Return an expression in seconds, ratios or plain numbers that came in a unit."""
    divisor = DIVISOR[unit]
    return expression if divisor == 1 else f"{expression} / {divisor}"
