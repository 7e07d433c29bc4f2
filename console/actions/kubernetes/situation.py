"""What stands around a workload when its scaling is planned: what forbids it, and what a person must know before."""

import msgspec

from console.actions.kubernetes.keda_pause import Pause, Pauses
from console.actions.kubernetes.room import creation_failure, pods_without_room
from console.actions.provider import ActionRefused
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.autoscalers import AUTOSCALING_VERSIONS, list_autoscalers
from console.sources.cluster.managed_by import managed_by
from console.sources.cluster.objects import Autoscaler, Metadata, Pod, Scalable, decode_list
from console.sources.cluster.rollouts import group_of
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

_MOST_NAMED = 5
_ROOM_UNKNOWN = "the pods may not be listed: whether they find room is unknown"


class Situation(msgspec.Struct, frozen=True):
    """A workload as the cluster shows it now.

    `autoscalers_unknown` says why the autoscalers could not be read, `no_room` which of its pods find no node. `pause`
    is what keeps KEDA from making an autoscaler.
    """

    live: Scalable
    autoscaler: Autoscaler | None = None
    pause: Pause | None = None
    autoscalers_unknown: str | None = None
    no_room: str | None = None


async def read_situation(
    transport: KubernetesTransport, pauses: Pauses, target: Target, live: Scalable, now: float
) -> Situation:
    """Return the target and what stands around it.

    Raises:
        ActionRefused: several autoscalers set its replicas.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    autoscaler, unknown = await read_autoscaler(transport, target, group_of(target.kind))
    pause = None
    if autoscaler is None and unknown is None:
        pause, unknown = await pauses.of(target)
    no_room = None
    if live.status.available_replicas < live.spec.replicas:
        no_room = await read_room(transport, target, live, now)
    return Situation(live, autoscaler, pause, unknown, no_room)


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
        return _ROOM_UNKNOWN
    return pods_without_room(decode_list(pods, Pod), now)


async def read_autoscaler(
    transport: KubernetesTransport, target: Target, group: str
) -> tuple[Autoscaler | None, str | None]:
    """Return the autoscaler that sets the replicas of an object of an API group, and why it is unknown if there is one.

    Raises:
        ActionRefused: there are several, which hold each other up, and none is the one to change.
        Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
    """
    try:
        autoscalers = await list_autoscalers(transport, target.namespace)
    except NotFound:
        served = " or ".join(AUTOSCALING_VERSIONS)
        return None, f"this cluster does not serve {served}: if an autoscaler owns the replicas, it will undo this"
    except Forbidden:
        return None, "autoscalers may not be listed: if one owns the replicas, it will undo this"
    found = [autoscaler for autoscaler in autoscalers if autoscaler.scales(group, target.kind, target.name)]
    if len(found) > 1:
        names = ", ".join(sorted(harmless(autoscaler.metadata.name) for autoscaler in found))
        told = f"{len(found)} HorizontalPodAutoscalers are for {target.name} ({names})"
        raise ActionRefused(f"{told}: Kubernetes lets none of them scale it, delete all but one first")
    return next(iter(found), None), None


def refusals(situation: Situation, target: Target, wanted: int) -> tuple[str, ...]:
    """Return the reasons for which a workload cannot be given a number of replicas, the weightiest first."""
    owner = situation.live.metadata.controller
    if owner is not None:
        owner_name = f"{harmless(owner.kind)} {harmless(owner.name)}"
        return (f"{owner_name} owns {target.name} and would undo this: change the replicas there",)
    if situation.autoscaler is not None:
        return (autoscaler_refusal(situation.autoscaler, target, wanted),)
    held = situation.pause.refusal(target) if situation.pause is not None else None
    return () if held is None else (held,)


def autoscaler_refusal(autoscaler: Autoscaler, target: Target, wanted: int) -> str:
    """Return that an autoscaler would undo a number of replicas, and what must be changed instead."""
    name, most = harmless(autoscaler.metadata.name), autoscaler.spec.max_replicas
    bounds = f"its bounds are {autoscaler.minimum} to {most}"
    if wanted > most:
        remedy = f"raise its maxReplicas ({bounds})"
    elif wanted > autoscaler.minimum:
        remedy = f"raise its minReplicas to {wanted} ({bounds})"
    else:
        remedy = f"lower its minReplicas ({bounds})"
    return f"HorizontalPodAutoscaler {name} sets the replicas of {target.name} and would undo this: {remedy}"


def told_sharers(target: Target, shared_by: tuple[str, ...]) -> tuple[str, ...]:
    """Return that a target serves several models, by their ids; nothing where it serves one."""
    if not shared_by:
        return ()
    named = ", ".join(map(harmless, shared_by[:_MOST_NAMED]))
    more = ", …" if len(shared_by) > _MOST_NAMED else ""
    return (f"{target.name} serves {len(shared_by)} models, this changes all of them: {named}{more}",)


def notes(situation: Situation, *, grows: bool = False) -> tuple[str, ...]:
    """Return what a person must know before the key, none of it a reason not to press it; `grows`: it asks for more."""
    live = situation.live
    found: list[str] = []
    if situation.autoscalers_unknown is not None:
        found.append(situation.autoscalers_unknown)
    if situation.pause is not None and situation.pause.told is not None:
        found.append(situation.pause.told)
    if situation.no_room is not None:
        waits = grows and situation.no_room != _ROOM_UNKNOWN
        found.append(f"more replicas would wait as well: {situation.no_room}" if waits else situation.no_room)
    if live.spec.paused:
        found.append("its rollouts are paused: new replicas run the versions that run now")
    elif live.status.updated_replicas < live.status.replicas:
        updated = f"{live.status.updated_replicas} of {how_many(live.status.replicas, 'pod')}"
        found.append(f"a rollout is in progress: {updated} updated")
    return (*found, *tool_notes(live.metadata))


def tool_notes(metadata: Metadata) -> tuple[str, ...]:
    """Return which tools own the manifest of an object, and may set again what is changed by hand."""
    return tuple(
        f"{each.tool} manages it{f' ({each.name})' if each.name else ''}: {each.meaning}"
        for each in managed_by(metadata)
    )
