"""Which fields the objects have, and of which type: what `fieldValidation=Strict` checks and decoding refuses."""

from typing import Any

from console.simulation.cluster.failures import Cause
from console.simulation.cluster.resources import Object

ANYTHING = object()
"""A part of an object that is taken as it comes."""

_INTEGER, _STRING, _BOOLEAN = "int32", "string", "bool"


def _anything(names: str) -> dict[str, Any]:
    """Return fields, named with blanks between them, that are taken as they come."""
    return dict.fromkeys(names.split(), ANYTHING)


_METADATA: dict[str, Any] = {
    "name": _STRING,
    "generateName": _STRING,
    "namespace": _STRING,
    "uid": _STRING,
    "resourceVersion": _STRING,
    "generation": _INTEGER,
    "creationTimestamp": _STRING,
    "deletionTimestamp": _STRING,
    "deletionGracePeriodSeconds": _INTEGER,
    "labels": ANYTHING,
    "annotations": ANYTHING,
    "ownerReferences": ANYTHING,
    "finalizers": ANYTHING,
    "managedFields": ANYTHING,
}
_CONTAINER = _anything(
    "args command env envFrom lifecycle livenessProbe ports readinessProbe resources securityContext "
    "startupProbe terminationMessagePath terminationMessagePolicy volumeMounts workingDir"
) | {"name": _STRING, "image": _STRING, "imagePullPolicy": _STRING}
_POD_SPEC = _anything(
    "affinity imagePullSecrets nodeSelector securityContext tolerations topologySpreadConstraints volumes"
) | {
    "containers": [_CONTAINER],
    "initContainers": [_CONTAINER],
    "dnsPolicy": _STRING,
    "nodeName": _STRING,
    "priorityClassName": _STRING,
    "restartPolicy": _STRING,
    "schedulerName": _STRING,
    "serviceAccount": _STRING,
    "serviceAccountName": _STRING,
    "terminationGracePeriodSeconds": _INTEGER,
}
_TEMPLATE: dict[str, Any] = {"metadata": _METADATA, "spec": _POD_SPEC}

SPECS: dict[str, Any] = {
    "Namespace": {"finalizers": ANYTHING},
    "Node": {"podCIDR": _STRING, "providerID": _STRING, "taints": ANYTHING, "unschedulable": _BOOLEAN},
    "Pod": _POD_SPEC,
    "Deployment": {
        "replicas": _INTEGER,
        "selector": ANYTHING,
        "template": _TEMPLATE,
        "strategy": {"type": _STRING, "rollingUpdate": {"maxSurge": ANYTHING, "maxUnavailable": ANYTHING}},
        "minReadySeconds": _INTEGER,
        "paused": _BOOLEAN,
        "progressDeadlineSeconds": _INTEGER,
        "revisionHistoryLimit": _INTEGER,
    },
    "ReplicaSet": {
        "replicas": _INTEGER,
        "selector": ANYTHING,
        "template": _TEMPLATE,
        "minReadySeconds": _INTEGER,
    },
    "StatefulSet": {
        "replicas": _INTEGER,
        "selector": ANYTHING,
        "template": _TEMPLATE,
        "serviceName": _STRING,
        "podManagementPolicy": _STRING,
        "updateStrategy": {"type": _STRING, "rollingUpdate": {"partition": _INTEGER, "maxUnavailable": ANYTHING}},
        "revisionHistoryLimit": _INTEGER,
        "minReadySeconds": _INTEGER,
        "volumeClaimTemplates": ANYTHING,
        "persistentVolumeClaimRetentionPolicy": ANYTHING,
        "ordinals": ANYTHING,
    },
    "ResourceQuota": {"hard": ANYTHING, "scopes": ANYTHING, "scopeSelector": ANYTHING},
    "HorizontalPodAutoscaler": {
        "scaleTargetRef": {"apiVersion": _STRING, "kind": _STRING, "name": _STRING},
        "minReplicas": _INTEGER,
        "maxReplicas": _INTEGER,
        "metrics": ANYTHING,
        "behavior": ANYTHING,
    },
    "Lease": {
        "holderIdentity": _STRING,
        "leaseDurationSeconds": _INTEGER,
        "acquireTime": _STRING,
        "renewTime": _STRING,
        "leaseTransitions": _INTEGER,
        "preferredHolder": _STRING,
        "strategy": _STRING,
    },
    "Scale": {"replicas": _INTEGER},
    "SelfSubjectAccessReview": {
        "resourceAttributes": dict.fromkeys(
            ("group", "name", "namespace", "resource", "subresource", "verb", "version"), _STRING
        )
        | {"fieldSelector": ANYTHING, "labelSelector": ANYTHING},
        "nonResourceAttributes": {"path": _STRING, "verb": _STRING},
    },
}
_FIELDS_BESIDE_METADATA: dict[str, dict[str, Any]] = {
    "Event": _anything(
        "action count deprecatedCount eventTime firstTimestamp involvedObject lastTimestamp message reason related "
        "reportingComponent reportingInstance series source type"
    ),
    "ConfigMap": _anything("data binaryData immutable"),
    "ControllerRevision": _anything("data revision"),
}
"""The fields of the kinds that have no spec."""


class WrongType(ValueError):
    """A field whose JSON type cannot be decoded; the text is the decoder's."""


