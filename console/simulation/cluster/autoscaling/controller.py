"""The controller of HorizontalPodAutoscalers: every few seconds each sets the replicas that its metrics ask for.

It follows horizontal.go of the controller manager, except that it has one algorithm: an autoscaler without `behavior`
gets the defaults that the API writes beside a partial one.
"""

import copy
import math

import msgspec

from console.domain.moments import rfc3339
from console.simulation.cluster.autoscaling.behavior import Behavior, Change, Past, behavior_of, decide, remember
from console.simulation.cluster.autoscaling.proposals import MetricMissing, PodUsage, Proposal, living, proposal
from console.simulation.cluster.catalogue import Catalogue
from console.simulation.cluster.events import EventRecorder
from console.simulation.cluster.managed_fields import CONTROLLERS, WrittenBy
from console.simulation.cluster.objects import condition, put_condition
from console.simulation.cluster.resources import AUTOSCALERS, PODS, Object, ResourceType
from console.simulation.cluster.scales import scale_object, scaled_to
from console.simulation.cluster.selectors import selector
from console.simulation.cluster.store import Store

_BY = WrittenBy(manager=CONTROLLERS.manager, subresource="scale")


class _Target(msgspec.Struct, frozen=True):
    """What an autoscaler scales, and its Scale."""

    resource: ResourceType
    object: Object
    scale: Object


