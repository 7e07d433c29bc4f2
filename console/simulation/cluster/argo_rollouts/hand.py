"""What the controller of Rollouts does to ReplicaSets, and tells of it."""

from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.resources import REPLICA_SETS, Object
from console.simulation.cluster.store import Store

CONTROLLER = WrittenBy(manager="rollouts-controller")


class Hand:
    """Scales, tells, and remembers when each Rollout has to be looked at again."""

    def __init__(self, store: Store, events: EventRecorder) -> None:
        self.store = store
        self._events = events
        self.dues: dict[str, float] = {}

    def set_replicas(self, draft: Object, replica_set: Object, replicas: int, now: float) -> None:
        """Ask a ReplicaSet of a Rollout for so many pods."""
        before = replica_set["spec"]["replicas"]
        if before == replicas:
            return
        metadata = replica_set["metadata"]
        changed = self.store.draft(REPLICA_SETS, metadata["namespace"], metadata["name"])
        changed["spec"]["replicas"] = replicas
        self.store.update(REPLICA_SETS, changed, CONTROLLER)
        direction = "up" if replicas > before else "down"
        message = f"Scaled {direction} ReplicaSet {metadata['name']} from {before} to {replicas}"
        self.tell(draft, "ScalingReplicaSet", message, now)

    def annotate(self, replica_set: Object, key: str, value: str | None) -> None:
        """Set an annotation of a ReplicaSet; None takes it away."""
        metadata = replica_set["metadata"]
        changed = self.store.draft(REPLICA_SETS, metadata["namespace"], metadata["name"])
        annotations = changed["metadata"].setdefault("annotations", {})
        annotations.pop(key, None)
        if value is not None:
            annotations[key] = value
        self.store.update(REPLICA_SETS, changed, CONTROLLER)

    def tell(self, draft: Object, reason: str, message: str, now: float, *, kind: str = "Normal") -> None:
        """Write an Event about a Rollout."""
        self._events.record(draft, reason=reason, message=message, source="rollouts-controller", at=now, kind=kind)

    def wait_until(self, draft: Object, due: float | None) -> None:
        """Let a Rollout be looked at again at an instant (UTC seconds) at the latest."""
        uid = draft["metadata"]["uid"]
        if due is not None:
            self.dues[uid] = min(due, self.dues.get(uid, due))
