"""Rolling back in Knative mode: the traffic returns to the revision that had all of it before.

`canaryTrafficPercent: 0` sends nothing to the newest revision and everything to the one that was rolled out last
(kserve, ksvc_reconciler.go). Where the newest one is rolled out itself, its controller first takes that back
(inference_service_status.go, PropagateStatus), which works only while the newest revision is the one that is ready.
"""

import msgspec

from console.actions.kserve.inference_service import InferenceService
from console.actions.provider import ActionRefused, RolloutProgress
from console.domain.label import harmless

WHOLE = 100


class TrafficReturn(msgspec.Struct, frozen=True):
    """From which revision the traffic is taken, to which it returns, and the newest one's share of it before."""

    leaving: str
    returning: str
    share: int
    is_split: bool
    """Whether both serve now, or the one that is left has been given all the traffic already."""


def traffic_return(service: InferenceService) -> TrafficReturn:
    """Return where the traffic would go.

    Raises:
        ActionRefused: KServe would not move it.
    """
    rollout = service.rollout
    newest, rolled_out = rollout.latest_ready_revision, rollout.latest_rolledout_revision
    if not newest:
        raise ActionRefused(f"no revision of {service.shown} is known to be ready: there is nothing to roll back from")
    if rolled_out and rolled_out != newest:
        if service.predictor.canary_traffic_percent == 0:
            raise ActionRefused(
                f"it is rolled back already: {harmless(rolled_out)} has all the traffic, {harmless(newest)} has none"
            )
        return TrafficReturn(newest, rolled_out, rollout.share(newest), is_split=True)
    previous = rollout.previous_rolledout_revision
    if not previous or previous == newest:
        raise ActionRefused(f"KServe knows no revision of {service.shown} that had all the traffic before")
    if rollout.latest_created_revision != newest:
        raise ActionRefused(
            f"{harmless(rollout.latest_created_revision)} is not ready and has no traffic: {harmless(newest)} still "
            "serves all of it, and KServe takes nothing back from it while a newer revision is on its way"
        )
    return TrafficReturn(newest, previous, rollout.share(newest), is_split=False)


def traffic_notes(service: InferenceService, returning: TrafficReturn) -> tuple[str, ...]:
    """Return what a person must know before the key: what stays in the spec, and what it does later."""
    later = "who removes canaryTrafficPercent puts it on again, and a new model gets no traffic until that is done"
    found = [
        f"{harmless(returning.leaving)} serves {returning.share} % of the traffic now",
        f"the InferenceService still holds the model that is left: {later}",
    ]
    if service.predictor.min_replicas == 0:
        found.append(
            f"{harmless(returning.returning)} may run no pods (minReplicas 0): its first requests wait for one"
        )
    elif not returning.is_split:
        found.append(f"{harmless(returning.returning)} runs no pods while it has no traffic: they start with it")
    return tuple(found)


def traffic_progress(service: InferenceService, percent: int | None) -> RolloutProgress:
    """Tell whether the newest revision has the share that was asked for: `percent`, all of it where that is not set."""
    rollout, wanted = service.rollout, WHOLE if percent is None else percent
    newest = rollout.latest_ready_revision
    shares = {target.revision_name: rollout.share(target.revision_name) for target in rollout.traffic or ()}
    told = ", ".join(f"{harmless(name)} {share} %" for name, share in shares.items()) or "no traffic is told yet"
    others = sum(share for name, share in shares.items() if name != newest)
    done = bool(newest) and shares.get(newest, 0) == wanted and others == WHOLE - wanted
    return RolloutProgress(done, None, f"traffic: {told}")
