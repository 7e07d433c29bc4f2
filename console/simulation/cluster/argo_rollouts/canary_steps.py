"""The way of a canary: step by step, past pauses and analyses, to the promotion or back.

It follows rollout/canary.go, rollout/sync.go and rollout/pause.go of argo-rollouts without traffic routing; of analyses
those of steps, not those in the background.
"""

from console.domain.moments import parse_duration, rfc3339
from console.simulation.cluster.argo_rollouts import analysis, canary, rollout_status
from console.simulation.cluster.argo_rollouts.canary import Sets
from console.simulation.cluster.argo_rollouts.hand import CONTROLLER, Hand
from console.simulation.cluster.argo_rollouts.resources import revision_of
from console.simulation.cluster.resources import Object
from console.sources.cluster.objects import instant

_ABORT_OF_STEP = "Step-based analysis phase error/failed"


def act(hand: Hand, draft: Object, sets: Sets, now: float) -> str:
    """Bring a Rollout to what its steps want; return for what analysis it is aborted, empty for none."""
    _scale(hand, draft, sets, now)
    return _move_on(hand, draft, sets, now)


def _scale(hand: Hand, draft: Object, sets: Sets, now: float) -> None:
    if not draft["status"].get("stableRS"):  # the first version of all is not rolled out in steps
        hand.set_replicas(draft, sets.new, canary.wanted_replicas(draft), now)
        return
    counts = canary.next_counts(draft, sets)
    hand.set_replicas(draft, sets.new, counts.new, now)
    if sets.stable is not None:
        hand.set_replicas(draft, sets.stable, counts.stable, now)
    removable = canary.removable_others(draft, sets)
    for other in sorted(sets.others, key=revision_of):
        fewer = min(removable, other["spec"]["replicas"])
        removable -= fewer
        hand.set_replicas(draft, other, other["spec"]["replicas"] - fewer, now)


def _move_on(hand: Hand, draft: Object, sets: Sets, now: float) -> str:
    """Promote, stay aborted, pause, or go to the next step; return for what analysis it is to be aborted."""
    status, steps = draft["status"], canary.steps_of(draft)
    if status.get("promoteFull") or status.get("stableRS") == status["currentPodHash"]:
        for field in ("abort", "abortedAt"):  # there is nothing to abort any more
            status.pop(field, None)
    if status.get("promoteFull"):
        rollout_status.without_pause(status)
        if steps:
            status["currentStepIndex"] = len(steps)
    if status.get("abortedAt") and not status.get("abort"):  # somebody tries it again
        status.pop("abortedAt")
        analysis.put_entry(draft, "", None)
    done_all = (status.get("currentStepIndex") or 0) >= len(steps)
    complete = sets.new["status"].get("availableReplicas", 0) == canary.wanted_replicas(draft)
    if not status.get("stableRS") or (complete and done_all and not status.get("abort")):
        _promote(hand, draft, sets, now)
    elif status.get("abort"):
        rollout_status.without_pause(status)
        status.setdefault("abortedAt", rfc3339(now))
        if steps:
            status["currentStepIndex"] = 0
    elif not status.get("promoteFull"):
        return _do_step(hand, draft, sets, now)
    return ""


def _promote(hand: Hand, draft: Object, sets: Sets, now: float) -> None:
    status, steps = draft["status"], canary.steps_of(draft)
    rollout_status.without_pause(status)
    for field in ("abort", "abortedAt", "promoteFull"):
        status.pop(field, None)
    if steps:
        status["currentStepIndex"] = len(steps)
    if status.get("stableRS") != status["currentPodHash"]:
        status["stableRS"] = status["currentPodHash"]
        message = f"Rollout completed update to revision {revision_of(sets.new)} ({status['stableRS']})"
        hand.tell(draft, "RolloutCompleted", message, now)


def _do_step(hand: Hand, draft: Object, sets: Sets, now: float) -> str:
    """Do the present step; return for what analysis the update is to be aborted, empty for none."""
    status, step = draft["status"], canary.current_step(draft)
    if step is None:
        return ""
    if "analysis" in step:
        return _analyse(hand, draft, sets, step["analysis"] or {}, now)
    if "pause" not in step:
        if canary.at_goal(draft, sets):
            _finish_step(hand, draft, now)
        return ""
    held = next(iter(status.get("pauseConditions") or []), None)
    if held is None:
        if status.get("controllerPause"):  # somebody promoted it
            _finish_step(hand, draft, now)
        else:
            rollout_status.with_pause(status, now)
            hand.tell(draft, "RolloutPaused", "Rollout is paused (CanaryPauseStep)", now)
        held = next(iter(status.get("pauseConditions") or []), None)
    seconds = _seconds((step["pause"] or {}).get("duration"))
    if held is not None and seconds is not None:
        ends = (instant(held["startTime"]) or now) + seconds
        if ends <= now:
            _finish_step(hand, draft, now)
        else:
            hand.wait_until(draft, ends)
    return ""


def _analyse(hand: Hand, draft: Object, sets: Sets, wanted: Object, now: float) -> str:
    """Wait for the analysis of the present step; return why the update is to be aborted, empty while it is not."""
    status = draft["status"]
    if status.get("pauseConditions"):
        return ""
    which = str(status.get("currentStepIndex") or 0)
    before = analysis.entry_of(draft, which)
    found = analysis.run_of(hand.store, draft, sets, wanted, which, now, CONTROLLER)
    analysis.put_entry(draft, which, found)
    if before is None or before["status"] != found.phase:
        was = "NoPreviousStatus" if before is None else before["status"]
        message = f"Step Analysis Run '{found.name}' Status New: '{found.phase}' Previous: '{was}'"
        kind = "Warning" if found.has_failed else "Normal"
        hand.tell(draft, f"AnalysisRun{found.phase}", message, now, kind=kind)
    if found.has_failed:
        return f"{_ABORT_OF_STEP}: {found.message}" if found.message else _ABORT_OF_STEP
    if found.phase == "Successful":
        _finish_step(hand, draft, now)
    elif found.phase == "Inconclusive":
        rollout_status.with_pause(status, now, analysis.INCONCLUSIVE_PAUSE)
        hand.tell(draft, "RolloutPaused", f"Rollout is paused ({analysis.INCONCLUSIVE_PAUSE})", now)
    return ""


def _finish_step(hand: Hand, draft: Object, now: float) -> None:
    status, steps = draft["status"], canary.steps_of(draft)
    index = (status.get("currentStepIndex") or 0) + 1
    rollout_status.without_pause(status)
    analysis.put_entry(draft, "", None)
    status["currentStepIndex"] = index
    hand.tell(draft, "RolloutStepCompleted", f"Rollout step {index}/{len(steps)} completed", now)


def _seconds(duration: object) -> float | None:
    """Return the length of a pause; None for one that lasts until somebody promotes."""
    if duration is None:
        return None
    return parse_duration(duration) if isinstance(duration, str) else float(str(duration))
