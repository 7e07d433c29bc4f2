"""HorizontalPodAutoscalers: every few seconds each puts a replica count that left its bounds back into them."""

import copy
import math

from console.domain.moments import rfc3339
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.managed_fields import CONTROLLERS, WrittenBy
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import AUTOSCALERS, DEPLOYMENTS, Object
from console.simulation.cluster.store import Store


class AutoscalerController:
    """Looks at every autoscaler each `sync_seconds` (15 on a real cluster).

    It knows no metrics: within the bounds it leaves the count alone, outside it resets it, and at zero it is disabled.
    """

    def __init__(self, store: Store, events: EventRecorder, *, sync_seconds: float) -> None:
        self._store = store
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
        target = autoscaler["spec"]["scaleTargetRef"]["name"]
        deployment = self._store.get(DEPLOYMENTS, namespace, target)
        draft = copy.deepcopy(autoscaler)
        status = draft["status"] = {**draft.get("status", {})}
        if deployment is None:
            message = f'deployments/scale.apps "{target}" not found'
            put_condition(
                status, condition("AbleToScale", holds=False, reason="FailedGetScale", message=message, at=now)
            )
            self._store.update(AUTOSCALERS, draft)
            return
        current = deployment["spec"]["replicas"]
        least, most = autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]
        desired = 0 if current == 0 else min(max(current, least), most)
        status.update(currentReplicas=deployment["status"].get("replicas", 0), desiredReplicas=desired)
        put_condition(status, condition("AbleToScale", holds=True, reason="ReadyForNewScale", at=now))
        active = "ScalingDisabled" if current == 0 else "ValidMetricFound"
        put_condition(status, condition("ScalingActive", holds=current > 0, reason=active, at=now))
        if desired != current:
            status["lastScaleTime"] = rfc3339(now)
            self._rescale(autoscaler, deployment, desired, now)
        self._store.update(AUTOSCALERS, draft)

    def _rescale(self, autoscaler: Object, deployment: Object, desired: int, now: float) -> None:
        bound = "Spec.MaxReplicas" if desired < deployment["spec"]["replicas"] else "Spec.MinReplicas"
        side = "above" if bound == "Spec.MaxReplicas" else "below"
        changed = copy.deepcopy(deployment)
        changed["spec"]["replicas"] = desired
        self._store.update(DEPLOYMENTS, changed, WrittenBy(manager=CONTROLLERS.manager, subresource="scale"))
        self._events.record(
            autoscaler,
            reason="SuccessfulRescale",
            message=f"New size: {desired}; reason: Current number of replicas {side} {bound}",
            source="horizontal-pod-autoscaler",
            at=now,
        )
