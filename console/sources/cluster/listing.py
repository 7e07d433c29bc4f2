"""One LIST per kind and namespace, and the index over what came back."""

import asyncio
from collections.abc import Iterable
from typing import TypeVar

import msgspec

from console.domain.label import harmless
from console.sources.cluster.autoscalers import list_autoscalers
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import (
    Autoscaler,
    OwnerReference,
    Pod,
    ReplicaSet,
    Scalable,
    decode_list,
)
from console.sources.cluster.rollouts import ROLLOUT, group_of, is_rollout, list_rollouts
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

T = TypeVar("T")


class ClusterObjects(msgspec.Struct, frozen=True):
    """What runs in one namespace, or in all of them.

    `scalables` are keyed by kind and uid, ReplicaSets by uid. `unreadable` says why nothing can be known.
    """

    pods: tuple[Pod, ...] = ()
    replica_sets: dict[str, ReplicaSet] = {}
    scalables: dict[tuple[str, str], Scalable] = {}
    rollouts_unreadable: str | None = None
    """Why the Rollouts that own some of the ReplicaSets cannot be known."""
    autoscalers: tuple[Autoscaler, ...] = ()
    unreadable: str | None = None

    def top_owner(self, pod: Pod) -> OwnerReference | None:
        """Return the owner of a pod that is not a ReplicaSet of a Deployment; None for a pod that nobody owns."""
        owner = pod.metadata.controller
        if owner is not None and owner.kind == "ReplicaSet" and owner.uid in self.replica_sets:
            return self.replica_sets[owner.uid].metadata.controller or owner
        return owner

    def autoscaler_of(self, kind: str, workload: Scalable) -> Autoscaler | None:
        """Return the autoscaler that sets the replicas of a workload."""
        for autoscaler in self.autoscalers:
            same_namespace = autoscaler.metadata.namespace == workload.metadata.namespace
            if same_namespace and autoscaler.scales(group_of(kind), kind, workload.metadata.name):
                return autoscaler
        return None


async def list_objects(transport: KubernetesTransport, namespace: str | None) -> ClusterObjects:
    """Return what runs in a namespace, or with None in all of them; what cannot be read says why."""
    where = namespace or ""
    try:
        pods, replica_sets, deployments, stateful_sets, autoscalers = await asyncio.gather(
            _list(transport, "v1", "pods", where, Pod),
            _list(transport, "apps/v1", "replicasets", where, ReplicaSet),
            _list(transport, "apps/v1", "deployments", where, Scalable),
            _list_if_served(transport, "apps/v1", "statefulsets", where, Scalable),
            _autoscalers_if_allowed(transport, where),
        )
    except UNREADABLE as error:
        place = f"namespace {harmless(namespace)}" if namespace else "the cluster"
        return ClusterObjects(unreadable=f"{place} cannot be read: {in_short(error)}")
    rollouts, rollouts_unreadable = await _owning_rollouts(transport, where, replica_sets)
    by_kind = [("Deployment", each) for each in deployments] + [("StatefulSet", each) for each in stateful_sets]
    by_kind += [(ROLLOUT, each) for each in rollouts]
    return ClusterObjects(
        pods=pods,
        replica_sets={each.metadata.uid: each for each in replica_sets},
        scalables={(kind, each.metadata.uid): each for kind, each in by_kind},
        rollouts_unreadable=rollouts_unreadable,
        autoscalers=autoscalers,
    )


async def _owning_rollouts(
    transport: KubernetesTransport, where: str, replica_sets: Iterable[ReplicaSet]
) -> tuple[tuple[Scalable, ...], str | None]:
    """Return the Rollouts of Argo Rollouts, and why they cannot be known; asked only where they own ReplicaSets."""
    owners = (each.metadata.controller for each in replica_sets)
    if not any(owner is not None and is_rollout(owner) for owner in owners):
        return (), None
    try:
        return await list_rollouts(transport, where), None
    except UNREADABLE as error:
        return (), f"Rollouts cannot be read: {in_short(error)}"


async def _list(
    transport: KubernetesTransport, group_version: str, plural: str, namespace: str, of_type: type[T]
) -> tuple[T, ...]:
    return decode_list(await transport.get(object_path(group_version, plural, namespace=namespace)), of_type)


async def _list_if_served(
    transport: KubernetesTransport, group_version: str, plural: str, namespace: str, of_type: type[T]
) -> tuple[T, ...]:
    """Return nothing of a kind that small clusters do not serve."""
    try:
        return await _list(transport, group_version, plural, namespace, of_type)
    except NotFound:
        return ()


async def _autoscalers_if_allowed(transport: KubernetesTransport, namespace: str) -> tuple[Autoscaler, ...]:
    """Return none where they cannot be seen: a plan asks again and says what it could not see."""
    try:
        return await list_autoscalers(transport, namespace)
    except (NotFound, Forbidden):
        return ()
