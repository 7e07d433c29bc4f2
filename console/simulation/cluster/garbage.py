"""The garbage collector: what belonged to something that is gone goes too, in the background."""

from console.simulation.cluster.catalogue import Catalogue
from console.simulation.cluster.replica_sets import is_terminating, mark_terminating
from console.simulation.cluster.resources import PODS
from console.simulation.cluster.store import Store


class GarbageCollector:
    """Deletes the dependents of deleted objects."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def reconcile(self, now: float) -> None:
        """Delete what names a deleted object as its controller; pods are given their time to end."""
        while self._store.deleted_uids:
            owner = self._store.deleted_uids.pop()
            for resource in self._catalogue.all():
                for found in self._store.list(resource):
                    references = found["metadata"].get("ownerReferences", [])
                    if not any(each["uid"] == owner and each.get("controller") for each in references):
                        continue
                    if resource is not PODS:
                        self._store.delete(resource, found)
                    elif not is_terminating(found):
                        mark_terminating(self._store, found, now)
