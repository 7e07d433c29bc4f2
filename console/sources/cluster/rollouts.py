"""Rollouts of Argo Rollouts as workloads: what is asked of them, and how many of their pods are there."""

import msgspec

from console.sources.cluster.objects import (
    Metadata,
    OwnerReference,
    Scalable,
    ScalableSpec,
    ScalableStatus,
    decode_list,
    decode_object,
)
from console.transport.kubernetes import KubernetesTransport, object_path

ROLLOUT_GROUP, ROLLOUT = "argoproj.io", "Rollout"
_GROUP_VERSION, _PLURAL = f"{ROLLOUT_GROUP}/v1alpha1", "rollouts"


class _Status(msgspec.Struct, frozen=True, rename="camel"):
    """The counts of a Rollout; its generation is text, unlike that of a Deployment."""

    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0


class _Rollout(msgspec.Struct, frozen=True):
    metadata: Metadata
    spec: ScalableSpec
    status: _Status = _Status()


def group_of(kind: str) -> str:
    """Return the API group of a kind of workload."""
    return ROLLOUT_GROUP if kind == ROLLOUT else "apps"


def is_rollout(owner: OwnerReference) -> bool:
    """Tell whether an owner is a Rollout, of whatever version."""
    return owner.kind == ROLLOUT and owner.api_version.rpartition("/")[0] == ROLLOUT_GROUP


async def list_rollouts(transport: KubernetesTransport, namespace: str) -> tuple[Scalable, ...]:
    """Return the Rollouts of a namespace, of all of them where it is empty.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    answer = await transport.get(object_path(_GROUP_VERSION, _PLURAL, namespace=namespace))
    return tuple(map(_scalable, decode_list(answer, _Rollout)))


def scalable_rollout(document: object) -> Scalable:
    """Return a Rollout as a workload.

    Raises:
        MalformedAnswer: it is none.
    """
    return _scalable(decode_object(document, _Rollout))


def _scalable(rollout: _Rollout) -> Scalable:
    status = rollout.status
    counts = ScalableStatus(
        replicas=status.replicas,
        updated_replicas=status.updated_replicas,
        ready_replicas=status.ready_replicas,
        available_replicas=status.available_replicas,
    )
    return Scalable(rollout.metadata, rollout.spec, counts)
