"""The simulated etcd: every object once, with versions, and the log of changes that watches read."""

import copy
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.kubernetes_release import NEWEST, KubernetesRelease
from console.simulation.cluster.managed_fields import CONTROLLERS, WrittenBy, managed
from console.simulation.cluster.names import Names
from console.simulation.cluster.resources import Object, ResourceType

KEPT_CHANGES = 4096


class Change(msgspec.Struct, frozen=True):
    """One entry of the log of changes: `kind` is ADDED, MODIFIED or DELETED."""

    version: int
    kind: str
    resource: ResourceType
    object: Object


class Store:
    """Holds objects by resource type, namespace and name.

    What is read is shared, never changed in place: copy it with `draft`, change the copy, and `update` it.
    `now` returns UTC seconds, `kept_changes` is how many changes can still be watched. What is written without `by` is
    written by the controllers of the control plane.
    """

    def __init__(
        self,
        names: Names,
        now: Callable[[], float],
        release: KubernetesRelease = NEWEST,
        *,
        kept_changes: int = KEPT_CHANGES,
    ) -> None:
        self._names = names
        self._release = release
        self._now = now
        self._objects: dict[str, dict[tuple[str, str], Object]] = {}
        self.version = 1000
        self.deleted_uids: list[str] = []
        """What was deleted and whose dependents nobody has looked for yet."""
        self.changes: deque[Change] = deque(maxlen=kept_changes)
        self._listeners: list[Callable[[], None]] = []

    def get(self, resource: ResourceType, namespace: str, name: str) -> Object | None:
        """Return an object, or None."""
        return self._objects.get(resource.qualified, {}).get((namespace, name))

    def draft(self, resource: ResourceType, namespace: str, name: str) -> Object:
        """Return a copy of an object, to change and `update`.

        Raises:
            KeyError: there is no such object.
        """
        return copy.deepcopy(self._objects[resource.qualified][namespace, name])

    def _managed(
        self, resource: ResourceType, before: Object | None, after: Object, by: WrittenBy, at: float
    ) -> list[Object]:
        if not self._release.records_subresources:
            if by.subresource == "scale" and before is not None:
                return list(before["metadata"].get("managedFields", []))
            by = WrittenBy(manager=by.manager)
        return managed(resource, before, after, by, at, dates_every_write=self._release.dates_every_write)

    def list(self, resource: ResourceType, namespace: str = "") -> list[Object]:
        """Return the objects of a type in one namespace (or in all), in the order of their names."""
        held = self._objects.get(resource.qualified, {})
        return [held[key] for key in sorted(held) if not namespace or key[0] == namespace]

    def owned(self, resource: ResourceType, owner: Object) -> Iterator[Object]:
        """Yield the objects of a type whose controller is `owner`."""
        uid = owner["metadata"]["uid"]
        for candidate in self.list(resource, owner["metadata"].get("namespace", "")):
            references = candidate["metadata"].get("ownerReferences", [])
            if any(reference["uid"] == uid and reference.get("controller") for reference in references):
                yield candidate

    def create(self, resource: ResourceType, created: Object, at: float, by: WrittenBy = CONTROLLERS) -> Object:
        """Add an object; uid, resourceVersion, generation and creationTimestamp (`at`, UTC seconds) are set here."""
        stored = self.with_system_fields(resource, created, at, by)
        self.version += 1
        stored["metadata"]["resourceVersion"] = str(self.version)
        self._put(resource, stored, "ADDED")
        return stored

    def generated_name(self, resource: ResourceType, namespace: str, prefix: str) -> str:
        """Return a free name that begins with a prefix, as `generateName` asks for."""
        while self.get(resource, namespace, name := prefix + self._names.suffix()) is not None:
            pass
        return name

    def with_system_fields(self, resource: ResourceType, created: Object, at: float, by: WrittenBy) -> Object:
        """Return a copy of a new object with the metadata that only the server may set."""
        stored = copy.deepcopy(created)
        metadata = stored["metadata"]
        for field in ("resourceVersion", "deletionTimestamp", "selfLink"):
            metadata.pop(field, None)
        metadata["uid"] = self._names.uid()
        metadata["creationTimestamp"] = rfc3339(at)
        if "spec" in stored or resource.custom:
            metadata["generation"] = 1
        metadata["managedFields"] = self._managed(resource, None, stored, by, at)
        return stored

    def update(self, resource: ResourceType, changed: Object, by: WrittenBy = CONTROLLERS) -> Object:
        """Replace an object; resourceVersion rises if anything differs, generation if the spec does.

        A status that changed counts as written through its subresource, where the resource has one.
        """
        metadata = changed["metadata"]
        current = self._objects[resource.qualified][metadata.get("namespace", ""), metadata["name"]]
        stored = self.updated(resource, current, changed, by)
        if stored is current:
            return current
        self.version += 1
        stored["metadata"]["resourceVersion"] = str(self.version)
        self._put(resource, stored, "MODIFIED")
        return stored

    def updated(self, resource: ResourceType, current: Object, changed: Object, by: WrittenBy) -> Object:
        """Return what `update` would store except its resourceVersion; the current object itself if nothing differs."""
        stored = with_generation(resource, current, changed)
        for field in ("resourceVersion", "managedFields"):
            if field in current["metadata"]:
                stored["metadata"][field] = current["metadata"][field]
        at = self._now()
        if stored == current:
            owned = self._managed(resource, current, stored, by, at)
            if by.applied is None or owned == current["metadata"].get("managedFields", []):
                return current
            stored["metadata"]["managedFields"] = owned
            return stored
        if resource.status and not by.subresource and stored.get("status") != current.get("status"):
            unreported = {**stored, "status": current["status"]} if "status" in current else dict(stored)
            if "status" not in current:
                del unreported["status"]
            between = self._managed(resource, current, unreported, by, at)
            unreported["metadata"] = {**stored["metadata"], "managedFields": between}
            by = WrittenBy(manager=by.manager, subresource="status")
            stored["metadata"]["managedFields"] = self._managed(resource, unreported, stored, by, at)
        else:
            stored["metadata"]["managedFields"] = self._managed(resource, current, stored, by, at)
        return stored

    def delete(self, resource: ResourceType, removed: Object) -> None:
        """Remove an object at once."""
        metadata = removed["metadata"]
        del self._objects[resource.qualified][metadata.get("namespace", ""), metadata["name"]]
        self.deleted_uids.append(metadata["uid"])
        self.version += 1
        last = copy.deepcopy(removed)
        last["metadata"]["resourceVersion"] = str(self.version)
        self._record(Change(self.version, "DELETED", resource, last))

    def has_forgotten(self, version: int) -> bool:
        """Return whether changes after a version are no longer known."""
        return len(self.changes) == self.changes.maxlen and version < self.changes[0].version - 1

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _put(self, resource: ResourceType, stored: Object, kind: str) -> None:
        metadata = stored["metadata"]
        held = self._objects.setdefault(resource.qualified, {})
        held[metadata.get("namespace", ""), metadata["name"]] = stored
        self._record(Change(self.version, kind, resource, stored))

    def _record(self, change: Change) -> None:
        self.changes.append(change)
        for listener in tuple(self._listeners):
            listener()


def with_generation(resource: ResourceType, current: Object, changed: Object) -> Object:
    """Return a copy of the changed object, its generation one higher than the current one's if the wish differs.

    The wish is the spec; of a custom resource it is all but metadata, and status where that is a subresource.
    """
    stored = copy.deepcopy(changed)
    if "generation" in current["metadata"]:
        if resource.custom:
            aside = {"metadata", "status"} if resource.status else {"metadata"}
            differs = any(stored.get(key) != current.get(key) for key in (stored.keys() | current.keys()) - aside)
        else:
            differs = stored.get("spec") != current.get("spec")
        stored["metadata"]["generation"] = current["metadata"]["generation"] + differs
    return stored
