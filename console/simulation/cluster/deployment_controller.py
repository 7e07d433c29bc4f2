"""Deployments: scaling and rolling updates over ReplicaSets, as the real controller does them."""

import copy
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from console.simulation.cluster.deployment_status import Progress, deployment_status
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.names import template_hash
from console.simulation.cluster.objects import REVISION, REVISION_HISTORY, TEMPLATE_HASH, replica_set_object
from console.simulation.cluster.resources import DEPLOYMENTS, REPLICA_SETS, Object
from console.simulation.cluster.store import Store


class _Noticed(msgspec.Struct, frozen=True):
    """A generation that the controller will act on at `due` (UTC seconds)."""

    generation: int
    due: float


class DeploymentController:
    """Brings every Deployment's ReplicaSets to what its spec wants.

    A changed spec is acted on `observe_seconds` later, and only then does `observedGeneration` follow.
    """

    def __init__(self, store: Store, events: EventRecorder, *, observe_seconds: float) -> None:
        self._store = store
        self._events = events
        self._observe_seconds = observe_seconds
        self._noticed: dict[str, _Noticed] = {}
        self._progress: dict[str, Progress] = {}

    def next_due(self) -> float | None:
        """Return the next instant at which a changed spec is acted on or a rollout is given up."""
        waiting = [noticed.due for noticed in self._noticed.values()]
        deadlines = [progress.deadline for progress in self._progress.values() if progress.deadline is not None]
        return min(waiting + deadlines, default=None)

    def reconcile(self, now: float) -> None:
        """Act on every Deployment at an instant (UTC seconds)."""
        deployments = self._store.list(DEPLOYMENTS)
        self._forget(deployments)
        for deployment in deployments:
            if self._has_observed(deployment, now):
                self._roll(deployment, now)
            self._report(deployment, now)

    def observe(self, deployment: Object, now: float) -> None:
        """Act on a Deployment at once, without the usual delay."""
        metadata = deployment["metadata"]
        self._noticed[metadata["uid"]] = _Noticed(metadata["generation"], now)

    def _forget(self, deployments: Sequence[Object]) -> None:
        alive = {deployment["metadata"]["uid"] for deployment in deployments}
        for known in (self._noticed, self._progress):
            for uid in known.keys() - alive:
                known.pop(uid, None)

    def _has_observed(self, deployment: Object, now: float) -> bool:
        metadata = deployment["metadata"]
        if deployment["status"].get("observedGeneration", 0) == metadata["generation"]:
            self._noticed.pop(metadata["uid"], None)
            return True
        noticed = self._noticed.get(metadata["uid"])
        if noticed is None or noticed.generation != metadata["generation"]:
            noticed = _Noticed(metadata["generation"], now + self._observe_seconds)
            self._noticed[metadata["uid"]] = noticed
        if noticed.due > now:
            return False
        draft = copy.deepcopy(deployment)
        draft["status"]["observedGeneration"] = metadata["generation"]
        self._store.update(DEPLOYMENTS, draft)
        del self._noticed[metadata["uid"]]
        return True

    def _roll(self, deployment: Object, now: float) -> None:
        replica_sets = list(self._store.owned(REPLICA_SETS, deployment))
        current = current_replica_set(deployment, replica_sets)
        paused = deployment["spec"].get("paused", False)
        if not paused:
            current = self._with_newest_revision(deployment, current, replica_sets, now)
            replica_sets = list(self._store.owned(REPLICA_SETS, deployment))
        others = [
            other
            for other in replica_sets
            if other["spec"]["replicas"] > 0 and (current is None or not _same(other, current))
        ]
        wanted = deployment["spec"]["replicas"]
        if paused and others:
            newest = max(replica_sets, key=revision_of)
            rest = sum(other["spec"]["replicas"] for other in replica_sets if not _same(other, newest))
            self._scale(deployment, newest, max(0, wanted - rest), now)
        elif current is not None and not others:
            self._scale(deployment, current, wanted, now)
        elif current is not None:
            self._roll_forward(deployment, current, others, now)
        self._forget_old_revisions(deployment)

    def _with_newest_revision(
        self, deployment: Object, current: Object | None, replica_sets: Sequence[Object], now: float
    ) -> Object:
        """Return the ReplicaSet of the wanted template, its revision the highest of all; create it if there is none."""
        newest = max(map(revision_of, replica_sets), default=0)
        if current is None:
            template = deployment["spec"]["template"]
            made = replica_set_object(deployment, template, template_hash(template), newest + 1)
            current = self._store.create(REPLICA_SETS, made, now)
        elif revision_of(current) < newest:
            draft = copy.deepcopy(current)
            annotations = draft["metadata"]["annotations"]
            earlier = annotations.get(REVISION_HISTORY)
            annotations[REVISION_HISTORY] = ",".join(filter(None, (earlier, annotations[REVISION])))
            annotations[REVISION] = str(newest + 1)
            current = self._store.update(REPLICA_SETS, draft)
        metadata = deployment["metadata"]
        draft = self._store.draft(DEPLOYMENTS, metadata["namespace"], metadata["name"])
        annotations = draft["metadata"].setdefault("annotations", {})
        annotations[REVISION] = current["metadata"]["annotations"][REVISION]
        self._store.update(DEPLOYMENTS, draft)
        return current

    def _roll_forward(self, deployment: Object, current: Object, others: Sequence[Object], now: float) -> None:
        wanted = deployment["spec"]["replicas"]
        surge, unavailable = rolling_bounds(deployment)
        total = current["spec"]["replicas"] + sum(other["spec"]["replicas"] for other in others)
        if current["spec"]["replicas"] > wanted:
            self._scale(deployment, current, wanted, now)
            return
        more = min(wanted + surge - total, wanted - current["spec"]["replicas"])
        if more > 0:
            self._scale(deployment, current, current["spec"]["replicas"] + more, now)
            return
        starting = current["spec"]["replicas"] - current["status"].get("availableReplicas", 0)
        removable = total - (wanted - unavailable) - starting
        for other in sorted(others, key=revision_of):
            ready = other["status"].get("availableReplicas", 0)
            unhealthy = other["spec"]["replicas"] - ready
            fewer = min(unhealthy, max(0, removable))
            removable -= fewer
            fewer_ready = min(ready, max(0, removable))
            removable -= fewer_ready
            self._scale(deployment, other, other["spec"]["replicas"] - fewer - fewer_ready, now)

    def _scale(self, deployment: Object, replica_set: Object, replicas: int, now: float) -> None:
        before = replica_set["spec"]["replicas"]
        if before == replicas:
            return
        metadata = replica_set["metadata"]
        draft = self._store.draft(REPLICA_SETS, metadata["namespace"], metadata["name"])
        draft["spec"]["replicas"] = replicas
        self._store.update(REPLICA_SETS, draft)
        direction = "up" if replicas > before else "down"
        self._events.record(
            deployment,
            reason="ScalingReplicaSet",
            message=f"Scaled {direction} replica set {metadata['name']} from {before} to {replicas}",
            source="deployment-controller",
            at=now,
        )

    def _forget_old_revisions(self, deployment: Object) -> None:
        replica_sets = list(self._store.owned(REPLICA_SETS, deployment))
        idle = [
            replica_set
            for replica_set in sorted(replica_sets, key=revision_of)[:-1]
            if replica_set["spec"]["replicas"] == 0 and replica_set["status"]["replicas"] == 0
        ]
        excess = len(idle) - deployment["spec"]["revisionHistoryLimit"]
        for replica_set in idle[: max(0, excess)]:
            self._store.delete(REPLICA_SETS, replica_set)

    def _report(self, deployment: Object, now: float) -> None:
        metadata = deployment["metadata"]
        draft = self._store.draft(DEPLOYMENTS, metadata["namespace"], metadata["name"])
        replica_sets = list(self._store.owned(REPLICA_SETS, draft))
        current = current_replica_set(draft, replica_sets)
        progress = self._progress.setdefault(metadata["uid"], Progress(since=now))
        draft["status"] = deployment_status(
            draft, current, replica_sets, progress, unavailable=rolling_bounds(draft)[1], now=now
        )
        self._store.update(DEPLOYMENTS, draft)


