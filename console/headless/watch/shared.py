"""What is new about incidents of many models: one began, grew, or is over."""

from collections.abc import Iterator

from console.domain.anomaly import Status
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.shared_incident import SharedIncident
from console.domain.snapshot import Snapshot
from console.headless.summary.words import LONGEST_TEXT, shared_in_words
from console.headless.watch.news import Event, Key, News


def shared_by_key(snapshot: Snapshot) -> dict[Key, SharedIncident]:
    """Return the incidents of many models by what lines about them have in common: what the models share."""
    return {("shared", each.common.kind, each.common.name): each for each in reversed(snapshot.shared_incidents)}


def shared_news(before: Snapshot, now: Snapshot) -> Iterator[News]:
    """Yield what is new about each incident of many models; one that many sources hide is not over."""
    known, told = shared_by_key(before), shared_by_key(now)
    for key, shared in told.items():
        old = known.get(key)
        if old is None or len(old.model_ids) < len(shared.model_ids):
            yield describe_shared(shared, now.at)
    for key, old in known.items():
        if key not in told and all(source.is_complete for source in now.sources):
            lasted = in_words(max(0.0, now.at - old.onset))
            text = harmless(f"no longer fleet-wide after {lasted}: was {old.summary}", LONGEST_TEXT)
            yield News(key=key, event=Event.SHARED_ENDED, at=now.at, since=old.onset, text=text)


def describe_shared(shared: SharedIncident, at: float) -> News:
    """Return a line that says what many models share."""
    return News(
        key=("shared", shared.common.kind, shared.common.name),
        event=Event.SHARED,
        at=at,
        status=Status(shared.severity.value),
        since=shared.onset,
        text=shared_in_words(shared, at),
    )
