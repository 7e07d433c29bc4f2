"""What the tests of the transport ask a cluster, and what reached it."""

from typing import Any

from console.simulation.cluster import SimulatedCluster
from console.transport.kubernetes import (
    KubernetesTransport,
    PatchType,
    object_path,
)

DEPLOYMENT = object_path("apps/v1", "deployments", namespace="ml", name="fraud")
SCALE = object_path("apps/v1", "deployments", namespace="ml", name="fraud", subresource="scale")
LEASES = object_path("coordination.k8s.io/v1", "leases", namespace="ml")


async def scale(
    transport: KubernetesTransport, replicas: int, *, seen: int = 3, dry_run: bool = False
) -> dict[str, Any]:
    operations = [
        {"op": "test", "path": "/spec/replicas", "value": seen},
        {"op": "replace", "path": "/spec/replicas", "value": replicas},
    ]
    return await transport.patch(SCALE, operations, content_type=PatchType.JSON, dry_run=dry_run)


async def replicas(transport: KubernetesTransport) -> int:
    wanted: int = (await transport.get(DEPLOYMENT))["spec"]["replicas"]
    return wanted


def patches(cluster: SimulatedCluster) -> int:
    return sum(request.method == "PATCH" for request in cluster.requests)
