"""What stands around a workload when its scaling is planned: what forbids it, and what a person must know before."""

import asyncio

import msgspec

from console.actions.kubernetes.room import creation_failure, pods_without_room
from console.actions.kubernetes.scale_outcome import set_by
from console.actions.kubernetes.scale_request import APPS, PLURALS
from console.domain.label import harmless
from console.domain.model import Target
from console.sources.cluster.objects import Autoscaler, Pod, Scalable, decode_list, decode_object
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

_AUTOSCALING = "autoscaling/v2"
_ARGO_CD_MARK = "argocd.argoproj.io/tracking-id"
_FLUX_MARK = "kustomize.toolkit.fluxcd.io/name"
_HELM_MARK = "app.kubernetes.io/managed-by"
_MOST_NAMED = 5


class Situation(msgspec.Struct, frozen=True):
    """A workload as the cluster shows it now.

    `permitted` is the server's word on whether this user may scale it. `autoscalers_unknown` says why the autoscalers
    could not be read, `no_room` which of its pods find no node.
    """

    live: Scalable
    permitted: bool
    autoscaler: Autoscaler | None = None
    autoscalers_unknown: str | None = None
    no_room: str | None = None

    @property
    def replicas(self) -> int:
        """Return the replicas that are asked for now."""
        return self.live.spec.replicas


async def read_workload(transport: KubernetesTransport, target: Target) -> Scalable:
    """Return the target as it is now.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    path = object_path(APPS, PLURALS[target.kind], namespace=target.namespace, name=target.name)
    return decode_object(await transport.get(path), Scalable)


async def why_not_permitted(transport: KubernetesTransport, target: Target, plural: str) -> str | None:
    """Return that this user may not scale a target, by the server's own word; None where they may.

    Raises:
        KubernetesError: the server does not say.
    """
    is_permitted = await transport.can_i("patch", "apps", plural, "scale", namespace=target.namespace, name=target.name)
    return None if is_permitted else _forbidden(target, plural)


def _forbidden(target: Target, plural: str) -> str:
    return f"you may not patch {plural}/scale in namespace {target.namespace} (RBAC)"


async def read_situation(transport: KubernetesTransport, target: Target, now: float) -> Situation:
    """Return the target and what stands around it.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    live, forbidden, (autoscaler, unknown) = await asyncio.gather(
        read_workload(transport, target),
        why_not_permitted(transport, target, PLURALS[target.kind]),
        _read_autoscaler(transport, target),
    )
    no_room = None
    if live.status.available_replicas < live.spec.replicas:
        no_room = await read_room(transport, target, live, now)
    return Situation(live, forbidden is None, autoscaler, unknown, no_room)


async def read_room(transport: KubernetesTransport, target: Target, live: Scalable, now: float) -> str | None:
    """Return a sentence about pods of the target that cannot be made or find no node; None where all do.

    Raises:
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    failure = creation_failure(live)
    if failure is not None:
        return failure
    selector = live.spec.selector.query
    if not selector:
        return None
    try:
        path = object_path("v1", "pods", namespace=target.namespace)
        pods = await transport.get(path, query={"labelSelector": selector})
    except Forbidden:
        return "the pods may not be listed: whether they find room is unknown"
    return pods_without_room(decode_list(pods, Pod), now)


async def _read_autoscaler(transport: KubernetesTransport, target: Target) -> tuple[Autoscaler | None, str | None]:
    path = object_path(_AUTOSCALING, "horizontalpodautoscalers", namespace=target.namespace)
    try:
        autoscalers = decode_list(await transport.get(path), Autoscaler)
    except NotFound:
        return (
            None,
            f"this cluster does not serve {_AUTOSCALING}: if an autoscaler owns the replicas, it will undo this",
        )
    except Forbidden:
        return None, "autoscalers may not be listed: if one owns the replicas, it will undo this"
    found = (autoscaler for autoscaler in autoscalers if autoscaler.scales("apps", target.kind, target.name))
    return next(found, None), None


def refusals(situation: Situation, target: Target, wanted: int) -> tuple[str, ...]:
    """Return the reasons for which a workload cannot be given a number of replicas, the weightiest first."""
    found: list[str] = []
    owner = situation.live.metadata.controller
    if situation.live.metadata.uid != target.uid:
        found.append(f"{target.kind} {target.name} was deleted and made anew since it was found: refresh first")
    if not situation.permitted:
        found.append(_forbidden(target, PLURALS[target.kind]))
    if owner is not None:
        owner_name = f"{harmless(owner.kind)} {harmless(owner.name)}"
        found.append(f"{owner_name} owns {target.name} and would undo this: change the replicas there")
    elif situation.autoscaler is not None:
        found.append(_autoscaler_refusal(situation.autoscaler, target, wanted))
    if wanted == situation.replicas:
        found.append(f"{target.name} is asked to run {wanted} replicas already{set_by(situation.live)}")
    return tuple(found)


def _autoscaler_refusal(autoscaler: Autoscaler, target: Target, wanted: int) -> str:
    name, most = harmless(autoscaler.metadata.name), autoscaler.spec.max_replicas
    bounds = f"its bounds are {autoscaler.minimum} to {most}"
    if wanted > most:
        remedy = f"raise its maxReplicas ({bounds})"
    elif wanted > autoscaler.minimum:
        remedy = f"raise its minReplicas to {wanted} ({bounds})"
    else:
        remedy = f"lower its minReplicas ({bounds})"
    return f"HorizontalPodAutoscaler {name} sets the replicas of {target.name} and would undo this: {remedy}"


def notes(situation: Situation, target: Target, shared_by: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what a person must know before the key, none of it a reason not to press it.

    `shared_by` are the ids of the models that the target serves, where there are several.
    """
    live = situation.live
    found: list[str] = []
    if shared_by:
        named = ", ".join(map(harmless, shared_by[:_MOST_NAMED]))
        more = ", …" if len(shared_by) > _MOST_NAMED else ""
        found.append(f"{target.name} serves {len(shared_by)} models, this changes all of them: {named}{more}")
    if situation.autoscalers_unknown is not None:
        found.append(situation.autoscalers_unknown)
    if situation.no_room is not None:
        found.append(situation.no_room)
    if live.spec.paused:
        found.append("its rollouts are paused: new replicas run the versions that run now")
    elif live.status.updated_replicas < live.status.replicas:
        found.append(
            f"a rollout is in progress: {live.status.updated_replicas} of {live.status.replicas} pods are updated"
        )
    annotations, labels = live.metadata.annotations or {}, live.metadata.labels or {}
    if _ARGO_CD_MARK in annotations:
        found.append("Argo CD manages it: if it syncs by itself and does not ignore replicas, it will undo this")
    if _FLUX_MARK in labels:
        found.append("Flux manages it: if its manifest names replicas, it will undo this")
    if labels.get(_HELM_MARK) == "Helm":
        found.append("Helm installed it: the next upgrade may set the replicas of the chart again")
    return tuple(found)
