"""HorizontalPodAutoscalers: every few seconds each puts a replica count that left its bounds back into them."""

import copy
import math

from console.domain.moments import rfc3339
from console.simulation.cluster.catalogue import Catalogue
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.managed_fields import CONTROLLERS, WrittenBy
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import AUTOSCALERS, Object, ResourceType
from console.simulation.cluster.scales import scale_object, scaled_to
from console.simulation.cluster.store import Store


class AutoscalerController:
    """Looks at every autoscaler each `sync_seconds` (15 on a real cluster).

    It knows no metrics: within the bounds it leaves the count alone, outside it resets it, and at zero it is disabled.
    """

    def __init__(self, store: Store, catalogue: Catalogue, events: EventRecorder, *, sync_seconds: float) -> None:
        self._store = store
        self._catalogue = catalogue
        self._events = events
        self._sync_seconds = sync_seconds
        self._due: float | None = None
        self._seen_version = 0

    def next_due(self) -> float | None:
        """Return the instant of the next look, or None while nothing changed since the last one."""
        return self._due

    def reconcile(self, now: float) -> None:
        """Look at every autoscaler if it is time to."""
        autoscalers = self._store.list(AUTOSCALERS)
        if not autoscalers or self._store.version == self._seen_version:
            return
        if self._due is None:
            self._due = (math.floor(now / self._sync_seconds) + 1) * self._sync_seconds
        if now < self._due:
            return
        for autoscaler in autoscalers:
            self._sync(autoscaler, now)
        self._due = None
        self._seen_version = self._store.version

    def _sync(self, autoscaler: Object, now: float) -> None:
        namespace = autoscaler["metadata"]["namespace"]
        reference = autoscaler["spec"]["scaleTargetRef"]
        resource = self._catalogue.of_kind(reference.get("apiVersion", ""), reference["kind"])
        scalable = resource is not None and resource.scale is not None
        target = self._store.get(resource, namespace, reference["name"]) if resource is not None and scalable else None
        draft = copy.deepcopy(autoscaler)
        status = draft["status"] = {**draft.get("status", {})}
        if resource is None or target is None:
            kind = reference["kind"].lower() + "s" if resource is None else resource.plural
            group = "" if resource is None else f".{resource.group}"
            message = f'{kind}/scale{group} "{reference["name"]}" not found'
            put_condition(
                status, condition("AbleToScale", holds=False, reason="FailedGetScale", message=message, at=now)
            )
            self._store.update(AUTOSCALERS, draft)
            return
        scale = scale_object(resource, target)
        current = scale["spec"].get("replicas", 0)
        least, most = autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]
        desired = 0 if current == 0 else min(max(current, least), most)
        status.update(currentReplicas=scale["status"]["replicas"], desiredReplicas=desired)
        put_condition(status, condition("AbleToScale", holds=True, reason="ReadyForNewScale", at=now))
        active = "ScalingDisabled" if current == 0 else "ValidMetricFound"
        put_condition(status, condition("ScalingActive", holds=current > 0, reason=active, at=now))
        if desired != current:
            status["lastScaleTime"] = rfc3339(now)
            self._rescale(autoscaler, resource, target, current, desired, now)
        self._store.update(AUTOSCALERS, draft)

    def _rescale(
        self, autoscaler: Object, resource: ResourceType, target: Object, current: int, desired: int, now: float
    ) -> None:
        bound = "Spec.MaxReplicas" if desired < current else "Spec.MinReplicas"
        side = "above" if bound == "Spec.MaxReplicas" else "below"
        changed = scaled_to(resource, target, {"spec": {"replicas": desired}})
        self._store.update(resource, changed, WrittenBy(manager=CONTROLLERS.manager, subresource="scale"))
        self._events.record(
            autoscaler,
            reason="SuccessfulRescale",
            message=f"New size: {desired}; reason: Current number of replicas {side} {bound}",
            source="horizontal-pod-autoscaler",
            at=now,
        )
