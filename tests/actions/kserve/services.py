"""InferenceServices as values, for the pure rules."""

from typing import Any

from console.actions.kserve.inference_service import InferenceService
from console.sources.cluster.writers import LiveObject


def a_service(
    predictor: dict[str, Any] | None = None,
    *,
    rollout: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    canary: list[dict[str, Any]] | None = None,
    **status: Any,
) -> InferenceService:
    """Return InferenceService `ml/scoring`; `rollout` is the status of its predictor."""
    document: dict[str, Any] = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "scoring", "namespace": "ml", "uid": "u-1", "generation": 3, "unknown": {"a": 1}},
        "spec": {"predictor": predictor or {}, "transformer": {"containers": [{"image": "pre:1"}]}},
    }
    if annotations is not None:
        document["metadata"]["annotations"] = annotations
    if canary is not None:
        document["spec"]["canary"] = canary
    if rollout is not None:
        status["components"] = {"predictor": rollout, "transformer": {"latestReadyRevision": "t-1"}}
    if status:
        document["status"] = status
    return InferenceService.of(LiveObject.of(document))
