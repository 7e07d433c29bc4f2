"""Reads what the cluster says of one model: a request for its workload, then a few LISTs side by side."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from console.domain.cluster_facts import AutoscalerFacts, ClusterFacts, PodFacts, Surroundings, Told
from console.domain.model import Workload
from console.sources.cluster.autoscaler_facts import Hpa, autoscaler_facts, find_hpa
from console.sources.cluster.autoscalers import AUTOSCALERS, AUTOSCALING_VERSIONS
from console.sources.cluster.event_facts import ClusterEvent, event_facts
from console.sources.cluster.failures import UNREADABLE, in_short
from console.sources.cluster.objects import decode_list, decode_object
from console.sources.cluster.pod_facts import pod_facts
from console.sources.cluster.pod_objects import LivingMetadata, LivingPod
from console.sources.cluster.quota_facts import Quota, quota_facts
from console.sources.cluster.scaled_objects import (
    SCALED_OBJECT_VERSION,
    SCALED_OBJECTS,
    ScaledObject,
    find_scaled_object,
)
from console.sources.cluster.workload_facts import Rolling, revision_in, surroundings_of
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

T = TypeVar("T")

PATIENCE_SECONDS = 5.0
"""For so long one kind of object is waited for: the others are of use without it."""
MOST_PODS = 500
MOST_EVENTS_READ = 2000
_PLURALS = {
    "Deployment": ("apps/v1", "deployments"),
    "StatefulSet": ("apps/v1", "statefulsets"),
    "ReplicaSet": ("apps/v1", "replicasets"),
    "Rollout": ("argoproj.io/v1alpha1", "rollouts"),
}
"""Where the kinds of workloads stand in the API; all of them have a selector, replicas and a status alike."""


class LivingReplicaSet(msgspec.Struct, frozen=True):
    """A ReplicaSet, read for its identity, its owner and the number of its revision."""

    metadata: LivingMetadata


class _Found(msgspec.Struct, frozen=True):
    """What was read of one kind of object; `problem` says why nothing was, or not all."""

    items: tuple[Any, ...] = ()
    problem: str | None = None
    is_read: bool = True
    is_served: bool = True


async def read_cluster_facts(
    transport: KubernetesTransport, model_id: str, workload: Workload, now: Callable[[], float]
) -> ClusterFacts:
    """Return what the cluster says of the model behind a workload; what cannot be read says why, part by part.

    Every request ends within the transport's deadline. `now` returns UTC seconds.
    """
    facts = ClusterFacts(model_id, now(), workload.target)
    namespace = workload.namespace
    live, about_live = await _read_workload(transport, workload)
    selector = live.selector if live is not None else ""
    by_selector = {"labelSelector": selector}
    pods, replica_sets, hpas, scaled_objects, quotas, events = await asyncio.gather(
        _list(transport, "v1", "pods", namespace, LivingPod, by_selector | {"limit": str(MOST_PODS)})
        if selector
        else _unknown_without(about_live),
        _list(transport, "apps/v1", "replicasets", namespace, LivingReplicaSet, by_selector)
        if selector and workload.kind != "StatefulSet"
        else _nothing(),
        _list_hpas(transport, namespace),
        _list(transport, SCALED_OBJECT_VERSION, SCALED_OBJECTS, namespace, ScaledObject),
        _list(transport, "v1", "resourcequotas", namespace, Quota),
        _list(transport, "v1", "events", namespace, ClusterEvent, {"limit": str(MOST_EVENTS_READ)}),
    )
    at = now()
    own_sets = [each for each in replica_sets.items if _is_owned(each.metadata, {workload.uid})]
    own_pods = _own_pods(pods.items, workload, own_sets, sets_are_known=replica_sets.is_read)
    hpa = find_hpa(hpas.items, workload.kind, workload.name)
    scaled_object = find_scaled_object(scaled_objects.items, workload.kind, workload.name)
    uids = {workload.uid, *(each.metadata.uid for each in (*own_sets, *own_pods))}
    uids |= {each.metadata.uid for each in (hpa, scaled_object) if each is not None}
    uids |= {workload.owner.uid} if workload.owner is not None else set()
    stems = {each.metadata.name for each in own_sets} | ({workload.name} if workload.kind == "StatefulSet" else set())
    return msgspec.structs.replace(
        facts,
        at=at,
        workload=_workload_part(live, workload, about_live, at),
        pods=_part(pods, tuple(_pods(own_pods, own_sets, at)), at),
        events=_part(events, event_facts(events.items, uids - {""}, stems), at),
        autoscaler=_autoscaler_part(hpas, scaled_objects, autoscaler_facts(hpa, scaled_object), at),
        quotas=_part(quotas, quota_facts(quotas.items, own_pods[0] if own_pods else None), at),
    )


def with_what_was_known(facts: ClusterFacts, before: ClusterFacts | None) -> ClusterFacts:
    """Return facts in which the parts that could not be read hold what was read of the same workload before."""
    if before is None or (before.model_id, before.target) != (facts.model_id, facts.target):
        return facts
    return msgspec.structs.replace(
        facts,
        workload=_newest(facts.workload, before.workload),
        pods=_newest(facts.pods, before.pods),
        events=_newest(facts.events, before.events),
        autoscaler=_newest(facts.autoscaler, before.autoscaler),
        quotas=_newest(facts.quotas, before.quotas),
    )


def _newest(part: Told[T], before: Told[T]) -> Told[T]:
    if part.at is not None or before.at is None:
        return part
    return Told(before.value, before.at, part.problem)


async def _read_workload(transport: KubernetesTransport, workload: Workload) -> tuple[Rolling | None, str | None]:
    """Return the workload as it is now, or why it is not known."""
    if workload.kind not in _PLURALS:
        return None, f"a {workload.kind} is not read"
    group_version, plural = _PLURALS[workload.kind]
    try:
        path = object_path(group_version, plural, namespace=workload.namespace, name=workload.name)
        live = decode_object(await transport.get(path), Rolling)
    except UNREADABLE as error:
        return None, in_short(error)
    if live.metadata.uid != workload.uid:
        return None, f"{workload.kind} {workload.name} was deleted and made anew since it was found"
    return live, None


async def _list(
    transport: KubernetesTransport,
    group_version: str,
    plural: str,
    namespace: str,
    of_type: type[T],
    query: dict[str, str] | None = None,
) -> _Found:
    """Return what a LIST holds; a kind that the cluster does not serve is nothing, and no problem."""
    path = object_path(group_version, plural, namespace=namespace)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await transport.get(path, query=query or {})
        items = decode_list(answer, of_type)
    except TimeoutError:
        return _Found((), f"no answer within {PATIENCE_SECONDS:g} s", is_read=False)
    except NotFound:
        return _Found(is_served=False)
    except Forbidden:
        return _Found((), f"you may not list {plural} in namespace {namespace} (RBAC)", is_read=False)
    except UNREADABLE as error:
        return _Found((), in_short(error), is_read=False)
    return _Found(items, f"only the first {len(items)} were read" if _is_cut(answer) else None)


def _is_cut(answer: dict[str, Any]) -> bool:
    metadata = answer.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("continue"))


async def _list_hpas(transport: KubernetesTransport, namespace: str) -> _Found:
    found = _Found()
    for version in AUTOSCALING_VERSIONS:
        found = await _list(transport, version, AUTOSCALERS, namespace, Hpa)
        if found.is_served:
            break
    return found


async def _nothing() -> _Found:
    return _Found()


async def _unknown_without(problem: str | None) -> _Found:
    return _Found((), f"not read, since the workload is not: {problem or 'it selects no pods'}", is_read=False)


def _own_pods(
    pods: Sequence[LivingPod], workload: Workload, own_sets: Sequence[LivingReplicaSet], *, sets_are_known: bool
) -> list[LivingPod]:
    """Return the pods of the workload among those that its selector finds; a selector may find others' too."""
    if not sets_are_known:
        return list(pods)
    owners = {workload.uid, *(each.metadata.uid for each in own_sets)}
    return [pod for pod in pods if _is_owned(pod.metadata, owners)]


def _is_owned(metadata: LivingMetadata, owners: set[str]) -> bool:
    return metadata.controller is not None and metadata.controller.uid in owners


def _pods(pods: Iterable[LivingPod], own_sets: Iterable[LivingReplicaSet], at: float) -> Iterable[PodFacts]:
    revisions = {each.metadata.uid: revision_in(each.metadata.annotations) for each in own_sets}
    for pod in pods:
        owner = pod.metadata.controller
        yield pod_facts(pod, at, revisions.get(owner.uid, "") if owner is not None else "")


def _part(found: _Found, value: T, at: float) -> Told[T]:
    return Told(value, at if found.is_read else None, found.problem)


def _workload_part(
    live: Rolling | None, workload: Workload, problem: str | None, at: float
) -> Told[Surroundings | None]:
    return Told(None, None, problem) if live is None else Told(surroundings_of(live, workload), at)


def _autoscaler_part(
    hpas: _Found, scaled_objects: _Found, value: AutoscalerFacts | None, at: float
) -> Told[AutoscalerFacts | None]:
    problems = [each.problem for each in (hpas, scaled_objects) if each.problem is not None]
    return Told(value, at if hpas.is_read or value is not None else None, "; ".join(problems) or None)