def current_replica_set(deployment: Object, replica_sets: Sequence[Object]) -> Object | None:
    """Return the ReplicaSet whose template is the one that a Deployment wants."""
    wanted = template_hash(deployment["spec"]["template"])
    for replica_set in replica_sets:
        if replica_set["metadata"]["labels"].get(TEMPLATE_HASH) == wanted:
            return replica_set
    return None


def revision_of(replica_set: Object) -> int:
    """Return the revision number of a ReplicaSet."""
    return int(replica_set["metadata"]["annotations"][REVISION])


def rolling_bounds(deployment: Object) -> tuple[int, int]:
    """Return how many pods a rollout may have too many (rounded up), and too few (rounded down)."""
    wanted = deployment["spec"]["replicas"]
    rolling = deployment["spec"]["strategy"]["rollingUpdate"]
    surge = math.ceil(_pods(rolling["maxSurge"], wanted))
    unavailable = math.floor(_pods(rolling["maxUnavailable"], wanted))
    return surge, 1 if surge == unavailable == 0 else unavailable


def _pods(bound: Any, wanted: int) -> float:
    """Return a bound, a number or a percentage such as `25%`, in pods."""
    return int(bound[:-1]) * wanted / 100 if isinstance(bound, str) else float(bound)


def _same(left: Object, right: Object) -> bool:
    return bool(left["metadata"]["uid"] == right["metadata"]["uid"])
