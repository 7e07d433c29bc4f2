"""What an InferenceService asks for: its mode, its bounds, and the pods that serve its models."""

import copy
import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from console.simulation.cluster.resources import Object

STANDARD, KNATIVE = "Standard", "Knative"
MODE = "serving.kserve.io/deploymentMode"
AUTOSCALER_CLASS = "serving.kserve.io/autoscalerClass"
STOP = "serving.kserve.io/stop"
SOURCE_URI = "internal.serving.kserve.io/storage-initializer-sourceuri"
SERVICE_LABEL = "serving.kserve.io/inferenceservice"
_CONTAINER = "kserve-container"
_MODES = {"Serverless": KNATIVE, "RawDeployment": STANDARD}
_FRAMEWORKS = ("sklearn", "xgboost", "tensorflow", "pytorch", "triton", "onnx", "huggingface", "lightgbm")


def inference_service_object(
    namespace: str,
    name: str,
    *,
    predictor: Mapping[str, object],
    mode: str | None = STANDARD,
    annotations: Mapping[str, str] | None = None,
    canary: Sequence[Mapping[str, object]] = (),
) -> Object:
    """Return an InferenceService; `predictor` and `canary` are the parts of its spec, in the form of the API.

    Without a mode it runs in that of the installation.
    """
    made: Object = {
        "metadata": {"name": name, "namespace": namespace, "annotations": dict(annotations or {})},
        "spec": {"predictor": copy.deepcopy(dict(predictor))},
    }
    if mode is not None:
        made["metadata"]["annotations"][MODE] = mode
    if canary:
        made["spec"]["canary"] = [copy.deepcopy(dict(entry)) for entry in canary]
    return made


class Component(msgspec.Struct, frozen=True):
    """One predictor that is to run: its Deployment or Knative Service, and how many pods at least.

    `fixed` is how many pods run where no autoscaler sets that, else None.
    """

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    container: Object
    fixed: int | None


def deployment_mode(service: Object, default: str = STANDARD) -> str:
    """Return the mode of an InferenceService: once it has one it keeps it; `default` is that of the installation."""
    said = service.get("status", {}).get("deploymentMode") or annotations_of(service).get(MODE) or default
    return _MODES.get(said, said)


def annotations_of(service: Object) -> dict[str, str]:
    """Return the annotations of an object, empty where it has none."""
    found: dict[str, str] = service["metadata"].get("annotations") or {}
    return found


def autoscaler_class(service: Object) -> str:
    """Return who sets the replicas in Standard mode."""
    return annotations_of(service).get(AUTOSCALER_CLASS, "hpa")


def least_replicas(predictor: Object) -> int:
    """Return the floor of a predictor; KServe's default is 1."""
    least = predictor.get("minReplicas")
    return 1 if least is None else int(least)


def canary_replicas(service: Object, canary: Object) -> int:
    """Return how many pods a canary runs: what it asks for, else its share of the stable floor, rounded up."""
    asked = canary["predictor"].get("minReplicas")
    if asked is not None:
        return int(asked)
    percent: int = canary.get("trafficPercent", 0)
    return math.ceil(least_replicas(service["spec"]["predictor"]) * percent / 100)


def stable_least(service: Object) -> int:
    """Return the floor of the stable predictor: pods of canaries that are ready count towards it."""
    least = least_replicas(service["spec"]["predictor"])
    ready = {found["name"] for found in service.get("status", {}).get("canaryStatuses", []) if found["ready"]}
    taken = sum(
        canary_replicas(service, canary)
        for canary in service["spec"].get("canary") or ()
        if canary["predictor"]["name"] in ready
    )
    return max(least - taken, 1) if taken else least


def predictor_name(service: Object, predictor: Object) -> str:
    """Return the name of what runs a predictor."""
    own = predictor.get("name")
    middle = f"-{own}" if own else ""
    return f"{service['metadata']['name']}{middle}-predictor"


def component(service: Object, predictor: Object, fixed: int | None) -> Component:
    """Return what is to run for a predictor, the stable one or a canary's."""
    container, source = _container_and_source(service, predictor)
    annotations = {key: value for key, value in annotations_of(service).items() if "last-applied" not in key}
    annotations |= predictor.get("annotations") or {}
    if source is not None:
        annotations[SOURCE_URI] = source
    labels = {
        **(service["metadata"].get("labels") or {}),
        **(predictor.get("labels") or {}),
        SERVICE_LABEL: service["metadata"]["name"],
        "component": "predictor",
    }
    return Component(predictor_name(service, predictor), labels, annotations, container, fixed)


def _container_and_source(service: Object, predictor: Object) -> tuple[Object, str | None]:
    for framework, block in _models(predictor):
        image = block.get("image") or f"kserve/{framework}server:{block.get('runtimeVersion', 'v0.20.0')}"
        args = [f"--model_name={service['metadata']['name']}", "--model_dir=/mnt/models", *block.get("args", [])]
        made: Object = {"name": _CONTAINER, "image": image, "args": args}
        if block.get("env"):
            made["env"] = copy.deepcopy(block["env"])
        return made, block.get("storageUri") or (block.get("storage") or {}).get("path")
    container: Object = {"name": _CONTAINER, **copy.deepcopy(predictor["containers"][0])}
    variables = (each for each in container.get("env", []) if each["name"] == "STORAGE_URI")
    source: Object = next(variables, {})
    return container, source.get("value")


def _models(predictor: Object) -> Iterator[tuple[str, Object]]:
    if "model" in predictor:
        yield predictor["model"].get("modelFormat", {}).get("name", "model"), predictor["model"]
    for framework in _FRAMEWORKS:
        if framework in predictor:
            yield framework, predictor[framework]
