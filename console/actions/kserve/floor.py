"""How many replicas an InferenceService asks for, and the fields that change it."""

import math

from console.actions.kserve.inference_service import (
    MAX_REPLICAS,
    MIN_REPLICAS,
    Canary,
    InferenceService,
    Mode,
)
from console.domain.action import RiskTier
from console.domain.label import harmless

DEFAULT_REPLICAS = 1
"""What KServe takes where `minReplicas` is not set (constants.DefaultMinReplicas)."""

AUTOSCALED = frozenset({"hpa", "keda"})
"""The classes of autoscalers that KServe makes in Standard mode."""


def floor(service: InferenceService) -> int:
    """Return the fewest replicas that are asked for, canaries included."""
    minimum = service.predictor.min_replicas
    return DEFAULT_REPLICAS if minimum is None else minimum


def floor_settings(service: InferenceService, wanted: int) -> dict[str, int]:
    """Return the fields (JSON pointers) that ask for at least so many replicas, with their new values.

    The ceiling rises with the floor where there is one: the webhook of KServe refuses a floor above it, and takes a
    ceiling of 0 for none.
    """
    ceiling = service.predictor.max_replicas or 0
    settings = {MIN_REPLICAS: wanted}
    if ceiling and wanted > ceiling:
        settings[MAX_REPLICAS] = wanted
    return settings


def canary_replicas(canary: Canary, least: int) -> int:
    """Return how many replicas a canary runs beside a stable floor (predictor.go, canaryReplicaCount)."""
    if canary.predictor.min_replicas is not None:
        return canary.predictor.min_replicas
    return math.ceil(least * canary.percent / 100)


def stable_floor(service: InferenceService) -> int:
    """Return the fewest replicas of the stable predictor in Standard mode: ready canaries count towards the floor."""
    least = floor(service)
    ready = (canary for canary in service.canaries if service.is_ready(canary.name))
    taken = sum(canary_replicas(canary, least) for canary in ready)
    fewest = max(least - taken, 1) if taken else least
    return max(fewest, 1) if service.autoscaler_class == "hpa" else fewest


def floor_refusals(service: InferenceService, mode: Mode, wanted: int) -> tuple[str, ...]:
    """Return the reasons for which so many replicas cannot be asked for, the weightiest first."""
    found: list[str] = []
    if service.stopped:
        found.append(f"{service.shown} is stopped (annotation serving.kserve.io/stop): start it first")
    if mode is Mode.KNATIVE:
        found.extend(_split_refusal(service))
    elif service.autoscaler_class == "external":
        found.append(
            f"{service.shown} leaves its replicas to an autoscaler of somebody else (autoscalerClass external): "
            "change them there"
        )
    elif service.autoscaler_class == "hpa" and wanted == 0:
        found.append("the autoscaler that KServe makes for it keeps at least 1 replica")
    return tuple(found)


def _split_refusal(service: InferenceService) -> tuple[str, ...]:
    """Refuse what would reach only the newest revision: the replicas of the others are those they were made with."""
    rollout = service.rollout
    elsewhere = {
        target.revision_name: rollout.share(target.revision_name)
        for target in rollout.traffic or ()
        if target.percent and target.revision_name != rollout.latest_ready_revision
    }
    if not elsewhere:
        return ()
    told = " and ".join(f"{harmless(name)} serves {share} %" for name, share in elsewhere.items())
    remedy = "only a new revision would get others; end the split first"
    return (f"{told} of the traffic and keeps the replicas with which it was made: {remedy}",)


def floor_notes(service: InferenceService, mode: Mode, wanted: int) -> tuple[str, ...]:
    """Return what a person must know before the key."""
    found: list[str] = []
    ceiling = service.predictor.max_replicas or 0
    if mode is Mode.KNATIVE:
        found.append(
            "KServe makes a new revision of the same model for this: it gets the traffic once it is ready, and from "
            "then on the previous revision of KServe is one with the same model"
        )
        found.append(
            "Knative runs more than that under load" if ceiling != wanted else "Knative runs no more than that"
        )
    elif service.autoscaler_class in AUTOSCALED:
        most = max(ceiling, wanted)
        found.append(
            f"its autoscaler ({service.autoscaler_class}) keeps the replicas between {wanted} and {most}"
            if most > wanted
            else f"its autoscaler ({service.autoscaler_class}) keeps exactly {wanted}: no maxReplicas above it"
        )
    if mode is Mode.STANDARD and service.canaries:
        named = ", ".join(harmless(canary.name) for canary in service.canaries)
        found.append(f"ready canaries count towards it: {named}")
    if wanted < floor(service):
        found.append("fewer is only allowed by this, not done at once: an autoscaler decides")
    return tuple(found)


def floor_tier(seen: int, wanted: int, running: int) -> RiskTier:
    """Return the risk: up to twice as many as there are is bounded, none at all is hard to undo, all else is wide."""
    if wanted == 0:
        return RiskTier.HARD_TO_UNDO
    return RiskTier.BOUNDED if seen < wanted <= 2 * max(seen, running) else RiskTier.WIDE
