"""What is known after a snapshot, and what is new with the next one: a fold over snapshots, without I/O or a clock."""

from collections.abc import Iterator
from typing import Self

import msgspec

from console.domain.alert import Alert
from console.domain.snapshot import ModelView, Snapshot
from console.headless.summary.words import fleet_in_words, is_worth_a_line
from console.headless.watch.alerts import alert_news, describe_alert, firing_alerts
from console.headless.watch.models import (
    KnownModel,
    describe_model,
    describe_versions,
    is_hidden,
    know_models,
    model_key,
    model_news,
    version_key,
)
from console.headless.watch.news import Event, Key, News
from console.headless.watch.shared import describe_shared, shared_by_key, shared_news
from console.headless.watch.sources import KnownSource, describe_source, know_sources, source_key, source_news


class Observation(msgspec.Struct, frozen=True):
    """What is known of the fleet at one snapshot, kept over the time in which a source hides it."""

    snapshot: Snapshot
    sources: dict[str, KnownSource]
    models: dict[str, KnownModel]
    alerts: dict[Key, Alert]

    @classmethod
    def first(cls, snapshot: Snapshot) -> Self:
        """Return what the first snapshot shows."""
        return cls(snapshot, know_sources({}, snapshot, None), know_models({}, snapshot), firing_alerts(snapshot))

    def then(self, snapshot: Snapshot) -> Self:
        """Return what is known after the next snapshot."""
        return type(self)(
            snapshot,
            know_sources(self.sources, snapshot, self.snapshot.at),
            know_models(self.models, snapshot),
            firing_alerts(snapshot),
        )

    def present(self) -> Iterator[News]:
        """Yield how everything is: the fleet, then what is not well of it, as `summary` lists it."""
        at = self.snapshot.at
        yield fleet_news(self.snapshot)
        for name, source in self.sources.items():
            line = describe_source(name, source, self.snapshot)
            if line.event is not Event.SOURCE_UP:
                yield line
        yield from (describe_shared(shared, at) for shared in self.snapshot.shared_incidents)
        yield from (describe_model(view, at, Event.STATUS) for view in self._not_well())
        yield from (describe_alert(alert, at) for alert in self.alerts.values())

    def _not_well(self) -> list[ModelView]:
        snapshot = self.snapshot
        return [view for view in snapshot.models if is_worth_a_line(view) and not is_hidden(view, snapshot)]

    def describe(self, key: Key) -> News | None:
        """Return how one thing is, None when it is not there any more."""
        at = self.snapshot.at
        for view in self.snapshot.models:
            if key == model_key(view.model.id):
                return describe_model(view, at, Event.STATUS)
            if key == version_key(view.model.id):
                return describe_versions(view, at)
        for name, source in self.sources.items():
            if key == source_key(name):
                return describe_source(name, source, self.snapshot)
        if key in (shared := shared_by_key(self.snapshot)):
            return describe_shared(shared[key], at)
        return describe_alert(self.alerts[key], at) if key in self.alerts else None

    def hides(self, key: Key) -> bool:
        """Return whether a source that is down or incomplete keeps it from being known how a model is."""
        views = self.snapshot.models
        return any(key == model_key(view.model.id) and is_hidden(view, self.snapshot) for view in views)


def news_between(before: Observation, after: Observation) -> list[News]:
    """Return what is new, sources first, then what many models share, then models worst first, then alerts."""
    snapshot = after.snapshot
    found = list(source_news(before.sources, after.sources, snapshot))
    if before.models or not after.models:
        found += shared_news(before.snapshot, snapshot)
        found += model_news(before.models, snapshot)
        found += alert_news(before.alerts, after.alerts, snapshot)
    else:  # the first models ever: each of them is new, which is the state of the fleet and no news
        found += [line for line in after.present() if line.source is None]
    return found


def fleet_news(snapshot: Snapshot) -> News:
    """Return the line about the whole fleet."""
    return News(
        key=("fleet",),
        event=Event.FLEET,
        at=snapshot.at,
        status=snapshot.status,
        text=fleet_in_words(snapshot),
    )
