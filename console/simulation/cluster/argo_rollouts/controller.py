"""The controller of Rollouts: what all strategies of Argo Rollouts have in common, from a new template to its status.

It follows rollout/controller.go and rollout/sync.go of argo-rollouts.
"""

import copy
import json
from hashlib import sha256

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.argo_rollouts import (
    analysis,
    blue_green,
    canary,
    canary_steps,
    restarting,
    rollout_status,
)
from console.simulation.cluster.argo_rollouts.canary import Sets
from console.simulation.cluster.argo_rollouts.hand import CONTROLLER, Hand
from console.simulation.cluster.argo_rollouts.resources import (
    REVISION,
    ROLLOUTS,
    made_of,
    revision_of,
    rollout_replica_set,
)
from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.names import template_hash
from console.simulation.cluster.resources import DEPLOYMENTS, REPLICA_SETS, Object

OBSERVE_SECONDS = 0.2
"""How long after a change of its spec the controller acts on a Rollout."""


class _Noticed(msgspec.Struct, frozen=True):
    """A generation that is acted on at `due` (UTC seconds)."""

    generation: int
    due: float


class RolloutController:
    """Brings the ReplicaSets of every Rollout to what its spec, its strategy and its status want."""

    def __init__(self, plane: ControlPlane, observe_seconds: float = OBSERVE_SECONDS) -> None:
        self._store = plane.store
        self._hand = Hand(plane.store, plane.events)
        self._observe_seconds = observe_seconds
        self._noticed: dict[str, _Noticed] = {}

    def next_due(self) -> float | None:
        """Return the next instant at which a changed spec is acted on, or a pause or the wait for a restart ends."""
        return min([noticed.due for noticed in self._noticed.values()] + list(self._hand.dues.values()), default=None)

    def reconcile(self, now: float) -> None:
        """Act on every Rollout at an instant (UTC seconds)."""
        rollouts = [found for found in self._store.list(ROLLOUTS) if found["spec"].get("strategy")]
        alive = {rollout["metadata"]["uid"] for rollout in rollouts}
        for known in (self._noticed, self._hand.dues):
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
        self._hand.dues.pop(rollout["metadata"]["uid"], None)
        failure = ""
        if not draft["spec"].get("paused"):
            strategy = blue_green if "blueGreen" in draft["spec"]["strategy"] else canary_steps
            failure = strategy.act(self._hand, draft, sets, now)
            if failure:
                self._abort(draft, sets, failure, now)
            self._hand.wait_until(draft, restarting.restart(self._store, draft, sets, now))
        rollout_status.with_counts(status, draft, sets)
        rollout_status.with_conditions(status, draft, sets, now, aborted_for=failure)
        self._store.update(ROLLOUTS, draft, CONTROLLER)
        self._forget_old_revisions(draft, sets)

    def _abort(self, draft: Object, sets: Sets, failure: str, now: float) -> None:
        """Abort an update because an analysis failed."""
        status = draft["status"]
        rollout_status.without_pause(status)
        status["abort"], status["abortedAt"] = True, rfc3339(now)
        if canary.steps_of(draft):
            status["currentStepIndex"] = 0
        message = f"{rollout_status.told_abort(draft)}: {failure}"
        self._hand.tell(draft, "RolloutAborted", message, now, kind="Warning")

    def _begin(self, draft: Object, wanted: str, steps_hash: str) -> None:
        """Begin a new update: pauses and an abort end, and the steps start again unless it goes back to the stable."""
        status = draft["status"]
        rollout_status.without_pause(status)
        for field in ("abort", "abortedAt", "promoteFull"):
            status.pop(field, None)
        for which in ("", "pre"):
            analysis.put_entry(draft, which, None)
        status["currentPodHash"], status["currentStepHash"] = wanted, steps_hash
        steps = canary.steps_of(draft)
        if steps:
            status["currentStepIndex"] = len(steps) if status.get("stableRS") == wanted else 0

    def _sets(self, draft: Object, template: Object, now: float) -> Sets:
        owned = list(self._store.owned(REPLICA_SETS, draft))
        status, newest = draft["status"], max(map(revision_of, owned), default=0)
        new = next((each for each in owned if made_of(each) == status["currentPodHash"]), None)
        if new is None:
            new = self._store.create(REPLICA_SETS, rollout_replica_set(draft, template, newest + 1), now, CONTROLLER)
        elif revision_of(new) < newest:
            changed = copy.deepcopy(new)
            changed["metadata"]["annotations"][REVISION] = str(newest + 1)
            new = self._store.update(REPLICA_SETS, changed, CONTROLLER)
        draft["metadata"].setdefault("annotations", {})[REVISION] = new["metadata"]["annotations"][REVISION]
        others = [each for each in owned if each["metadata"]["uid"] != new["metadata"]["uid"]]
        stable = next((each for each in others if made_of(each) == status.get("stableRS")), None)
        return Sets(new, stable, [each for each in others if each is not stable])

    def _forget_old_revisions(self, draft: Object, sets: Sets) -> None:
        idle = [
            each
            for each in sorted(sets.others, key=revision_of)
            if each["spec"]["replicas"] == 0 and each["status"]["replicas"] == 0
        ]
        for each in idle[: max(0, len(idle) - draft["spec"].get("revisionHistoryLimit", 10))]:
            self._store.delete(REPLICA_SETS, each)


def _hash_of_steps(rollout: Object) -> str:
    written = json.dumps(canary.steps_of(rollout), sort_keys=True)
    return sha256(written.encode()).hexdigest()[:10]
