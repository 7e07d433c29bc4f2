"""Keeps something that changes again and again from flooding the log: it is told that it flaps, then when it is steady.

A critical state is never kept back while less was told.
"""

from collections.abc import Iterable

import msgspec

from console.domain.anomaly import Status
from console.domain.moments import in_words
from console.headless.watch.news import Event, Key, News
from console.headless.watch.observation import Observation

MOST_LINES = 4
"""Lines about one thing within the window; the next one says that it flaps."""
WINDOW_SECONDS = 600.0
STEADY_SECONDS = 300.0
"""How long something must not change until it is told again."""


class _Flapping(msgspec.Struct):
    last: News
    critical_is_told: bool


class Calm:
    """Lets news through as long as they are few, by what they are about."""

    def __init__(self) -> None:
        self._told: dict[Key, list[float]] = {}
        self._flapping: dict[Key, _Flapping] = {}

    def let_through(self, news: Iterable[News], now: Observation) -> list[News]:
        """Return the lines to print after a refresh; call it without news too: what became steady is told then."""
        at = now.snapshot.at
        lines = [line for each in news if (line := self._one(each)) is not None]
        for key, flapping in list(self._flapping.items()):
            if not _is_within(STEADY_SECONDS, flapping.last.at, at) and not now.hides(key):
                del self._flapping[key]
                lines.append(_steady(now.describe(key) or flapping.last, at))
        self._told = {key: times for key, times in self._told.items() if _is_within(WINDOW_SECONDS, times[-1], at)}
        return lines

    def _one(self, news: News) -> News | None:
        flapping = self._flapping.get(news.key)
        is_critical = news.status is Status.CRITICAL
        if flapping is not None:
            flapping.last = news
            if is_critical and not flapping.critical_is_told:
                flapping.critical_is_told = True
                return news
            return None
        times = [time for time in self._told.get(news.key, ()) if _is_within(WINDOW_SECONDS, time, news.at)] + [news.at]
        self._told[news.key] = times
        if len(times) <= MOST_LINES:
            return news
        self._flapping[news.key] = _Flapping(news, is_critical)
        span = in_words(news.at - times[0])
        promise = f"told again when it is steady for {in_words(STEADY_SECONDS)}"
        text = f"changed {len(times)} times within {span}, now: {news.text}; {promise}"
        return msgspec.structs.replace(news, event=Event.FLAPPING, text=text)


def _is_within(seconds: float, before: float, at: float) -> bool:
    """Return whether an instant was less than some seconds ago; one that lies ahead was not: a clock was set back."""
    return 0 <= at - before < seconds


def _steady(news: News, at: float) -> News:
    text = f"steady for {in_words(STEADY_SECONDS)}: {news.text}"
    return msgspec.structs.replace(news, event=Event.STEADY, at=at, text=text)
