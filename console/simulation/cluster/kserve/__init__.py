"""KServe and the part of Knative Serving below it, for the simulated cluster, in both deployment modes.

What is here follows the sources of KServe 0.20 (github.com/kserve/kserve: ksvc_reconciler.go, predictor.go,
deployment_reconciler.go, hpa_reconciler.go, inference_service_status.go and the validating webhook) and of Knative
Serving. Left out are transformers and explainers, networking objects (Services, Routes, HTTPRoutes: the share of a
canary is only written down), autoscaling by load, KEDA, and serving runtimes: an image is named after its format.
"""

from console.simulation.cluster.admission import Webhook
from console.simulation.cluster.kserve.controller import KServeController
from console.simulation.cluster.kserve.inference_services import STANDARD, inference_service_object
from console.simulation.cluster.kserve.knative_serving import KnativeServingController
from console.simulation.cluster.kserve.resources import (
    CONFIGURATIONS,
    INFERENCE_SERVICES,
    KNATIVE_SERVICES,
    REVISIONS,
)
from console.simulation.cluster.kserve.webhook import why_not_valid
from console.simulation.cluster.simulated_cluster import SimulatedCluster

__all__ = ["INFERENCE_SERVICES", "KNATIVE_SERVICES", "REVISIONS", "add_kserve", "inference_service_object"]


def add_kserve(cluster: SimulatedCluster, *, default_mode: str = STANDARD, tells_mode: bool = True) -> None:
    """Install KServe and Knative Serving in a cluster; see `KServeController`."""
    for resource in (INFERENCE_SERVICES, KNATIVE_SERVICES, CONFIGURATIONS, REVISIONS):
        cluster.add_resource(resource)
    cluster.add_webhook(
        Webhook(
            name="inferenceservice.kserve-webhook-server.validator",
            group=INFERENCE_SERVICES.group,
            plural=INFERENCE_SERVICES.plural,
            refusal=why_not_valid,
        )
    )
    cluster.add_controller(lambda plane: KServeController(plane, default_mode, tells_mode=tells_mode))
    cluster.add_controller(KnativeServingController)
