"""Events: what the controllers tell about the objects they act on, kept for an hour."""

from console.simulation.cluster.objects import event_object
from console.simulation.cluster.resources import EVENTS, Object
from console.simulation.cluster.store import Store

KEPT_SECONDS = 3600.0


class EventRecorder:
    """Writes Events into the store and forgets them after an hour, as the API server does."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written: list[tuple[float, str, str]] = []

    def record(self, about: Object, *, reason: str, message: str, source: str, at: float, kind: str = "Normal") -> None:
        """Write one Event about an object at an instant (UTC seconds)."""
        name = f"{about['metadata']['name']}.{self._store.version:016x}"
        event = event_object(about, name, reason=reason, message=message, source=source, at=at, kind=kind)
        self._store.create(EVENTS, event, at)
        self._written.append((at, event["metadata"]["namespace"], name))

    def record_once(
        self, about: Object, *, reason: str, message: str, source: str, at: float, kind: str = "Warning"
    ) -> None:
        """Write an Event unless one that says the same of the object is there; one that repeats is not counted."""
        held = self._store.list(EVENTS, about["metadata"]["namespace"])
        if not any(
            (event["involvedObject"]["uid"], event["reason"], event["message"])
            == (about["metadata"]["uid"], reason, message)
            for event in held
        ):
            self.record(about, reason=reason, message=message, source=source, at=at, kind=kind)

    def reconcile(self, now: float) -> None:
        """Remove the Events that are older than an hour at an instant (UTC seconds)."""
        while self._written and self._written[0][0] < now - KEPT_SECONDS:
            _, namespace, name = self._written.pop(0)
            event = self._store.get(EVENTS, namespace, name)
            if event is not None:
                self._store.delete(EVENTS, event)
