"""Knative mode: one Knative Service for the predictor, and the revisions that KServe counts as rolled out."""

import copy

from console.simulation.cluster.kserve.inference_services import component, least_replicas
from console.simulation.cluster.kserve.resources import KNATIVE_SERVICES
from console.simulation.cluster.objects import condition, owner_reference, put_condition
from console.simulation.cluster.resources import Object
from console.simulation.cluster.store import Store

MIN_SCALE = "autoscaling.knative.dev/min-scale"
MAX_SCALE = "autoscaling.knative.dev/max-scale"
_WHOLE = 100


def reconcile_knative(store: Store, service: Object, now: float) -> None:
    """Bring the Knative Service to what an InferenceService asks for, and write its status into the draft given."""
    desired = _knative_service_object(service)
    metadata = desired["metadata"]
    existing = store.get(KNATIVE_SERVICES, metadata["namespace"], metadata["name"])
    if existing is None:
        existing = store.create(KNATIVE_SERVICES, desired, now)
    else:
        existing = store.update(KNATIVE_SERVICES, {**copy.deepcopy(existing), "spec": desired["spec"]})
    _propagate(service["status"], existing.get("status", {}), now)


def _knative_service_object(service: Object) -> Object:
    predictor = service["spec"]["predictor"]
    wanted = component(service, predictor, None)
    annotations = {**wanted.annotations, MIN_SCALE: str(least_replicas(predictor))}
    if predictor.get("maxReplicas"):
        annotations[MAX_SCALE] = str(predictor["maxReplicas"])
    rolled_out = _predictor_status(service["status"]).get("latestRolledoutRevision", "")
    return {
        "apiVersion": KNATIVE_SERVICES.api_version,
        "kind": KNATIVE_SERVICES.kind,
        "metadata": {
            "name": wanted.name,
            "namespace": service["metadata"]["namespace"],
            "labels": wanted.labels,
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {
            "template": {
                "metadata": {"labels": wanted.labels, "annotations": annotations},
                "spec": {"containers": [wanted.container]},
            },
            "traffic": _traffic(predictor.get("canaryTrafficPercent"), rolled_out),
        },
    }


def _traffic(percent: int | None, rolled_out: str) -> list[Object]:
    """Return the traffic that is asked of Knative (ksvc_reconciler.go, createKnativeService)."""
    if percent is None or not rolled_out:
        return [{"latestRevision": True, "percent": _WHOLE}]
    targets: list[Object] = [{"latestRevision": True, "percent": percent}]
    if percent < _WHOLE:
        rest = _WHOLE - percent
        targets.append({"revisionName": rolled_out, "latestRevision": False, "percent": rest, "tag": "prev"})
    return targets


def _predictor_status(status: Object) -> Object:
    found: Object = status.get("components", {}).get("predictor", {})
    return found


def _propagate(status: Object, knative: Object, now: float) -> None:
    """Write what a Knative Service tells into the status (inference_service_status.go, PropagateStatus)."""
    told = dict(_predictor_status(status))
    ready, traffic = knative.get("latestReadyRevisionName", ""), knative.get("traffic", [])
    shares: dict[str, int] = {}
    for target in traffic:
        shares[target["revisionName"]] = shares.get(target["revisionName"], 0) + target["percent"]
    for target in traffic:
        if target["revisionName"] == ready and target["latestRevision"]:
            _roll_out_or_back(told, target["percent"], shares[ready], knative)
    told["latestCreatedRevision"] = knative.get("latestCreatedRevisionName", "")
    told["latestReadyRevision"] = ready
    told["traffic"] = copy.deepcopy(traffic)
    status.setdefault("components", {})["predictor"] = {key: value for key, value in told.items() if value}
    status["observedGeneration"] = knative.get("observedGeneration", 0)
    holds = bool(ready) and ready == told["latestCreatedRevision"]
    for kind in ("PredictorReady", "IngressReady", "Ready"):
        put_condition(status, condition(kind, holds=holds, at=now))


def _roll_out_or_back(told: Object, percent: int, share: int, knative: Object) -> None:
    """Count the newest ready revision as rolled out once it has all the traffic, and take that back once it has not."""
    ready = knative["latestReadyRevisionName"]
    if told.get("latestRolledoutRevision", "") != ready:
        if percent == _WHOLE:
            told["previousRolledoutRevision"] = told.get("latestRolledoutRevision", "")
            told["latestRolledoutRevision"] = ready
        return
    is_split_with_itself = percent < _WHOLE and share == _WHOLE
    if is_split_with_itself and ready == knative["latestCreatedRevisionName"] and told.get("previousRolledoutRevision"):
        told["latestRolledoutRevision"] = told["previousRolledoutRevision"]
