"""What the cluster says of one model: its pods, the events about them, and what stands around its workload."""

from enum import IntEnum
from typing import Generic, TypeVar

import msgspec

from console.domain.label import Label
from console.domain.model import Target

T = TypeVar("T")

NEW_RESTART_SECONDS = 3600.0
"""For so long a restart is told of a pod that is ready again: as long as the cluster keeps the events about it."""


class Trouble(IntEnum):
    """How much a pod asks for attention; the greater the worse."""

    NONE = 0
    WATCH = 1
    """It starts, ends, or is left over from a failure."""
    BROKEN = 2


class Termination(msgspec.Struct, frozen=True):
    """How a container ended: the reason in the cluster's word (`OOMKilled`), its exit code, and when (UTC seconds)."""

    container: str
    reason: str
    exit_code: int | None = None
    at: float | None = None
    message: str = ""


class ContainerFacts(msgspec.Struct, frozen=True):
    """One container of a pod; `state` is `running`, `waiting` or `terminated`, `why` the reason and the message."""

    name: Label
    state: str
    ready: bool = False
    restarts: int = 0
    why: str = ""
    last_end: Termination | None = None
    is_init: bool = False


class PodFacts(msgspec.Struct, frozen=True):
    """One pod; every text but the raw names is harmless.

    `status` is the word that kubectl shows, `why` says in words why it is not ready. `ready` of `containers` are ready.
    """

    name: Label
    uid: str
    status: str
    trouble: Trouble
    ready: int = 0
    count: int = 0
    """Containers that are to be ready."""
    restarts: int = 0
    why: str = ""
    last_end: Termination | None = None
    """How the container that restarted last ended before."""
    changed: float | None = None
    """Since when it is ready, or is not (UTC seconds)."""
    created: float | None = None
    node: str = ""
    version: str = ""
    revision: str = ""
    containers: tuple[ContainerFacts, ...] = ()
    default_container: str = ""
    """The container, raw, whose log is read when nobody chose another."""

    @property
    def is_ready(self) -> bool:
        """Return whether it serves as far as the cluster knows."""
        return self.status == "Running" and self.ready == self.count > 0

    def restarted_lately(self, now: float) -> bool:
        """Return whether a container ended not long before an instant (UTC seconds)."""
        at = self.last_end.at if self.last_end is not None else None
        return self.restarts > 0 and at is not None and now - at < NEW_RESTART_SECONDS


class EventFacts(msgspec.Struct, frozen=True):
    """Events that say the same, of one object or of several alike, added up (`first` and `last` in UTC seconds)."""

    kind: str
    reason: str
    message: str
    count: int
    first: float | None
    last: float | None
    is_warning: bool
    objects: tuple[str, ...] = ()
    """Names of the objects, raw, those of the newest events first."""


class RolloutFacts(msgspec.Struct, frozen=True):
    """How far the workload is with what is asked of it; `revision` is empty where the cluster keeps none."""

    wanted: int
    updated: int
    ready: int
    available: int
    total: int
    revision: str = ""
    paused: bool = False
    deadline_seconds: int | None = None
    deadline_exceeded: bool = False
    is_seen: bool = True
    """Whether the controller has looked at the newest change."""
    troubles: tuple[str, ...] = ()
    """What its conditions complain about."""

    @property
    def in_progress(self) -> bool:
        """Return whether old pods are still being replaced, or new ones not there yet."""
        return not self.is_seen or self.updated < self.wanted or self.total > self.updated


class AutoscalerFacts(msgspec.Struct, frozen=True):
    """What sets the replicas: bounds, what it sees and wants now, and what its conditions complain about."""

    kind: str
    name: str
    floor: int
    ceiling: int
    current: int | None = None
    desired: int | None = None
    metrics: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()


class QuotaFacts(msgspec.Struct, frozen=True):
    """The limit of a quota that is nearest: how much of it is used, and how many pods like these it has room for."""

    name: str
    resource: str
    used: str
    hard: str
    room: int | None = None
    is_reached: bool = False


class ManagedBy(msgspec.Struct, frozen=True):
    """A tool that keeps the workload as a repository or a chart wants it, and what follows from that."""

    tool: str
    name: str
    meaning: str


class Surroundings(msgspec.Struct, frozen=True):
    """The workload itself: its rollout, its owners from the nearest to the top, and who keeps it as it is."""

    rollout: RolloutFacts
    owners: tuple[str, ...] = ()
    managed_by: tuple[ManagedBy, ...] = ()


class Told(msgspec.Struct, Generic[T], frozen=True):
    """One part of what the cluster says: as of `at` (UTC seconds), None before it was ever read.

    `problem` says why it could not be read now; then `value` is what was read before, if anything was.
    """

    value: T
    at: float | None = None
    problem: str | None = None


class ClusterFacts(msgspec.Struct, frozen=True):
    """What the cluster says of one model at `at` (UTC seconds); `detail` says why it says nothing at all."""

    model_id: str
    at: float
    target: Target | None = None
    detail: str | None = None
    workload: Told[Surroundings | None] = Told(None)
    pods: Told[tuple[PodFacts, ...]] = Told(())
    events: Told[tuple[EventFacts, ...]] = Told(())
    autoscaler: Told[AutoscalerFacts | None] = Told(None)
    quotas: Told[tuple[QuotaFacts, ...]] = Told(())

    def problems(self) -> tuple[str, ...]:
        """Return what could not be read, in one line each."""
        parts: dict[str, Told[object]] = {
            "workload": self.workload,  # type: ignore[dict-item]  # msgspec's generics are invariant
            "pods": self.pods,  # type: ignore[dict-item]  # as above
            "events": self.events,  # type: ignore[dict-item]  # as above
            "autoscaler": self.autoscaler,  # type: ignore[dict-item]  # as above
            "quota": self.quotas,  # type: ignore[dict-item]  # as above
        }
        return tuple(f"{name}: {part.problem}" for name, part in parts.items() if part.problem is not None)


class PodLog(msgspec.Struct, frozen=True):
    """The last lines of a container's log, harmless and without what looks like a secret, oldest first.

    `detail` says why there are none. `is_cut` tells that there are more than were read.
    """

    model_id: str
    pod_uid: str
    container: str
    previous: bool
    at: float
    lines: tuple[str, ...] = ()
    is_cut: bool = False
    detail: str | None = None


def worst_first(pods: tuple[PodFacts, ...], now: float) -> tuple[PodFacts, ...]:
    """Return pods by how much they ask for attention at an instant (UTC seconds), then by name."""
    return tuple(
        sorted(
            pods,
            key=lambda pod: (-pod.trouble, not pod.restarted_lately(now), -pod.restarts, pod.name.raw),
        )
    )
