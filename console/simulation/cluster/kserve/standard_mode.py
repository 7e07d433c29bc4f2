"""Standard mode: a Deployment for the stable predictor and one for each canary, and an autoscaler for the stable one.

Of a Deployment whose autoscaler sets the replicas everything but these is put back (deployment_reconciler.go); an
autoscaler is put back whenever its spec differs (hpa_reconciler.go, semanticHPAEquals).
"""

import copy
from collections.abc import Iterable

from console.simulation.cluster.kserve.inference_services import (
    STOP,
    Component,
    annotations_of,
    autoscaler_class,
    canary_replicas,
    component,
    predictor_name,
    stable_least,
)
from console.simulation.cluster.objects import condition, owner_reference, put_condition
from console.simulation.cluster.resources import AUTOSCALERS, DEPLOYMENTS, Object
from console.simulation.cluster.schema import with_defaults
from console.simulation.cluster.store import Store


def reconcile_standard(store: Store, service: Object, now: float) -> None:
    """Bring the children of an InferenceService to what it asks for, and write its status into the draft given.

    Canaries come first: whether they are ready decides how many pods the stable predictor keeps.
    """
    is_stopped = annotations_of(service).get(STOP) == "true"
    canaries = [] if is_stopped else service["spec"].get("canary") or []
    components = [component(service, canary["predictor"], canary_replicas(service, canary)) for canary in canaries]
    for wanted in components:
        _bring_deployment(store, service, wanted, now)
    service["status"]["canaryStatuses"] = [_canary_status(store, service, canary) for canary in canaries]
    if not service["status"]["canaryStatuses"]:
        del service["status"]["canaryStatuses"]
    stable = predictor_name(service, service["spec"]["predictor"])
    if not is_stopped:
        fixed = stable_least(service) if autoscaler_class(service) == "none" else None
        components.append(component(service, service["spec"]["predictor"], fixed))
        _bring_deployment(store, service, components[-1], now)
    _bring_autoscaler(store, service, stable, wanted=autoscaler_class(service) == "hpa" and not is_stopped, now=now)
    _remove_others(store, service, {wanted.name for wanted in components})
    _tell(store, service, stable, now)


def _bring_deployment(store: Store, service: Object, wanted: Component, now: float) -> None:
    namespace = service["metadata"]["namespace"]
    existing = store.get(DEPLOYMENTS, namespace, wanted.name)
    if existing is None:
        store.create(DEPLOYMENTS, _deployment_object(service, wanted), now)
        return
    desired = _deployment_object(service, wanted)
    if wanted.fixed is None:
        desired["spec"]["replicas"] = existing["spec"]["replicas"]
    draft = copy.deepcopy(existing)
    draft["spec"] = desired["spec"]
    store.update(DEPLOYMENTS, draft)


def _deployment_object(service: Object, wanted: Component) -> Object:
    app = {"app": f"isvc.{wanted.name}"}
    made: Object = {
        "apiVersion": DEPLOYMENTS.api_version,
        "kind": DEPLOYMENTS.kind,
        "metadata": {
            "name": wanted.name,
            "namespace": service["metadata"]["namespace"],
            "labels": {**wanted.labels, **app},
            "annotations": dict(wanted.annotations),
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {
            "selector": {"matchLabels": app},
            "template": {
                "metadata": {"labels": {**wanted.labels, **app}, "annotations": dict(wanted.annotations)},
                "spec": {"containers": [copy.deepcopy(wanted.container)], "restartPolicy": "Always"},
            },
        },
        "status": {},
    }
    if wanted.fixed is not None:
        made["spec"]["replicas"] = wanted.fixed
    return with_defaults(DEPLOYMENTS.kind, made)


def _bring_autoscaler(store: Store, service: Object, name: str, *, wanted: bool, now: float) -> None:
    namespace = service["metadata"]["namespace"]
    existing = store.get(AUTOSCALERS, namespace, name)
    if not wanted:
        if existing is not None and _is_mine(existing, service):
            store.delete(AUTOSCALERS, existing)
        return
    least = max(stable_least(service), 1)
    most = max(service["spec"]["predictor"].get("maxReplicas") or 0, least)
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
        "minReplicas": least,
        "maxReplicas": most,
        "metrics": [{"type": "Resource", "resource": cpu}],
        "behavior": {},
    }
    if existing is not None:
        store.update(AUTOSCALERS, {**copy.deepcopy(existing), "spec": spec})
        return
    metadata = {"name": name, "namespace": namespace, "ownerReferences": [owner_reference(service)]}
    made = {"apiVersion": AUTOSCALERS.api_version, "kind": AUTOSCALERS.kind, "metadata": metadata, "spec": spec}
    store.create(AUTOSCALERS, {**made, "status": {"currentReplicas": 0, "desiredReplicas": 0}}, now)


def _remove_others(store: Store, service: Object, names: Iterable[str]) -> None:
    """Delete the Deployments that nothing asks for any more; the garbage collector takes what is below them."""
    for deployment in tuple(store.owned(DEPLOYMENTS, service)):
        if deployment["metadata"]["name"] not in names:
            store.delete(DEPLOYMENTS, deployment)


def _canary_status(store: Store, service: Object, canary: Object) -> Object:
    predictor = canary["predictor"]
    deployment = store.get(DEPLOYMENTS, service["metadata"]["namespace"], predictor_name(service, predictor))
    return {
        "name": predictor["name"],
        "ready": deployment is not None and _is_available(deployment),
        "trafficPercent": canary.get("trafficPercent", 0),
    }


def _tell(store: Store, service: Object, stable: str, now: float) -> None:
    deployment = store.get(DEPLOYMENTS, service["metadata"]["namespace"], stable)
    status = service["status"]
    status.setdefault("components", {}).setdefault("predictor", {})
    if deployment is not None:
        status["observedGeneration"] = deployment["status"].get("observedGeneration", 0)
    holds = deployment is not None and _is_available(deployment)
    for kind in ("PredictorReady", "IngressReady", "Ready"):
        put_condition(status, condition(kind, holds=holds, at=now))


def _is_available(deployment: Object) -> bool:
    conditions = deployment["status"].get("conditions", [])
    return any((each["type"], each["status"]) == ("Available", "True") for each in conditions)


def _is_mine(found: Object, service: Object) -> bool:
    owners = found["metadata"].get("ownerReferences", [])
    return any(owner["uid"] == service["metadata"]["uid"] for owner in owners)
