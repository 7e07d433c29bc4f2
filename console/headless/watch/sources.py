"""What is new about a source: it went down, came back, answers in part, without some members or by another replica."""

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


class SourceState(StrEnum):
    """How a source is."""

    UP = "up"
    PARTIAL = "partial"
    DOWN = "down"


class KnownSource(msgspec.Struct, frozen=True):
    """How a source is, and who of it answers.

    `since` (UTC seconds) is the last refresh before it became so, None for what was so from the first refresh on.
    """

    state: SourceState
    since: float | None
    replica: str | None
    missing_members: tuple[str, ...]


def know_sources(before: dict[str, KnownSource], snapshot: Snapshot, last_at: float | None) -> dict[str, KnownSource]:
    """Return how every source is; `last_at` is when the refresh before this one was (UTC seconds).

    A source that is not heard of while another is down may still be down: it stays as it was.
    """
    known = {}
    for report in snapshot.sources:
        state, missing, old = _state(report), report.missing_members, before.get(report.name)
        is_as_before = old is not None and (old.state, old.missing_members) == (state, missing)
        since = old.since if old is not None and is_as_before else last_at
        known[report.name] = KnownSource(state, since, report.replica, missing)
    if any(source.state is SourceState.DOWN for source in known.values()):
        known |= {name: source for name, source in before.items() if name not in known}
    return known


def source_news(before: dict[str, KnownSource], now: dict[str, KnownSource], snapshot: Snapshot) -> Iterator[News]:
    """Yield what is new about each source, `before` and `now` being what is known of all of them."""
    reports = {report.name: report for report in snapshot.sources}
    for name, old in before.items():
        if name not in now and old.state is not SourceState.UP:
            yield _news(name, Event.SOURCE_UP, snapshot.at, _was(old, snapshot.at))
    for name, source in now.items():
        report, known = reports.get(name), before.get(name)
        if report is None:
            continue
        if known is None:
            line = describe_source(name, source, snapshot)
            if line.event is not Event.SOURCE_UP:
                yield line
        elif known.state is not source.state:
            yield _another_state(report, known, source, snapshot.at)
        elif known.missing_members != source.missing_members:
            yield _other_members(report, known, source, snapshot.at)
        elif known.replica != source.replica and source.state is not SourceState.DOWN:
            yield _news(name, Event.SOURCE_REPLICA, snapshot.at, _replica(source), replica=source.replica)


def describe_source(name: str, source: KnownSource, snapshot: Snapshot) -> News:
    """Return a line that says how a source is."""
    report = next((report for report in snapshot.sources if report.name == name), None)
    if report is not None and source.state is not SourceState.UP:
        return _troubled(report, source, snapshot.at)
    if report is not None and report.detail:
        return _noted(report, source, snapshot.at)
    if source.replica is not None:
        return _news(name, Event.SOURCE_REPLICA, snapshot.at, _replica(source), replica=source.replica)
    return _news(name, Event.SOURCE_UP, snapshot.at, "answers", since=source.since)


def source_key(name: str) -> Key:
    """Return what lines about a source have in common."""
    return ("source", name)


def _state(report: SourceReport) -> SourceState:
    if report.status is not Status.OK:
        return SourceState.DOWN
    return SourceState.PARTIAL if report.partial else SourceState.UP


def _another_state(report: SourceReport, known: KnownSource, source: KnownSource, at: float) -> News:
    if source.state is not SourceState.UP:
        return _troubled(report, source, at)
    parts = [_was(known, at)]
    if source.missing_members and report.detail:
        parts.append(harmless(report.detail, LONGEST_TEXT))
    if source.replica != known.replica:
        parts.append(_replica(source))
    return _news(report.name, Event.SOURCE_UP, at, "; ".join(parts), replica=source.replica)


def _other_members(report: SourceReport, known: KnownSource, source: KnownSource, at: float) -> News:
    if source.missing_members:
        return _noted(report, source, at)
    missed = ", ".join(map(harmless, known.missing_members))
    lasted = f"was without {missed} {_lasted(known, at)}"
    return _news(report.name, Event.SOURCE_UP, at, harmless(lasted, LONGEST_TEXT))


def _troubled(report: SourceReport, source: KnownSource, at: float) -> News:
    is_down = source.state is SourceState.DOWN
    event = Event.SOURCE_DOWN if is_down else Event.SOURCE_PARTIAL
    detail = report.detail or ("it does not answer" if is_down else "its answer is incomplete")
    told = f"{harmless(detail, LONGEST_TEXT)}; {_last('answer' if is_down else 'complete answer', source, at)}"
    return _news(report.name, event, at, told, since=source.since, replica=source.replica)


def _noted(report: SourceReport, source: KnownSource, at: float) -> News:
    """Return the note of a source that answers; it has an age where members are missing."""
    told = harmless(report.detail or "", LONGEST_TEXT)
    if source.missing_members:
        told += f"; {_last('complete answer', source, at)}"
        return _news(report.name, Event.SOURCE_NOTE, at, told, since=source.since)
    if source.replica is not None:
        told += f"; {_replica(source)}"
    return _news(report.name, Event.SOURCE_NOTE, at, told, replica=source.replica)


def _last(what: str, source: KnownSource, at: float) -> str:
    return f"no {what} yet" if source.since is None else f"last {what} {_ago(at, source.since)} ago"


def _was(old: KnownSource, at: float) -> str:
    return f"was {old.state.value} {_lasted(old, at)}"


def _lasted(old: KnownSource, at: float) -> str:
    return f"for {_ago(at, old.since)}" if old.since is not None else "from the beginning"


def _replica(source: KnownSource) -> str:
    return f"read via {harmless(source.replica)} now" if source.replica else "read from its first replica now"


def _ago(at: float, since: float) -> str:
    """Return how long ago something was; a clock that was set back makes it now."""
    return in_words(max(0.0, at - since))


def _news(
    name: str, event: Event, at: float, text: str, since: float | None = None, replica: str | None = None
) -> News:
    return News(key=source_key(name), event=event, at=at, source=name, replica=replica, since=since, text=text)
