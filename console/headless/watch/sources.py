"""What is new about a source: it went down, came back, knows its answer incomplete, is read through another replica."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from console.domain.anomaly import Status
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.snapshot import Snapshot
from console.domain.source import SourceReport
from console.headless.summary.words import LONGEST_TEXT
from console.headless.watch.news import Event, Key, News

_VIA = " via "


class SourceState(StrEnum):
    """How a source is."""

    UP = "up"
    PARTIAL = "partial"
    DOWN = "down"


class KnownSource(msgspec.Struct, frozen=True):
    """How a source is since when: `since` (UTC seconds) is None for what was so from the first refresh on.

    `shown` is the name with the replica that answered.
    """

    state: SourceState
    since: float | None
    shown: str


def know_sources(before: dict[str, KnownSource], snapshot: Snapshot, last_at: float | None) -> dict[str, KnownSource]:
    """Return how every source is; `last_at` is when the refresh before this one was (UTC seconds).

    A source that is not heard of while another is down may still be down: it stays as it was.
    """
    known = {}
    for report in snapshot.sources:
        state, old = _state(report), before.get(source_name(report))
        since = old.since if old is not None and old.state is state else last_at
        known[source_name(report)] = KnownSource(state, since, report.name)
    if any(source.state is SourceState.DOWN for source in known.values()):
        known |= {name: source for name, source in before.items() if name not in known}
    return known


def source_news(before: dict[str, KnownSource], now: dict[str, KnownSource], snapshot: Snapshot) -> Iterator[News]:
    """Yield what is new about each source, `before` and `now` being what is known of all of them."""
    reports = {source_name(report): report for report in snapshot.sources}
    for name, old in before.items():
        if name not in now and old.state is not SourceState.UP:
            yield _up(name, old, snapshot.at)
    for name, source in now.items():
        report, known = reports.get(name), before.get(name)
        if report is None:
            continue
        if known is None or known.state is not source.state:
            if source.state is not SourceState.UP:
                yield _troubled(name, report, source, snapshot.at)
            elif known is not None:
                yield _up(name, known, snapshot.at, source)
        elif known.shown != source.shown and source.state is not SourceState.DOWN:
            yield _news(name, Event.SOURCE_REPLICA, snapshot.at, _replica(name, source), since=None)


def describe_source(name: str, source: KnownSource, snapshot: Snapshot) -> News:
    """Return a line that says how a source is."""
    report = next((report for report in snapshot.sources if source_name(report) == name), None)
    if report is None or source.state is SourceState.UP:
        return _news(name, Event.SOURCE_UP, snapshot.at, "answers", since=source.since)
    return _troubled(name, report, source, snapshot.at)


def source_name(report: SourceReport) -> str:
    """Return the name of a source without the replica that answered for it."""
    return report.name.partition(_VIA)[0]


def _state(report: SourceReport) -> SourceState:
    if report.status is not Status.OK:
        return SourceState.DOWN
    return SourceState.PARTIAL if report.partial else SourceState.UP


def _troubled(name: str, report: SourceReport, source: KnownSource, at: float) -> News:
    is_down = source.state is SourceState.DOWN
    event = Event.SOURCE_DOWN if is_down else Event.SOURCE_PARTIAL
    detail = report.detail or ("it does not answer" if is_down else "its answer is incomplete")
    told = "answer" if is_down else "complete answer"
    age = f"no {told} yet" if source.since is None else f"last {told} {_ago(at, source.since)} ago"
    return _news(name, event, at, f"{harmless(detail, LONGEST_TEXT)}; {age}", since=source.since)


def _up(name: str, old: KnownSource, at: float, now: KnownSource | None = None) -> News:
    lasted = f"for {_ago(at, old.since)}" if old.since is not None else "from the beginning"
    replica = f"; {_replica(name, now)}" if now is not None and now.shown != old.shown else ""
    return _news(name, Event.SOURCE_UP, at, f"was {old.state.value} {lasted}{replica}", since=None)


def _replica(name: str, source: KnownSource) -> str:
    return f"read{harmless(source.shown.removeprefix(name)) or ' from its first replica'} now"


def _ago(at: float, since: float) -> str:
    """Return how long ago something was; a clock that was set back makes it now."""
    return in_words(max(0.0, at - since))


def _news(name: str, event: Event, at: float, text: str, since: float | None) -> News:
    return News(key=source_key(name), event=event, at=at, source=name, since=since, text=text)


def source_key(name: str) -> Key:
    """Return what lines about a source have in common."""
    return ("source", name)
