"""Events of a namespace: those about one model, alike ones added up, newest first."""

import math
from collections.abc import Collection, Iterable

import msgspec

from console.domain.cluster_facts import EventFacts
from console.domain.label import harmless
from console.domain.redaction import redacted
from console.sources.cluster.objects import instant
from console.sources.cluster.pod_objects import LivingMetadata

MOST_EVENTS = 60
"""Different events that are told; one of a model that does well has a handful."""
_LONGEST_MESSAGE = 600
_MOST_OBJECTS = 20


class InvolvedObject(msgspec.Struct, frozen=True):
    """What an event is about."""

    kind: str = ""
    name: str = ""
    uid: str = ""


class EventSeries(msgspec.Struct, frozen=True, rename="camel"):
    """How often a repeated event happened, as newer clients write it."""

    count: int = 0
    last_observed_time: str | None = None


class ClusterEvent(msgspec.Struct, frozen=True, rename="camel"):
    """An event; older clients write `count` and `lastTimestamp`, newer ones `series` and `eventTime`."""

    metadata: LivingMetadata
    involved_object: InvolvedObject = InvolvedObject()
    reason: str = ""
    message: str = ""
    type: str = "Normal"
    count: int | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: EventSeries | None = None

    @property
    def times(self) -> int:
        """Return how often it happened."""
        return max(1, self.count or 0, self.series.count if self.series is not None else 0)

    @property
    def first(self) -> float | None:
        """Return when it happened first (UTC seconds)."""
        return self._first_known(self.first_timestamp, self.event_time, self.metadata.creation_timestamp)

    @property
    def last(self) -> float | None:
        """Return when it happened last (UTC seconds)."""
        observed = self.series.last_observed_time if self.series is not None else None
        return self._first_known(observed, self.last_timestamp, self.event_time, self.metadata.creation_timestamp)

    @staticmethod
    def _first_known(*texts: str | None) -> float | None:
        return next((at for at in map(instant, texts) if at is not None), None)


def event_facts(
    events: Iterable[ClusterEvent], uids: Collection[str], pod_name_stems: Collection[str]
) -> tuple[EventFacts, ...]:
    """Return the events about objects of these uids and about pods that are gone, alike ones added up, newest first.

    A pod that is gone is known by its name: a stem (that of its ReplicaSet), a hyphen and a suffix.
    """
    alike: dict[tuple[str, str, bool, str], list[ClusterEvent]] = {}
    for event in events:
        about = event.involved_object
        is_gone_pod = about.kind == "Pod" and about.name.rpartition("-")[0] in pod_name_stems
        if about.uid in uids or is_gone_pod:
            key = (about.kind, event.reason, event.type != "Normal", _without_names(event))
            alike.setdefault(key, []).append(event)
    added_up = [_added_up(group) for group in alike.values()]
    return tuple(sorted(added_up, key=lambda each: -_number(each.last))[:MOST_EVENTS])


def _without_names(event: ClusterEvent) -> str:
    """Return the message without what tells one object from another, so that five pods' events are one."""
    message = event.message
    for name in filter(None, (event.involved_object.uid, event.involved_object.name)):
        message = message.replace(name, "…")
    return message


def _added_up(group: list[ClusterEvent]) -> EventFacts:
    newest_first = sorted(group, key=lambda event: -_number(event.last))
    newest = newest_first[0]
    firsts = [event.first for event in group if event.first is not None]
    names = dict.fromkeys(event.involved_object.name for event in newest_first)
    return EventFacts(
        kind=harmless(newest.involved_object.kind),
        reason=harmless(newest.reason),
        message=harmless(" ".join(redacted(newest.message).split()), _LONGEST_MESSAGE),
        count=sum(event.times for event in group),
        first=min(firsts, default=None),
        last=newest.last,
        is_warning=newest.type != "Normal",
        objects=tuple(names)[:_MOST_OBJECTS],
    )


def _number(at: float | None) -> float:
    return -math.inf if at is None else at
