"""KEDA: ScaledObjects, each the owner of a HorizontalPodAutoscaler that is put back when somebody changes it.

https://keda.sh/docs/latest/reference/scaledobject-spec/
"""

import copy

from console.simulation.cluster.admission import Review, Webhook
from console.simulation.cluster.custom_resources import ControlPlane
from console.simulation.cluster.managed_fields import WrittenBy
from console.simulation.cluster.objects import condition, owner_reference, put_condition
from console.simulation.cluster.resources import (
    AUTOSCALERS,
    DEPLOYMENTS,
    STATEFUL_SETS,
    Column,
    Object,
    ResourceType,
)
from console.simulation.cluster.schema import with_defaults
from console.simulation.cluster.simulated_cluster import SimulatedCluster

SCALED_OBJECTS = ResourceType(
    group="keda.sh",
    version="v1alpha1",
    plural="scaledobjects",
    singular="scaledobject",
    kind="ScaledObject",
    short_names=("so",),
    custom=True,
    status=True,
    columns=(
        Column("ScaleTargetName", ".spec.scaleTargetRef.name"),
        Column("Min", ".spec.minReplicaCount", "integer"),
        Column("Max", ".spec.maxReplicaCount", "integer"),
        Column("Age", ".metadata.creationTimestamp", "date"),
    ),
)
PAUSED = "autoscaling.keda.sh/paused"
PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas"
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
"""What `strconv.ParseBool` of Go takes for false: any other value of `paused` pauses."""

_OPERATOR = WrittenBy(manager="keda")
_SCALED = WrittenBy(manager="keda", subresource="scale")
_TARGETS = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFUL_SETS}


def add_keda(cluster: SimulatedCluster) -> None:
    """Let a cluster serve ScaledObjects and act on them."""
    cluster.add_resource(SCALED_OBJECTS)
    webhook = Webhook(name="vscaledobject.kb.io", group="keda.sh", plural="scaledobjects", refusal=_why_refused)
    cluster.add_webhook(webhook)
    cluster.add_controller(ScaledObjectController)


class ScaledObjectController:
    """Keeps the autoscaler of every ScaledObject as that says, none while it is paused.

    A count that is held is set again at once: an older KEDA does so within its polling interval, a newer one when it
    looks at the ScaledObject next.
    """

    def __init__(self, plane: ControlPlane) -> None:
        self._store = plane.store

    def next_due(self) -> float | None:
        """Return None: it acts on changes only."""
        return None

    def reconcile(self, now: float) -> None:
        """Act on every ScaledObject at an instant (UTC seconds)."""
        for scaled in self._store.list(SCALED_OBJECTS):
            annotations = scaled["metadata"].get("annotations", {})
            paused = PAUSED_REPLICAS in annotations or annotations.get(PAUSED, "false") not in _FALSE
            if paused:
                self._pause(scaled, annotations.get(PAUSED_REPLICAS))
            else:
                self._keep_autoscaler(scaled, now)
            self._report(scaled, paused=paused, now=now)

    def _keep_autoscaler(self, scaled: Object, now: float) -> None:
        wanted = _autoscaler(scaled)
        metadata = wanted["metadata"]
        held = self._store.get(AUTOSCALERS, metadata["namespace"], metadata["name"])
        if held is None:
            self._store.create(AUTOSCALERS, wanted, now, _OPERATOR)
        elif held["spec"] != wanted["spec"]:
            self._store.update(AUTOSCALERS, {**copy.deepcopy(held), "spec": wanted["spec"]}, _OPERATOR)

    def _pause(self, scaled: Object, replicas: str | None) -> None:
        metadata = scaled["metadata"]
        held = self._store.get(AUTOSCALERS, metadata["namespace"], _autoscaler_name(scaled))
        if held is not None:
            self._store.delete(AUTOSCALERS, held)
        reference = scaled["spec"]["scaleTargetRef"]
        resource = _TARGETS[reference.get("kind", "Deployment")]
        target = self._store.get(resource, metadata["namespace"], reference["name"])
        if target is not None and replicas is not None and target["spec"]["replicas"] != int(replicas):
            changed = copy.deepcopy(target)
            changed["spec"]["replicas"] = int(replicas)
            self._store.update(resource, changed, _SCALED)

    def _report(self, scaled: Object, *, paused: bool, now: float) -> None:
        metadata = scaled["metadata"]
        draft = self._store.draft(SCALED_OBJECTS, metadata["namespace"], metadata["name"])
        status = draft.setdefault("status", {})
        status["hpaName"] = _autoscaler_name(scaled)
        ready = condition("Ready", holds=True, reason="ScaledObjectReady", at=now)
        put_condition(status, ready)
        reason = "ScaledObjectPaused" if paused else "ScaledObjectUnpaused"
        put_condition(status, condition("Paused", holds=paused, reason=reason, at=now))
        if paused and PAUSED_REPLICAS in metadata.get("annotations", {}):
            status["pausedReplicaCount"] = int(metadata["annotations"][PAUSED_REPLICAS])
        else:
            status.pop("pausedReplicaCount", None)
        self._store.update(SCALED_OBJECTS, draft, _OPERATOR)


def _autoscaler_name(scaled: Object) -> str:
    return f"keda-hpa-{scaled['metadata']['name']}"


def _autoscaler(scaled: Object) -> Object:
    """Return the autoscaler of a ScaledObject: to zero and from zero KEDA scales by itself, so its floor is one."""
    spec, metadata = scaled["spec"], scaled["metadata"]
    reference = spec["scaleTargetRef"]
    made = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {
            "name": _autoscaler_name(scaled),
            "namespace": metadata["namespace"],
            "labels": {"app.kubernetes.io/managed-by": "keda-operator", "scaledobject.keda.sh/name": metadata["name"]},
            "ownerReferences": [owner_reference(scaled)],
        },
        "spec": {
            "scaleTargetRef": {
                "apiVersion": reference.get("apiVersion", "apps/v1"),
                "kind": reference.get("kind", "Deployment"),
                "name": reference["name"],
            },
            "minReplicas": max(1, spec.get("minReplicaCount", 0)),
            "maxReplicas": spec.get("maxReplicaCount", 100),
            "metrics": [
                {
                    "type": "External",
                    "external": {
                        "metric": {"name": f"s{place}-{trigger['type']}"},
                        "target": {"type": "AverageValue", "averageValue": "1"},
                    },
                }
                for place, trigger in enumerate(spec.get("triggers", []))
            ],
        },
        "status": {"currentReplicas": 0, "desiredReplicas": 0},
    }
    return with_defaults("HorizontalPodAutoscaler", made)


def _why_refused(review: Review) -> str | None:
    spec = (review.new or {}).get("spec", {})
    least, most = spec.get("minReplicaCount", 0), spec.get("maxReplicaCount", 100)
    if least > most:
        return f"MinReplicaCount={least} must be less than MaxReplicaCount={most}"
    return None
