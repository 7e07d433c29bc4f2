"""The controller of Rollouts: canary steps, pauses, abort and promotion, as Argo Rollouts does them.

It follows rollout/canary.go, rollout/sync.go and rollout/pause.go of argo-rollouts for a canary without traffic routing
and without analysis; a blue-green Rollout is left as it is.
"""

import copy
import json
from hashlib import sha256

import msgspec

from console.domain.moments import parse_duration, rfc3339
from console.simulation.cluster.argo_rollouts import canary, restarting, rollout_status
from console.simulation.cluster.argo_rollouts.canary import Sets
from console.simulation.cluster.argo_rollouts.resources import (
    REVISION,
    ROLLOUTS,
    revision_of,
    rollout_replica_set,
)
from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.names import template_hash
from console.simulation.cluster.resources import DEPLOYMENTS, REPLICA_SETS, Object
from console.sources.cluster.objects import instant

_BY = WrittenBy(manager="rollouts-controller")
OBSERVE_SECONDS = 0.2
"""How long after a change of its spec the controller acts on a Rollout."""


class _Noticed(msgspec.Struct, frozen=True):
    """A generation that is acted on at `due` (UTC seconds)."""

    generation: int
    due: float


class RolloutController:
    """Brings the ReplicaSets of every canary Rollout to what its spec, its steps and its status want."""

    def __init__(self, plane: ControlPlane, observe_seconds: float = OBSERVE_SECONDS) -> None:
        self._store = plane.store
        self._events = plane.events
        self._observe_seconds = observe_seconds
        self._noticed: dict[str, _Noticed] = {}
        self._dues: dict[str, float] = {}

    def next_due(self) -> float | None:
        """Return the next instant at which a changed spec is acted on, or a pause or the wait for a restart ends."""
        return min([noticed.due for noticed in self._noticed.values()] + list(self._dues.values()), default=None)

    def reconcile(self, now: float) -> None:
        """Act on every Rollout at an instant (UTC seconds)."""
        rollouts = [found for found in self._store.list(ROLLOUTS) if "canary" in found["spec"].get("strategy", {})]
        alive = {rollout["metadata"]["uid"] for rollout in rollouts}
        for known in (self._noticed, self._dues):
            for uid in known.keys() - alive:
                known.pop(uid, None)
        for rollout in rollouts:
            template = self._template(rollout)
            if template is not None and self._has_observed(rollout, now):
                self._act(rollout, template, now)

    def _template(self, rollout: Object) -> Object | None:
        """Return the wanted pod template: that of the referenced Deployment, where one is referenced."""
        if "workloadRef" not in rollout["spec"]:
            return dict(rollout["spec"]["template"])
        held = self._referenced(rollout)
        return None if held is None else dict(held["spec"]["template"])

    def _generation_of_reference(self, rollout: Object) -> int | None:
        held = self._referenced(rollout) if "workloadRef" in rollout["spec"] else None
        return None if held is None else int(held["metadata"]["generation"])

    def _referenced(self, rollout: Object) -> Object | None:
        name = rollout["spec"]["workloadRef"]["name"]
        return self._store.get(DEPLOYMENTS, rollout["metadata"]["namespace"], name)

    def _has_observed(self, rollout: Object, now: float) -> bool:
        metadata = rollout["metadata"]
        uid, generation = metadata["uid"], metadata["generation"]
        if rollout.get("status", {}).get("observedGeneration") == str(generation):
            self._noticed.pop(uid, None)
            return True
        noticed = self._noticed.get(uid)
        if noticed is None or noticed.generation != generation:
            noticed = self._noticed[uid] = _Noticed(generation, now + self._observe_seconds)
        if noticed.due > now:
            return False
        del self._noticed[uid]
        return True

    def _act(self, rollout: Object, template: Object, now: float) -> None:
        draft = copy.deepcopy(rollout)
        status = draft.setdefault("status", {})
        status["observedGeneration"] = str(rollout["metadata"]["generation"])
        if (generation := self._generation_of_reference(rollout)) is not None:
            status["workloadObservedGeneration"] = str(generation)
        wanted, steps_hash = template_hash(template), _hash_of_steps(rollout)
        if (status.get("currentPodHash"), status.get("currentStepHash")) != (wanted, steps_hash):
            self._begin(draft, wanted, steps_hash)
        sets = self._sets(draft, template, now)
        self._dues.pop(rollout["metadata"]["uid"], None)
        if not draft["spec"].get("paused"):
            self._scale(draft, sets, now)
            self._move_on(draft, sets, now)
            due = restarting.restart(self._store, draft, sets, now)
            self._wait_until(draft, due)
        rollout_status.with_counts(status, draft, sets)
        rollout_status.with_conditions(status, draft, sets, now)
        self._store.update(ROLLOUTS, draft, _BY)
        self._forget_old_revisions(draft, sets)

    def _begin(self, draft: Object, wanted: str, steps_hash: str) -> None:
        """Begin a new update: pauses and an abort end, and the steps start again unless it goes back to the stable."""
        status = draft["status"]
        rollout_status.without_pause(status)
        for field in ("abort", "abortedAt", "promoteFull"):
            status.pop(field, None)
        status["currentPodHash"], status["currentStepHash"] = wanted, steps_hash
        steps = canary.steps_of(draft)
        if steps:
            status["currentStepIndex"] = len(steps) if status.get("stableRS") == wanted else 0

    def _sets(self, draft: Object, template: Object, now: float) -> Sets:
        owned = list(self._store.owned(REPLICA_SETS, draft))
        status, newest = draft["status"], max(map(revision_of, owned), default=0)
        new = next((each for each in owned if _made_of(each) == status["currentPodHash"]), None)
        if new is None:
            new = self._store.create(REPLICA_SETS, rollout_replica_set(draft, template, newest + 1), now, _BY)
        elif revision_of(new) < newest:
            changed = copy.deepcopy(new)
            changed["metadata"]["annotations"][REVISION] = str(newest + 1)
            new = self._store.update(REPLICA_SETS, changed, _BY)
        draft["metadata"].setdefault("annotations", {})[REVISION] = new["metadata"]["annotations"][REVISION]
        others = [each for each in owned if each["metadata"]["uid"] != new["metadata"]["uid"]]
        stable = next((each for each in others if _made_of(each) == status.get("stableRS")), None)
        return Sets(new, stable, [each for each in others if each is not stable])

    def _scale(self, draft: Object, sets: Sets, now: float) -> None:
        if not draft["status"].get("stableRS"):  # the first version of all is not rolled out in steps
            self._set_replicas(draft, sets.new, canary.wanted_replicas(draft), now)
            return
        counts = canary.next_counts(draft, sets)
        self._set_replicas(draft, sets.new, counts.new, now)
        if sets.stable is not None:
            self._set_replicas(draft, sets.stable, counts.stable, now)
        removable = canary.removable_others(draft, sets)
        for other in sorted(sets.others, key=revision_of):
            fewer = min(removable, other["spec"]["replicas"])
            removable -= fewer
            self._set_replicas(draft, other, other["spec"]["replicas"] - fewer, now)

    def _move_on(self, draft: Object, sets: Sets, now: float) -> None:
        """Promote, stay aborted, pause, or go to the next step."""
        status, steps = draft["status"], canary.steps_of(draft)
        if status.get("promoteFull") or status.get("stableRS") == status["currentPodHash"]:
            for field in ("abort", "abortedAt"):  # there is nothing to abort any more
                status.pop(field, None)
        if status.get("promoteFull"):
            rollout_status.without_pause(status)
            if steps:
                status["currentStepIndex"] = len(steps)
        done_all = (status.get("currentStepIndex") or 0) >= len(steps)
        complete = sets.new["status"].get("availableReplicas", 0) == canary.wanted_replicas(draft)
        if not status.get("stableRS") or (complete and done_all and not status.get("abort")):
            self._promote(draft, sets, now)
        elif status.get("abort"):
            rollout_status.without_pause(status)
            status.setdefault("abortedAt", rfc3339(now))
            if steps:
                status["currentStepIndex"] = 0
        elif not status.get("promoteFull"):
            self._do_step(draft, sets, now)

    def _promote(self, draft: Object, sets: Sets, now: float) -> None:
        status, steps = draft["status"], canary.steps_of(draft)
        rollout_status.without_pause(status)
        for field in ("abort", "abortedAt", "promoteFull"):
            status.pop(field, None)
        if steps:
            status["currentStepIndex"] = len(steps)
        if status.get("stableRS") != status["currentPodHash"]:
            status["stableRS"] = status["currentPodHash"]
            message = f"Rollout completed update to revision {revision_of(sets.new)} ({status['stableRS']})"
            self._tell(draft, "RolloutCompleted", message, now)

    def _do_step(self, draft: Object, sets: Sets, now: float) -> None:
        status, step = draft["status"], canary.current_step(draft)
        if step is None:
            return
        if "pause" not in step:
            if canary.at_goal(draft, sets):
                self._finish_step(draft, now)
            return
        held = next(iter(status.get("pauseConditions") or []), None)
        if held is None:
            if status.get("controllerPause"):  # somebody promoted it
                self._finish_step(draft, now)
            else:
                rollout_status.with_pause(status, now)
                self._tell(draft, "RolloutPaused", "Rollout is paused (CanaryPauseStep)", now)
            held = next(iter(status.get("pauseConditions") or []), None)
        seconds = _seconds((step["pause"] or {}).get("duration"))
        if held is not None and seconds is not None:
            ends = (instant(held["startTime"]) or now) + seconds
            if ends <= now:
                self._finish_step(draft, now)
            else:
                self._wait_until(draft, ends)

    def _finish_step(self, draft: Object, now: float) -> None:
        status, steps = draft["status"], canary.steps_of(draft)
        index = (status.get("currentStepIndex") or 0) + 1
        rollout_status.without_pause(status)
        status["currentStepIndex"] = index
        self._tell(draft, "RolloutStepCompleted", f"Rollout step {index}/{len(steps)} completed", now)

    def _wait_until(self, draft: Object, due: float | None) -> None:
        uid = draft["metadata"]["uid"]
        if due is not None:
            self._dues[uid] = min(due, self._dues.get(uid, due))

    def _set_replicas(self, draft: Object, replica_set: Object, replicas: int, now: float) -> None:
        before = replica_set["spec"]["replicas"]
        if before == replicas:
            return
        metadata = replica_set["metadata"]
        changed = self._store.draft(REPLICA_SETS, metadata["namespace"], metadata["name"])
        changed["spec"]["replicas"] = replicas
        self._store.update(REPLICA_SETS, changed, _BY)
        direction = "up" if replicas > before else "down"
        message = f"Scaled {direction} ReplicaSet {metadata['name']} from {before} to {replicas}"
        self._tell(draft, "ScalingReplicaSet", message, now)

    def _forget_old_revisions(self, draft: Object, sets: Sets) -> None:
        idle = [
            each
            for each in sorted(sets.others, key=revision_of)
            if each["spec"]["replicas"] == 0 and each["status"]["replicas"] == 0
        ]
        for each in idle[: max(0, len(idle) - draft["spec"].get("revisionHistoryLimit", 10))]:
            self._store.delete(REPLICA_SETS, each)

    def _tell(self, draft: Object, reason: str, message: str, now: float) -> None:
        self._events.record(draft, reason=reason, message=message, source="rollouts-controller", at=now)


def _made_of(replica_set: Object) -> str:
    return str(replica_set["metadata"]["name"].rpartition("-")[2])


def _hash_of_steps(rollout: Object) -> str:
    written = json.dumps(canary.steps_of(rollout), sort_keys=True)
    return sha256(written.encode()).hexdigest()[:10]


def _seconds(duration: object) -> float | None:
    """Return the length of a pause; None for one that lasts until somebody promotes."""
    if duration is None:
        return None
    return parse_duration(duration) if isinstance(duration, str) else float(str(duration))
