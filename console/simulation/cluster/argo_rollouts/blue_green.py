"""Blue-green Rollouts: the new version runs whole beside the active one, until the active Service selects it.

It follows rollout/bluegreen.go of argo-rollouts. The Services themselves are not served; which version each selects
stands in the status. Post-promotion analysis and a smaller preview are left out.
"""

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.argo_rollouts import analysis, rollout_status
from console.simulation.cluster.argo_rollouts.canary import Sets, wanted_replicas
from console.simulation.cluster.argo_rollouts.hand import CONTROLLER, Hand
from console.simulation.cluster.argo_rollouts.resources import made_of, revision_of
from console.simulation.cluster.resources import Object
from console.sources.cluster.objects import instant

PAUSE = "BlueGreenPause"
"""The reason of the pause condition before the active Service is switched."""
DEADLINE = "scale-down-deadline"
"""The annotation of a ReplicaSet that served until a moment ago: when its pods go."""
_DELAY = 30.0
"""Seconds for which the pods of a version that serves no more are kept, unless the Rollout says otherwise."""


class _Gate(msgspec.Struct, frozen=True):
    """Whether the active Service may be switched, or for what analysis the update is to be aborted."""

    is_open: bool
    failure: str = ""


def settings_of(rollout: Object) -> Object:
    """Return the blue-green strategy of a Rollout."""
    return dict(rollout["spec"]["strategy"]["blueGreen"])


def act(hand: Hand, draft: Object, sets: Sets, now: float) -> str:
    """Bring a Rollout to what it wants; return for what analysis it is aborted, empty for none."""
    status, wanted, new_hash = draft["status"], wanted_replicas(draft), draft["status"]["currentPodHash"]
    if status.get("promoteFull") or status.get("stableRS") == new_hash:
        rollout_status.without_pause(status)
        status.pop("abort", None)
    if status.get("abort"):
        _go_back(hand, draft, sets, now)
        return ""
    status.pop("abortedAt", None)
    active = status.get("blueGreen", {}).get("activeSelector", "")
    hand.set_replicas(draft, sets.new, wanted, now)
    if sets.stable is not None:
        hand.set_replicas(draft, sets.stable, wanted, now)
    status.setdefault("blueGreen", {})["previewSelector"] = new_hash
    if sets.new["status"].get("availableReplicas", 0) < wanted:
        return ""
    if active and active != new_hash:
        gate = _gate(hand, draft, sets, now)
        if not gate.is_open:
            return gate.failure
    if active != new_hash:
        _switch(hand, draft, sets, new_hash, now)
    _promote(hand, draft, sets, now)
    for other in sets.others:
        _end(hand, draft, other, now)
    return ""


def _gate(hand: Hand, draft: Object, sets: Sets, now: float) -> _Gate:
    """Return whether the new version, which is whole, may serve; who was active a moment ago need not wait."""
    status, settings = draft["status"], settings_of(draft)
    if status.get("promoteFull") or DEADLINE in sets.new["metadata"].get("annotations", {}):
        return _Gate(is_open=True)
    wanted_analysis = settings.get("prePromotionAnalysis")
    if wanted_analysis:
        found = analysis.run_of(hand.store, draft, sets, wanted_analysis, "pre", now, CONTROLLER)
        analysis.put_entry(draft, "pre", found)
        if found.has_failed:
            return _Gate(is_open=False, failure=found.message or found.phase)
        if found.phase != "Successful":
            return _Gate(is_open=False)
    if settings.get("autoPromotionEnabled", True):
        return _Gate(is_open=True)
    held = next(iter(status.get("pauseConditions") or []), None)
    if held is None and status.get("controllerPause"):  # somebody promoted it
        return _Gate(is_open=True)
    if held is None:
        rollout_status.with_pause(status, now, PAUSE)
        hand.tell(draft, "RolloutPaused", f"Rollout is paused ({PAUSE})", now)
        held = status["pauseConditions"][0]
    seconds = settings.get("autoPromotionSeconds")
    if not seconds:
        return _Gate(is_open=False)
    ends = (instant(held["startTime"]) or now) + float(seconds)
    if ends <= now:
        return _Gate(is_open=True)
    hand.wait_until(draft, ends)
    return _Gate(is_open=False)


def _switch(hand: Hand, draft: Object, sets: Sets, to: str, now: float) -> None:
    """Let the active Service select another version; the pods of the one before are kept for a while."""
    status, settings = draft["status"], settings_of(draft)
    selectors = status["blueGreen"]
    before = selectors.get("activeSelector", "")
    selectors["activeSelector"] = to
    service = settings.get("activeService", "")
    told = f"Switched selector for service '{service}' from '{before}' to '{to}'"
    hand.tell(draft, "SwitchService", told, now)
    for each in (sets.new, sets.stable, *sets.others):
        if each is None:
            continue
        if made_of(each) == to and DEADLINE in each["metadata"].get("annotations", {}):
            hand.annotate(each, DEADLINE, None)
        elif before and made_of(each) == before:
            hand.annotate(each, DEADLINE, rfc3339(now + float(settings.get("scaleDownDelaySeconds", _DELAY))))


def _promote(hand: Hand, draft: Object, sets: Sets, now: float) -> None:
    status = draft["status"]
    rollout_status.without_pause(status)
    for field in ("promoteFull", "abortedAt"):
        status.pop(field, None)
    if status.get("stableRS") != status["currentPodHash"]:
        status["stableRS"] = status["currentPodHash"]
        message = f"Rollout completed update to revision {revision_of(sets.new)} ({status['stableRS']})"
        hand.tell(draft, "RolloutCompleted", message, now)


def _go_back(hand: Hand, draft: Object, sets: Sets, now: float) -> None:
    """Let the stable version serve alone again; the pods of the new one are kept for a while."""
    status, settings = draft["status"], settings_of(draft)
    rollout_status.without_pause(status)
    status.setdefault("abortedAt", rfc3339(now))
    if sets.stable is None:
        return
    hand.set_replicas(draft, sets.stable, wanted_replicas(draft), now)
    if status.get("blueGreen", {}).get("activeSelector") != status["stableRS"]:
        _switch(hand, draft, sets, status["stableRS"], now)
    ends = (instant(status["abortedAt"]) or now) + float(settings.get("abortScaleDownDelaySeconds", _DELAY))
    if ends <= now:
        hand.set_replicas(draft, sets.new, 0, now)
    else:
        hand.wait_until(draft, ends)


def _end(hand: Hand, draft: Object, replica_set: Object, now: float) -> None:
    """Take the pods of a version away that serves no more, when its time is over."""
    ends = instant(replica_set["metadata"].get("annotations", {}).get(DEADLINE))
    if ends is not None and ends > now and replica_set["spec"]["replicas"] > 0:
        hand.wait_until(draft, ends)
        return
    hand.set_replicas(draft, replica_set, 0, now)
    if ends is not None:
        hand.annotate(replica_set, DEADLINE, None)
