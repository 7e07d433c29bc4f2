"""The objects that the simulated cluster makes itself, in the form that the API gives them."""

import copy
from collections.abc import Mapping

from console.domain.moments import rfc3339
from console.simulation.cluster.resources import Object

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
TEMPLATE_HASH = "pod-template-hash"


def namespace_object(name: str) -> Object:
    """Return an active Namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def node_object(name: str, pods: int, at: float) -> Object:
    """Return a ready Node with room for a number of pods."""
    room = {"cpu": "16", "memory": "64Gi", "pods": str(pods)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {
            "capacity": dict(room),
            "allocatable": room,
            "conditions": [condition("Ready", holds=True, reason="KubeletReady", at=at)],
        },
    }


def deployment_object(
    namespace: str, name: str, *, replicas: int, image: str, labels: Mapping[str, str], cpu: str = ""
) -> Object:
    """Return a Deployment whose pods carry `labels` and run one container that asks for `cpu` (empty: for nothing)."""
    selector = {"app": labels.get("app", name)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(selector), "annotations": {}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": selector},
            "template": pod_template(name, image, {**selector, **labels}, cpu),
        },
        "status": {},
    }


def pod_template(name: str, image: str, labels: Mapping[str, str], cpu: str = "") -> Object:
    """Return a pod template of one container that asks for `cpu` (empty: for nothing)."""
    container: Object = {"name": name, "image": image, "ports": [{"containerPort": 8080, "protocol": "TCP"}]}
    if cpu:
        container["resources"] = {"requests": {"cpu": cpu}}
    return {
        "metadata": {"labels": dict(labels)},
        "spec": {
            "containers": [container],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
        },
    }


def replica_set_object(deployment: Object, template: Object, template_hash: str, revision: int) -> Object:
    """Return the empty ReplicaSet of one revision of a Deployment."""
    hashed = copy.deepcopy(template)
    labels = hashed.setdefault("metadata", {}).setdefault("labels", {})
    labels[TEMPLATE_HASH] = template_hash
    metadata = deployment["metadata"]
    selector = {**deployment["spec"]["selector"]["matchLabels"], TEMPLATE_HASH: template_hash}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{template_hash}",
            "namespace": metadata["namespace"],
            "labels": dict(labels),
            "annotations": {
                **_inherited_annotations(metadata.get("annotations", {})),
                REVISION: str(revision),
            },
            "ownerReferences": [owner_reference(deployment)],
        },
        "spec": {"replicas": 0, "selector": {"matchLabels": selector}, "template": hashed},
        "status": {"replicas": 0},
    }


def _inherited_annotations(annotations: Mapping[str, str]) -> dict[str, str]:
    own = {REVISION, REVISION_HISTORY, "kubectl.kubernetes.io/last-applied-configuration"}
    return {key: value for key, value in annotations.items() if key not in own}


def pod_object(replica_set: Object, suffix: str, at: float) -> Object:
    """Return the Pod that a ReplicaSet makes: Pending, on no node yet."""
    template = replica_set["spec"]["template"]
    metadata = replica_set["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"{metadata['name']}-{suffix}",
            "generateName": f"{metadata['name']}-",
            "namespace": metadata["namespace"],
            "labels": dict(template["metadata"]["labels"]),
            "annotations": dict(template["metadata"].get("annotations", {})),
            "ownerReferences": [owner_reference(replica_set)],
        },
        "spec": copy.deepcopy(template["spec"]),
        "status": {
            "phase": "Pending",
            "qosClass": "Burstable" if _asks_for_something(template) else "BestEffort",
            "conditions": [condition("PodScheduled", holds=False, reason="SchedulerNotYetRun", at=at)],
        },
    }


def _asks_for_something(template: Object) -> bool:
    return any((each.get("resources") or {}).get("requests") for each in template["spec"]["containers"])


def owner_reference(owner: Object) -> Object:
    """Return the reference by which an object names its controller."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def condition(kind: str, *, holds: bool, at: float, reason: str = "", message: str = "") -> Object:
    """Return a status condition that changed at an instant (UTC seconds)."""
    made: Object = {
        "type": kind,
        "status": "True" if holds else "False",
        "lastTransitionTime": rfc3339(at),
    }
    if reason:
        made["reason"] = reason
    if message:
        made["message"] = message
    return made


def put_condition(status: Object, new: Object) -> None:
    """Set a condition in a status that may be changed; an unchanged truth keeps its transition time."""
    conditions = status.setdefault("conditions", [])
    for place, old in enumerate(conditions):
        if old["type"] == new["type"]:
            if old["status"] == new["status"]:
                new = {**new, "lastTransitionTime": old["lastTransitionTime"]}
                if "lastUpdateTime" in old and old.get("reason") == new.get("reason"):
                    new["lastUpdateTime"] = old["lastUpdateTime"]
            conditions[place] = new
            return
    conditions.append(new)


def autoscaler_object(namespace: str, deployment: str, minimum: int, maximum: int, metric: Object | None) -> Object:
    """Return a HorizontalPodAutoscaler of a Deployment, of the same name; None for its metric is 70 % of the CPU."""
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": deployment, "namespace": namespace},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": deployment},
            "minReplicas": minimum,
            "maxReplicas": maximum,
            "metrics": [metric or {"type": "Resource", "resource": cpu}],
        },
        "status": {"currentReplicas": 0, "desiredReplicas": 0},
    }


def event_object(about: Object, name: str, *, reason: str, message: str, source: str, at: float, kind: str) -> Object:
    """Return an Event about an object; `kind` is Normal or Warning."""
    metadata = about["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": metadata["namespace"]},
        "involvedObject": {
            "apiVersion": about["apiVersion"],
            "kind": about["kind"],
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"],
        },
        "reason": reason,
        "message": message,
        "type": kind,
        "count": 1,
        "firstTimestamp": rfc3339(at),
        "lastTimestamp": rfc3339(at),
        "source": {"component": source},
        "reportingComponent": source,
        "reportingInstance": "",
    }