def pruned(kind: str, document: Object) -> tuple[Object, list[str]]:
    """Return the document without the fields that its kind does not have, and the paths of those fields.

    Raises:
        WrongType: a known field has a value of another type.
    """
    known: dict[str, Any] = {"apiVersion": _STRING, "kind": _STRING, "metadata": _METADATA, "status": ANYTHING}
    known |= _FIELDS_BESIDE_METADATA.get(kind) or {"spec": SPECS[kind]}
    unknown: list[str] = []
    kept = _pruned(known, document, "", unknown)
    return kept, unknown


def _pruned(known: Any, value: Any, path: str, unknown: list[str]) -> Any:
    if known is ANYTHING or value is None:
        return value
    if isinstance(known, dict):
        if not isinstance(value, dict):
            raise WrongType(_cannot_decode(value, path, "object"))
        unknown.extend(_joined(path, key) for key in value if key not in known)
        return {
            key: _pruned(known[key], item, _joined(path, key), unknown)
            for key, item in value.items()
            if key in known and item is not None
        }
    if isinstance(known, list):
        if not isinstance(value, list):
            raise WrongType(_cannot_decode(value, path, "list"))
        return [_pruned(known[0], item, f"{path}[{place}]", unknown) for place, item in enumerate(value)]
    expected: type = {_INTEGER: int, _STRING: str, _BOOLEAN: bool}[known]
    if type(value) is not expected:
        raise WrongType(_cannot_decode(value, path, known))
    return value


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _cannot_decode(value: Any, path: str, expected: str) -> str:
    written = {str: "string", bool: "bool", dict: "object", list: "array"}.get(type(value), "number")
    return f"json: cannot unmarshal {written} into Go struct field .{path} of type {expected}"


def with_defaults(kind: str, document: Object) -> Object:
    """Return the document with the defaults that the API fills in."""
    if kind == "Deployment":
        spec = document.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)
        strategy = spec.setdefault("strategy", {})
        strategy.setdefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate":
            rolling = strategy.setdefault("rollingUpdate", {})
            rolling.setdefault("maxSurge", "25%")
            rolling.setdefault("maxUnavailable", "25%")
        if spec.get("paused") is False:
            del spec["paused"]
    if kind == "StatefulSet":
        spec = document.setdefault("spec", {})
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("podManagementPolicy", "OrderedReady")
        strategy = spec.setdefault("updateStrategy", {})
        strategy.setdefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate":
            strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
    if kind == "HorizontalPodAutoscaler":
        spec = document.setdefault("spec", {})
        spec.setdefault("minReplicas", 1)
        if not spec.get("metrics"):
            cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}
            spec["metrics"] = [{"type": "Resource", "resource": cpu}]
    return document


def problems(kind: str, document: Object) -> list[Cause]:
    """Return what validation refuses in a decoded document with defaults."""
    spec = document.get("spec") or {}
    if kind == "StatefulSet":
        return _at_least(spec, "replicas", 0) + _selection_problems(spec)
    if kind in {"Deployment", "Scale"}:
        found = _at_least(spec, "replicas", 0)
        return found + (_deployment_problems(spec) if kind == "Deployment" else [])
    if kind == "HorizontalPodAutoscaler":
        return _autoscaler_problems(spec)
    if kind == "Lease":
        return _at_least(spec, "leaseDurationSeconds", 1, "must be greater than 0")
    return []


def _at_least(spec: Object, field: str, least: int, words: str = "") -> list[Cause]:
    value = spec.get(field)
    if value is None or value >= least:
        return []
    words = words or f"must be greater than or equal to {least}"
    return [Cause(f"spec.{field}", f"Invalid value: {value}: {words}")]


def _selection_problems(spec: Object) -> list[Cause]:
    found: list[Cause] = []
    template = spec.get("template") or {}
    wanted = (spec.get("selector") or {}).get("matchLabels") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not wanted:
        found.append(Cause("spec.selector", "Required value", "FieldValueRequired"))
    if not wanted.items() <= labels.items():
        message = f"Invalid value: {labels}: `selector` does not match template `labels`"
        found.append(Cause("spec.template.metadata.labels", message))
    if not (template.get("spec") or {}).get("containers"):
        found.append(Cause("spec.template.spec.containers", "Required value", "FieldValueRequired"))
    return found


def _deployment_problems(spec: Object) -> list[Cause]:
    found = _selection_problems(spec)
    strategy = (spec.get("strategy") or {}).get("type")
    if strategy != "RollingUpdate":
        message = f'Unsupported value: "{strategy}": supported values: "RollingUpdate"'
        found.append(Cause("spec.strategy.type", message, "FieldValueNotSupported"))
    return found


def _autoscaler_problems(spec: Object) -> list[Cause]:
    found = _at_least(spec, "minReplicas", 1)
    if "maxReplicas" not in spec:
        return [*found, Cause("spec.maxReplicas", "Required value", "FieldValueRequired")]
    found += _at_least(spec, "maxReplicas", 1, "must be greater than 0")
    if spec["maxReplicas"] < spec.get("minReplicas", 1):
        message = f"Invalid value: {spec['maxReplicas']}: must be greater than or equal to `minReplicas`"
        found.append(Cause("spec.maxReplicas", message))
    return found
