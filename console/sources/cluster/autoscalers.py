"""HorizontalPodAutoscalers, in the version of their API that a cluster serves."""

import msgspec

from console.sources.cluster.objects import Autoscaler, decode_list
from console.sources.cluster.served import list_served
from console.transport.kubernetes import KubernetesTransport

AUTOSCALING_VERSIONS = ("autoscaling/v2", "autoscaling/v2beta2")
"""Names of the same fields, the newest first: v2 is served since Kubernetes 1.23, v2beta2 was until 1.25."""
AUTOSCALERS = "horizontalpodautoscalers"


async def list_autoscalers(transport: KubernetesTransport, namespace: str) -> tuple[Autoscaler, ...]:
    """Return the autoscalers of a namespace (empty: of all).

    Raises:
        NotFound: the cluster serves none of the versions.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    version, answer = await list_served(transport, AUTOSCALING_VERSIONS, AUTOSCALERS, namespace)
    found = decode_list(answer, Autoscaler)
    return tuple(msgspec.structs.replace(each, api_version=version) for each in found)
