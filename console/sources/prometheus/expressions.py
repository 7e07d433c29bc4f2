"""The pieces that every query is composed of: selectors joined, rates of what is alive, units made ours."""

from collections.abc import Callable, Iterable

from console.domain.moments import promql_duration
from console.sources.prometheus.exported import Exported, NotExported, Term, Way
from console.sources.prometheus.preset import DIVISOR
from console.sources.prometheus.promql import first_of
from console.sources.prometheus.selection import Selections

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


def any_of(terms: Iterable[Term], wrap: Wrap = itself) -> str:
    """Return every series that one of the terms selects; `and` binds tighter than `or`: nothing needs brackets."""
    return " or ".join(term.within(wrap) for term in terms)


def each(ways: Iterable[Way]) -> list[Term]:
    """Return the terms of all ways."""
    return [term for way in ways for term in way.terms]


def total(found: Exported, counters: Selections, wrap: Wrap, *also: str) -> str:
    """Return the sum of counters per model and value of further labels: that of the first way that has it.

    Raises:
        NotExported: the server has none of them.
    """
    return found.owned("sum", placed_total(found, counters, wrap, *also), *also)


def placed_total(found: Exported, counters: Selections, wrap: Wrap, *also: str) -> str:
    """Return the same by what the series themselves tell.

    Raises:
        NotExported: the server has none of them.
    """
    return first_of(found.placed("sum", any_of(way.terms, wrap), *also) for way in found.use(counters))


def scaled(expression: str, unit: str) -> str:
    """Return an expression in seconds, ratios or plain numbers that came in a unit."""
    divisor = DIVISOR[unit]
    return expression if divisor == 1 else f"{expression} / {divisor}"


def first_exported(ways: Iterable[Callable[[], str]]) -> str:
    """Return, per label set, the first of several ways that has it; ways of which nothing is exported are left out.

    Raises:
        NotExported: nothing of any way is exported; the reason is the first one's.
    """
    expressions = []
    reasons = []
    for way in ways:
        try:
            expressions.append(way())
        except NotExported as missing:
            reasons.append(missing)
    if not expressions:
        raise reasons[0]
    return first_of(expressions)
