"""The validating webhook of KServe (component.go), as far as the console changes what it checks."""

from collections.abc import Iterator

from console.simulation.cluster.admission import Review
from console.simulation.cluster.kserve.inference_services import STANDARD, deployment_mode, least_replicas
from console.simulation.cluster.resources import Object


def why_not_valid(review: Review) -> str | None:
    """Return why an InferenceService is refused, None where it is taken."""
    return None if review.new is None else next(_problems(review.new), None)


def _problems(service: Object) -> Iterator[str]:
    yield from _replicas(service["spec"]["predictor"])
    canaries = service["spec"].get("canary") or []
    names = [canary["predictor"].get("name", "") for canary in canaries]
    if canaries and deployment_mode(service) != STANDARD:
        yield "spec.canary is only supported in Standard deployment mode"
    if not all(names) or len(set(names)) != len(names):
        yield "every canary needs a predictor.name of its own"
    if sum(canary.get("trafficPercent", 0) for canary in canaries) > 100:
        yield "the sum of all canary trafficPercent values must not exceed 100"
    for canary in canaries:
        yield from _replicas(canary["predictor"])


def _replicas(predictor: Object) -> Iterator[str]:
    least, most = least_replicas(predictor), predictor.get("maxReplicas") or 0
    if least < 0:
        yield "'MinReplicas' cannot be less than 0"
    if most < 0:
        yield "'MaxReplicas' cannot be less than 0"
    if least > most != 0:
        yield "'MinReplicas' cannot be greater than MaxReplicas"
