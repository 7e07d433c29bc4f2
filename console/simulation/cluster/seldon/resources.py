"""The kinds Model, Server and Experiment of Seldon Core 2 (mlops.seldon.io/v1alpha1)."""

from collections.abc import Mapping
from typing import Any

from console.simulation.cluster.resources import Column, Object, ResourceType, ScalePaths

_GROUP, _VERSION = "mlops.seldon.io", "v1alpha1"
_COUNT = {"type": "integer", "format": "int32"}
_TEXT = {"type": "string"}
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_SCALING = {"replicas": _COUNT, "minReplicas": _COUNT, "maxReplicas": _COUNT}
_WEIGHT = {"type": "integer", "format": "int32"}


def _schema(required: tuple[str, ...], **fields: Any) -> dict[str, Any]:
    spec = {"type": "object", "required": list(required), "properties": fields}
    return {"type": "object", "properties": {"spec": spec, "status": _OPEN}}


def _named(number: str) -> dict[str, Any]:
    return {"type": "object", "required": ["name", number], "properties": {"name": _TEXT, number: _WEIGHT}}


MODELS = ResourceType(
    group=_GROUP,
    version=_VERSION,
    plural="models",
    singular="model",
    kind="Model",
    short_names=("mlm",),
    custom=True,
    status=True,
    scale=ScalePaths(selector=".status.selector"),
    columns=(
        Column("Desired Replicas", ".status.replicas", "integer"),
        Column("Available Replicas", ".status.availableReplicas", "integer"),
    ),
    schema=_schema(
        ("storageUri",),
        **_SCALING,
        storageUri=_TEXT,
        modelType=_TEXT,
        artifactVersion=_COUNT,
        schemaUri=_TEXT,
        secretName=_TEXT,
        memory={"x-kubernetes-int-or-string": True},
        requirements={"type": "array", "items": _TEXT},
        server=_TEXT,
        preloaded={"type": "boolean"},
        dedicated={"type": "boolean"},
        logger=_OPEN,
        explainer=_OPEN,
        parameters={"type": "array", "items": _OPEN},
        llm=_OPEN,
        dataflow=_OPEN,
    ),
)
SERVERS = ResourceType(
    group=_GROUP,
    version=_VERSION,
    plural="servers",
    singular="server",
    kind="Server",
    short_names=("mls",),
    custom=True,
    status=True,
    scale=ScalePaths(selector=".status.selector"),
    columns=(
        Column("Replicas", ".status.replicas", "integer"),
        Column("Loaded models", ".status.loadedModels", "integer"),
    ),
    schema=_schema(
        ("serverConfig",),
        **_SCALING,
        serverConfig=_TEXT,
        extraCapabilities={"type": "array", "items": _TEXT},
        imageOverrides=_OPEN,
        podSpec=_OPEN,
    ),
)
EXPERIMENTS = ResourceType(
    group=_GROUP,
    version=_VERSION,
    plural="experiments",
    singular="experiment",
    kind="Experiment",
    short_names=("mlx",),
    custom=True,
    status=True,
    schema=_schema(
        ("candidates",),
        default=_TEXT,
        candidates={"type": "array", "items": _named("weight")},
        mirror=_named("percent"),
        resourceType=_TEXT,
    ),
)


def model_object(namespace: str, name: str, *, storage_uri: str, replicas: int | None = 1, **spec: Any) -> Object:
    """Return a Model; with `replicas` None its spec names no count."""
    counted = {} if replicas is None else {"replicas": replicas}
    return _object(namespace, name, {"storageUri": storage_uri, "requirements": ["sklearn"], **counted, **spec})


def server_object(namespace: str, name: str, *, replicas: int = 1, **spec: Any) -> Object:
    """Return a Server."""
    return _object(namespace, name, {"serverConfig": "mlserver", "replicas": replicas, **spec})


def experiment_object(namespace: str, name: str, weights: Mapping[str, int], **spec: Any) -> Object:
    """Return an Experiment that splits the traffic of its first candidate by weights."""
    candidates = [{"name": candidate, "weight": weight} for candidate, weight in weights.items()]
    return _object(namespace, name, {"default": next(iter(weights)), "candidates": candidates, **spec})


def _object(namespace: str, name: str, spec: Object) -> Object:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}
