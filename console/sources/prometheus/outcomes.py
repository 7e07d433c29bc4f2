"""How much was asked and how much of it failed, as rates and as counts over the windows of an error budget."""

from collections.abc import Iterator, Sequence

from console.domain.moments import promql_duration
from console.sources.prometheus.exported import Exported, NotExported, Way
from console.sources.prometheus.expressions import Wrap, any_of, increase, placed_total
from console.sources.prometheus.promql import first_of, marked
from console.sources.prometheus.signal_query import ASKED, COUNTED_LABEL, FAILED, WINDOW_LABEL, BurnQuery

BURN_WINDOWS = (300.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0, 259200.0)
"""The windows (seconds) of the multi-window burn-rate alerts (Google SRE workbook, chapter 5)."""
SHORTEST_LONG_WINDOW = 21600.0
"""From this window (seconds) on each is a query of its own: it reads so much that it may fail where others do not."""

_OUTCOME = "outcome"


def requests(found: Exported, wrap: Wrap, *also: str) -> str:
    """Return all requests of every model, per value of further labels.

    Raises:
        NotExported: the server counts them not.
    """
    return found.owned("sum", _placed_requests(found, wrap, *also), *also)


def failed_ratio(found: Exported, wrap: Wrap, *also: str) -> str:
    """Return the share of requests that failed, of every model (and value of further labels) that was asked anything.

    Raises:
        NotExported: the server tells not which failed.
    """
    ratios = []
    for way in found.use(found.preset.failures):
        failed, asked = _failed(found, way, wrap, *also), _asked(found, way, wrap, *also)
        all_failed = found.owned("sum", f"{failed} or 0 * {asked}", *also)
        ratios.append(f"({all_failed}) / ({found.owned('sum', asked, *also)} > 0)")
    return first_of(ratios)


def burns(found: Exported, windows: Sequence[float]) -> Iterator[BurnQuery]:
    """Yield the queries that count asked and failed requests: short windows together, each long one alone."""
    try:
        ways = found.use(found.preset.failures)
        short = tuple(window for window in windows if window < SHORTEST_LONG_WINDOW)
        long = [(window,) for window in windows if window >= SHORTEST_LONG_WINDOW]
        for together in filter(None, (short, *long)):
            placed = " or ".join(text for window in together for text in _counted(found, ways, window))
            counts = found.owned("sum", placed, WINDOW_LABEL, COUNTED_LABEL)
            yield BurnQuery(found.preset.name, together, counts, found.identity.group_labels)
    except NotExported:
        return  # signals() has said why there is no error ratio


def _counted(found: Exported, ways: tuple[Way, ...], window: float) -> Iterator[str]:
    wrap = increase(window)
    for number, way in enumerate(ways):
        asked = marked(_asked(found, way, wrap), COUNTED_LABEL, f"{ASKED} {number}")
        failed = marked(_failed(found, way, wrap), COUNTED_LABEL, f"{FAILED} {number}")
        for counted in (asked, failed):
            yield marked(counted, WINDOW_LABEL, promql_duration(window))


def _failed(found: Exported, way: Way, wrap: Wrap, *also: str) -> str:
    return found.placed("sum", any_of(way.terms, wrap), *also)


def _asked(found: Exported, way: Way, wrap: Wrap, *also: str) -> str:
    """Return the requests that a way's failures are a part of: of the same series, or counted beside it.

    Only those whose outcome is told: a model that never tells it has no ratio, it is not faultless. Nor has one whose
    failures are counted together with those of other models.
    """
    lender = way.selection.labels_from
    counted = {name for selection in found.preset.requests for name in selection.names}
    borrows_a_part = lender is not None and any(way.selection.parts)
    if borrows_a_part or counted.issuperset(way.selection.names):
        return found.placed("sum", any_of(way.whole, wrap), *also)
    if lender is not None:
        return _placed_requests(found, lambda text: found.on_targets_of_one_model(wrap(text), lender), *also)
    return _placed_requests(found, wrap, *also)


def _placed_requests(found: Exported, wrap: Wrap, *also: str) -> str:
    preset = found.preset
    if preset.requests:
        return placed_total(found, preset.requests, wrap, *also)
    successes = placed_total(found, preset.successes, wrap, *also)
    try:
        failures = placed_total(found, preset.failures, wrap, *also)
    except NotExported:
        return successes
    outcomes = f"{marked(successes, _OUTCOME, 'success')} or {marked(failures, _OUTCOME, 'failure')}"
    return found.grouping.summed(outcomes, also)
