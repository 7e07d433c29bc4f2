"""The pods of a workload: which there are, where they run, which of them serve."""

import msgspec

from console.actions.kubernetes.workload_reading import scalable_of
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.objects import Metadata, ObjectCondition, ReplicaSet, decode_list
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import KubernetesTransport, object_path

_MOST_NAMED = 5


class _PodMetadata(Metadata, frozen=True, rename="camel"):
    deletion_timestamp: str | None = None


class _PodSpec(msgspec.Struct, frozen=True, rename="camel"):
    node_name: str = ""


class _PodStatus(msgspec.Struct, frozen=True):
    conditions: tuple[ObjectCondition, ...] | None = None


class ModelPod(msgspec.Struct, frozen=True):
    """A pod of a workload; it serves while it is ready and nobody asked for its end."""

    metadata: _PodMetadata
    spec: _PodSpec = _PodSpec()
    status: _PodStatus = _PodStatus()

    @property
    def name(self) -> str:
        """Return its name."""
        return self.metadata.name

    @property
    def is_ending(self) -> bool:
        """Tell whether its deletion was asked for."""
        return self.metadata.deletion_timestamp is not None

    @property
    def serves(self) -> bool:
        """Tell whether it is ready and stays."""
        ready = any((each.type, each.status) == ("Ready", "True") for each in self.status.conditions or ())
        return ready and not self.is_ending


async def read_pods(transport: KubernetesTransport, target: Target, live: LiveObject) -> tuple[ModelPod, ...]:
    """Return the pods that a workload owns, of a Deployment through its ReplicaSets, in the order of their names.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    query = {"labelSelector": scalable_of(live).spec.selector.query}
    path = object_path("v1", "pods", namespace=target.namespace)
    pods = decode_list(await transport.get(path, query=query), ModelPod)
    owners = {live.metadata.uid}
    if target.kind == "Deployment":
        answer = await transport.get(object_path("apps/v1", "replicasets", namespace=target.namespace), query=query)
        owners = {
            each.metadata.uid
            for each in decode_list(answer, ReplicaSet)
            if each.metadata.controller is not None and each.metadata.controller.uid == live.metadata.uid
        }
    owned = (pod for pod in pods if pod.metadata.controller is not None and pod.metadata.controller.uid in owners)
    return tuple(sorted(owned, key=lambda pod: pod.name))


def named_pod(pods: tuple[ModelPod, ...], name: object, target: Target) -> ModelPod:
    """Return a pod by its name, which may lack that of the workload in front, as screens leave it out.

    Raises:
        ActionRefused: the workload has no such pod.
    """
    by_name = {pod.name: pod for pod in pods}
    for known in (str(name), f"{target.name}-{name}"):
        if known in by_name:
            return by_name[known]
    shown = ", ".join(harmless(pod.name) for pod in pods[:_MOST_NAMED]) or "none"
    more = f" and {len(pods) - _MOST_NAMED} more" if len(pods) > _MOST_NAMED else ""
    raise ActionRefused(f"{target.name} has no pod {harmless(str(name))}; it has {shown}{more}")
