"""Scaling a workload while somebody paused KEDA for it: KEDA may hold a number of replicas then.

With `paused-replicas` KEDA sets the number that stands there, and again whenever it looks at its ScaledObject; older
versions keep an autoscaler whose bounds are that number, newer ones none. With `paused` it leaves the number to whoever
sets it, until somebody resumes it.
https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling
"""

import math
from collections.abc import Callable
from typing import Any

import msgspec

from console.actions.kubernetes.address import Address
from console.actions.kubernetes.guarded_patch import GuardedPatch, edit
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.quantity import how_many
from console.sources.cluster.fields import pointer_of
from console.sources.cluster.objects import Metadata, decode_list, decode_object
from console.sources.cluster.scaled_objects import (
    HELD_COUNT,
    SCALED_OBJECT,
    SCALED_OBJECT_VERSION,
    SCALED_OBJECTS,
    ScaledObject,
    find_scaled_object,
)
from console.sources.cluster.writers import LiveObject
from console.transport.kubernetes import Forbidden, KubernetesTransport, NotFound, object_path

_HELD = pointer_of("metadata", "annotations", HELD_COUNT)
_BELIEVED_SECONDS = 600.0
_UNKNOWN = "ScaledObjects may not be listed: if KEDA holds the number of replicas, it will undo this"


class Pause(msgspec.Struct, frozen=True):
    """A ScaledObject whose scaling is paused, as it is now."""

    live: LiveObject
    scaled: ScaledObject

    @property
    def told(self) -> str | None:
        """Return what becomes of a number of replicas that KEDA does not hold, None where it holds one."""
        if self.scaled.held is not None:
            return None
        bounds = f"between {self.scaled.spec.least} and {self.scaled.spec.most}"
        return f"{told_scaled(self.scaled.metadata)} is paused: once it is resumed, KEDA keeps the replicas {bounds}"

    def refusal(self, target: Target) -> str | None:
        """Return that KEDA would undo a change of the count, None where it holds none."""
        if self.scaled.held is None:
            return None
        held = f"holds {target.name} at {how_many(self.scaled.held, 'replica')}"
        remedy = f"change or remove its annotation {HELD_COUNT}"
        return f"{told_scaled(self.scaled.metadata)} is paused, {held} and would undo this: {remedy}"


def hold(live: LiveObject, wanted: int) -> GuardedPatch:
    """Return the patch of a ScaledObject after which KEDA holds another number of replicas."""
    return GuardedPatch(scaled_address(live.metadata), live.metadata.uid, (edit(live, _HELD, str(wanted)),))


def scaled_address(metadata: Metadata) -> Address:
    """Return where a ScaledObject is."""
    return Address(SCALED_OBJECT_VERSION, SCALED_OBJECTS, metadata.namespace, metadata.name)


def told_scaled(metadata: Metadata) -> str:
    """Return a ScaledObject as it is told: `ScaledObject fraud`."""
    return f"{SCALED_OBJECT} {harmless(metadata.name)}"


def is_of_what_is_held(patch: GuardedPatch) -> bool:
    """Tell whether a patch changes the number of replicas that KEDA holds, and not its bounds."""
    return patch.edit_of(_HELD) is not None


def holds(patch: GuardedPatch) -> tuple[int, int]:
    """Return the number of replicas that KEDA holds before and after a patch of it.

    Raises:
        ValueError: the patch changes another thing.
    """
    held = patch.edit_of(_HELD)
    if held is None:
        raise ValueError(f"{patch.request.shown} does not set {HELD_COUNT}")
    return int(held.before), int(held.after)


class Pauses:
    """Reads which workloads of a cluster KEDA is paused for; `clock` returns UTC seconds.

    That a cluster does not serve ScaledObjects is believed for ten minutes: a plan asks nothing about them then.
    """

    def __init__(self, transport: KubernetesTransport, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._clock = clock
        self._absent_until = -math.inf

    async def of(self, target: Target) -> tuple[Pause | None, str | None]:
        """Return the paused ScaledObject of a workload, None where there is none, and why that is unknown.

        Raises:
            Exception: one of `UNREADABLE`: the cluster gave no answer, or another.
        """
        if self._clock() < self._absent_until:
            return None, None
        path = object_path(SCALED_OBJECT_VERSION, SCALED_OBJECTS, namespace=target.namespace)
        try:
            answer = await self._transport.get(path)
        except (NotFound, Forbidden) as error:
            if isinstance(error, Forbidden) and await self._is_served():
                return None, _UNKNOWN
            self._absent_until = self._clock() + _BELIEVED_SECONDS
            return None, None
        for item in decode_list(answer, dict[str, Any]):
            scaled = decode_object(item, ScaledObject)
            if find_scaled_object([scaled], target.kind, target.name) is not None and scaled.is_paused:
                return Pause(LiveObject.of({"kind": SCALED_OBJECT, **item}), scaled), None
        return None, None

    async def _is_served(self) -> bool:
        """Tell whether the cluster serves ScaledObjects: it refuses to list what it does not know, too."""
        try:
            await self._transport.get(f"/apis/{SCALED_OBJECT_VERSION}")
        except NotFound:
            return False
        except Forbidden:
            return True
        return True