class AutoscalerController:
    """Looks at every autoscaler each `sync_seconds` (15 on a real cluster).

    Until somebody measures no metric has a value: only a count outside the bounds is then put back into them.
    """

    def __init__(self, store: Store, catalogue: Catalogue, events: EventRecorder, *, sync_seconds: float) -> None:
        self._store = store
        self._catalogue = catalogue
        self._events = events
        self._sync_seconds = sync_seconds
        self._due: float | None = None
        self._seen_version = 0
        self._pasts: dict[str, Past] = {}
        self._usage: PodUsage | None = None

    def measure(self, usage: PodUsage, since: float) -> None:
        """Look at what pods use, for the first time after an instant (UTC seconds)."""
        self._usage = usage
        self._due = self._next_look(since)

    def next_due(self) -> float | None:
        """Return the instant of the next look; None while nothing changed since the last one and nobody measures."""
        return self._due

    def reconcile(self, now: float) -> None:
        """Look at every autoscaler if it is time to."""
        autoscalers = self._store.list(AUTOSCALERS)
        for uid in self._pasts.keys() - {each["metadata"]["uid"] for each in autoscalers}:
            del self._pasts[uid]
        if not autoscalers:
            self._due = None
        elif self._due is None and (self._usage is not None or self._store.version != self._seen_version):
            self._due = self._next_look(now)
        if self._due is None or now < self._due:
            return
        for autoscaler in autoscalers:
            self._sync(autoscaler, now)
        self._due = None if self._usage is None else self._next_look(now)
        self._seen_version = self._store.version

    def _next_look(self, now: float) -> float:
        return (math.floor(now / self._sync_seconds) + 1) * self._sync_seconds

    def _sync(self, autoscaler: Object, now: float) -> None:
        draft = copy.deepcopy(autoscaler)
        status = draft["status"] = {**draft.get("status", {})}
        target = self._target(draft, now)
        if target is not None:
            told = "the HPA controller was able to get the target's current scale"
            _tell(status, "AbleToScale", True, "SucceededGetScale", told, now)
            status["currentReplicas"] = target.scale["status"]["replicas"]
            current = target.scale["spec"].get("replicas", 0)
            past = self._pasts.setdefault(autoscaler["metadata"]["uid"], Past([Change(now, current)]))
            desired, why = self._desired(draft, target, current, past, now)
            if desired is not None:
                status["desiredReplicas"] = desired
            if desired is not None and desired != current:
                self._rescale(draft, target, desired, why, now)
                remember(behavior_of(autoscaler["spec"]), past, desired - current, now)
        self._store.update(AUTOSCALERS, draft)

    def _target(self, draft: Object, now: float) -> _Target | None:
        """Return what is scaled; where there is none, its absence is written into the draft."""
        reference, namespace = draft["spec"]["scaleTargetRef"], draft["metadata"]["namespace"]
        resource = self._catalogue.of_kind(reference.get("apiVersion", ""), reference["kind"])
        found = None
        if resource is not None and resource.scale is not None:
            found = self._store.get(resource, namespace, reference["name"])
        if resource is not None and found is not None:
            return _Target(resource, found, scale_object(resource, found))
        kind = reference["kind"].lower() + "s" if resource is None else resource.plural
        group = "" if resource is None else f".{resource.group}"
        why = f'{kind}/scale{group} "{reference["name"]}" not found'
        told = f"the HPA controller was unable to get the target's current scale: {why}"
        _tell(draft["status"], "AbleToScale", False, "FailedGetScale", told, now)
        return None

    def _desired(self, draft: Object, target: _Target, current: int, past: Past, now: float) -> tuple[int | None, str]:
        """Return the replicas to set (None: what they should be is unknown) and why."""
        spec, status = draft["spec"], draft["status"]
        least, most = spec["minReplicas"], spec["maxReplicas"]
        status["currentMetrics"] = None
        if current == 0:
            told = "scaling is disabled since the replica count of the target is zero"
            _tell(status, "ScalingActive", False, "ScalingDisabled", told, now)
            return 0, ""
        if current > most:
            return most, "Current number of replicas above Spec.MaxReplicas"
        if current < least:
            return least, "Current number of replicas below Spec.MinReplicas"
        wanted = self._proposed(draft, target, current, now)
        if wanted is None:
            return None, ""
        why = f"{wanted.name} above target" if wanted.replicas > current else "All metrics below target"
        return self._bounded(draft, behavior_of(spec), past, current, wanted.replicas, now), why

    def _proposed(self, draft: Object, target: _Target, current: int, now: float) -> Proposal | None:
        """Return the proposal that counts: the highest; none to scale down as long as a metric has no value."""
        test = selector(PODS, {"labelSelector": target.scale["status"].get("selector", "")})
        pods = living([pod for pod in self._store.list(PODS, draft["metadata"]["namespace"]) if test(pod)])
        metrics = draft["spec"].get("metrics") or []
        proposals: list[Proposal] = []
        missing: list[MetricMissing] = []
        for metric in metrics:
            try:
                proposals.append(proposal(metric, current, pods, self._usage))
            except MetricMissing as failure:
                missing.append(failure)
                self._warn(draft, failure.reason, str(failure), now)
        highest = max(proposals, key=lambda each: each.replicas, default=None)
        status = draft["status"]
        status["currentMetrics"] = [each.status for each in proposals] or None
        if highest is None or (missing and highest.replicas < current):
            reason = missing[0].reason if missing else "InvalidMetricSourceType"
            told = f"the HPA was unable to compute the replica count: {missing[0] if missing else 'no metrics'}"
            _tell(status, "ScalingActive", False, reason, told, now)
            count = f"{len(missing)} invalid out of {len(metrics)}"
            first = f"invalid metrics ({count}), first error is: {missing[0] if missing else 'no metrics'}"
            self._warn(draft, "FailedComputeMetricsReplicas", first, now)
            return None
        told = f"the HPA was able to successfully calculate a replica count from {highest.name}"
        _tell(status, "ScalingActive", True, "ValidMetricFound", told, now)
        return highest

    def _bounded(self, draft: Object, behavior: Behavior, past: Past, current: int, proposed: int, now: float) -> int:
        spec, status = draft["spec"], draft["status"]
        verdict = decide(behavior, past, current, proposed, (spec["minReplicas"], spec["maxReplicas"]), now)
        ready = "ReadyForNewScale", "recommended size matches current size"
        _tell(status, "AbleToScale", True, *(verdict.held or ready), now)
        within = "DesiredWithinRange", "the desired count is within the acceptable range"
        _tell(status, "ScalingLimited", verdict.limited is not None, *(verdict.limited or within), now)
        return verdict.replicas

    def _rescale(self, draft: Object, target: _Target, desired: int, why: str, now: float) -> None:
        changed = scaled_to(target.resource, target.object, {"spec": {"replicas": desired}})
        self._store.update(target.resource, changed, _BY)
        draft["status"]["lastScaleTime"] = rfc3339(now)
        told = f"the HPA controller was able to update the target scale to {desired}"
        _tell(draft["status"], "AbleToScale", True, "SucceededRescale", told, now)
        message = f"New size: {desired}; reason: {why}"
        self._events.record(
            draft, reason="SuccessfulRescale", message=message, source="horizontal-pod-autoscaler", at=now
        )

    def _warn(self, draft: Object, reason: str, message: str, now: float) -> None:
        self._events.record_once(draft, reason=reason, message=message, source="horizontal-pod-autoscaler", at=now)


def _tell(status: Object, kind: str, holds: bool, reason: str, message: str, now: float) -> None:
    put_condition(status, condition(kind, holds=holds, reason=reason, message=message, at=now))
