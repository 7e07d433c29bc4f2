"""StatefulSets: pods with ordinals, made and replaced one after the other, and their ControllerRevisions."""

import copy
from typing import Any

from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.failures import ApiFailure
from console.simulation.cluster.names import template_hash
from console.simulation.cluster.objects import owner_reference, pod_object
from console.simulation.cluster.quotas import check_quotas
from console.simulation.cluster.replica_sets import is_ready, is_terminating, mark_terminating
from console.simulation.cluster.resources import CONTROLLER_REVISIONS, PODS, STATEFUL_SETS, Object
from console.simulation.cluster.store import Store

REVISION_LABEL = "controller-revision-hash"


class StatefulSetController:
    """Brings the pods of every StatefulSet to the number and the revision that it wants.

    Pods are created in the order of their ordinals, each when those before it are ready (`OrderedReady`), or all at
    once (`Parallel`); they are replaced and removed from the highest ordinal down, one at a time.
    """

    def __init__(self, store: Store, events: EventRecorder) -> None:
        self._store = store
        self._events = events

    def reconcile(self, now: float) -> None:
        """Act on every StatefulSet at an instant (UTC seconds)."""
        for found in self._store.list(STATEFUL_SETS):
            update = self._newest_revision(found, now)
            self._move_on(found, update, now)
            self._report(found, update)
            self._forget_old_revisions(found)

    def add_running(self, stateful_set: Object, now: float) -> list[Object]:
        """Create every pod of a new StatefulSet at once and return them; whoever calls lets them start."""
        update = self._newest_revision(stateful_set, now)
        wanted = range(stateful_set["spec"]["replicas"])
        return [self._store.create(PODS, _pod(stateful_set, update, ordinal, now), now) for ordinal in wanted]

    def _newest_revision(self, owner: Object, now: float) -> Object:
        """Return the ControllerRevision of the wanted template, its number the highest of all."""
        data = {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}
        revisions = list(self._store.owned(CONTROLLER_REVISIONS, owner))
        highest = max((revision["revision"] for revision in revisions), default=0)
        for revision in revisions:
            if template_hash(revision["data"]) == template_hash(data):
                if revision["revision"] == highest:
                    return revision
                return self._store.update(CONTROLLER_REVISIONS, {**revision, "revision": highest + 1})
        metadata = owner["metadata"]
        hashed = template_hash(data)
        made = {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": f"{metadata['name']}-{hashed}",
                "namespace": metadata["namespace"],
                "labels": {**owner["spec"]["template"]["metadata"]["labels"], "controller.kubernetes.io/hash": hashed},
                "ownerReferences": [owner_reference(owner)],
            },
            "data": data,
            "revision": highest + 1,
        }
        return self._store.create(CONTROLLER_REVISIONS, made, now)

    def _move_on(self, owner: Object, update: Object, now: float) -> None:
        """Do the next step: create what is missing, remove what is too much, replace what is of another revision."""
        pods = {_ordinal(pod): pod for pod in self._store.owned(PODS, owner)}
        spec = owner["spec"]
        parallel = spec["podManagementPolicy"] == "Parallel"
        for ordinal in range(spec["replicas"]):
            if ordinal not in pods:
                if not self._create(owner, self._revision_for(owner, ordinal, update), ordinal, now):
                    return
                if not parallel:
                    return
            elif not parallel and (is_terminating(pods[ordinal]) or not is_ready(pods[ordinal])):
                return
        if any(map(is_terminating, pods.values())):
            return
        excess = sorted((ordinal for ordinal in pods if ordinal >= spec["replicas"]), reverse=True)
        for ordinal in excess if parallel else excess[:1]:
            self._end(owner, pods[ordinal], now)
        if not excess and spec["updateStrategy"]["type"] == "RollingUpdate":
            self._replace_one(owner, pods, update, now)

    def _replace_one(self, owner: Object, pods: dict[int, Object], update: Object, now: float) -> None:
        partition = owner["spec"]["updateStrategy"]["rollingUpdate"]["partition"]
        for ordinal in sorted((each for each in pods if each >= partition), reverse=True):
            if _revision_of(pods[ordinal]) != update["metadata"]["name"]:
                self._end(owner, pods[ordinal], now)
                return
            if not is_ready(pods[ordinal]):
                return

    def _revision_for(self, owner: Object, ordinal: int, update: Object) -> Object:
        """Return the revision that a new pod is made of: below the partition it is the current one."""
        partition = owner["spec"]["updateStrategy"].get("rollingUpdate", {}).get("partition", 0)
        current = owner["status"].get("currentRevision")
        if ordinal >= partition or not current:
            return update
        held = self._store.get(CONTROLLER_REVISIONS, owner["metadata"]["namespace"], current)
        return held or update

    def _create(self, owner: Object, revision: Object, ordinal: int, now: float) -> bool:
        made = _pod(owner, revision, ordinal, now)
        name = made["metadata"]["name"]
        try:
            check_quotas(self._store, made)
        except ApiFailure as failure:
            told = f"create Pod {name} in StatefulSet {owner['metadata']['name']} failed error: {failure}"
            self._events.record_once(owner, reason="FailedCreate", message=told, source=_SOURCE, at=now)
            return False
        self._store.create(PODS, made, now)
        told = f"create Pod {name} in StatefulSet {owner['metadata']['name']} successful"
        self._events.record(owner, reason="SuccessfulCreate", message=told, source=_SOURCE, at=now)
        return True

    def _end(self, owner: Object, pod: Object, now: float) -> None:
        mark_terminating(self._store, pod, now)
        told = f"delete Pod {pod['metadata']['name']} in StatefulSet {owner['metadata']['name']} successful"
        self._events.record(owner, reason="SuccessfulDelete", message=told, source=_SOURCE, at=now)

    def _report(self, owner: Object, update: Object) -> None:
        pods = [pod for pod in self._store.owned(PODS, owner) if not is_terminating(pod)]
        ready = sum(map(is_ready, pods))
        newest = update["metadata"]["name"]
        current = owner["status"].get("currentRevision") or newest
        updated = sum(_revision_of(pod) == newest for pod in pods)
        if updated == len(pods) == ready == owner["spec"]["replicas"]:
            current = newest
        counts = {
            "currentReplicas": sum(_revision_of(pod) == current for pod in pods),
            "updatedReplicas": updated,
            "readyReplicas": ready,
        }
        status: Object = {
            "observedGeneration": owner["metadata"]["generation"],
            "replicas": len(pods),
            "availableReplicas": ready,
            "currentRevision": current,
            "updateRevision": newest,
            "collisionCount": 0,
            **{name: count for name, count in counts.items() if count},
        }
        metadata = owner["metadata"]
        draft = self._store.draft(STATEFUL_SETS, metadata["namespace"], metadata["name"])
        draft["status"] = status
        self._store.update(STATEFUL_SETS, draft)

    def _forget_old_revisions(self, owner: Object) -> None:
        status = self._store.draft(STATEFUL_SETS, owner["metadata"]["namespace"], owner["metadata"]["name"])["status"]
        live = {status["currentRevision"], status["updateRevision"]}
        live |= {_revision_of(pod) for pod in self._store.owned(PODS, owner)}
        idle = [
            revision
            for revision in self._store.owned(CONTROLLER_REVISIONS, owner)
            if revision["metadata"]["name"] not in live
        ]
        idle.sort(key=lambda revision: revision["revision"])
        for revision in idle[: max(0, len(idle) - owner["spec"]["revisionHistoryLimit"])]:
            self._store.delete(CONTROLLER_REVISIONS, revision)


_SOURCE = "statefulset-controller"


def _pod(owner: Object, revision: Object, ordinal: int, now: float) -> Object:
    template = {key: copy.deepcopy(value) for key, value in revision["data"]["spec"]["template"].items()}
    template.pop("$patch", None)
    pod = pod_object({**owner, "spec": {**owner["spec"], "template": template}}, str(ordinal), now)
    pod["metadata"]["labels"] |= {
        REVISION_LABEL: revision["metadata"]["name"],
        "statefulset.kubernetes.io/pod-name": pod["metadata"]["name"],
        "apps.kubernetes.io/pod-index": str(ordinal),
    }
    return pod


def _ordinal(pod: Object) -> int:
    return int(pod["metadata"]["name"].rpartition("-")[2])


def _revision_of(pod: Object) -> Any:
    return pod["metadata"]["labels"].get(REVISION_LABEL)
