"""Pods with all that tells how they are, as the API writes them."""

from typing import Any

import msgspec

from console.sources.cluster.objects import Metadata, ObjectCondition


class LivingMetadata(Metadata, frozen=True, rename="camel"):
    """Metadata with when the object was made, when it is to be gone, and what holds it back."""

    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] | None = None


class Waiting(msgspec.Struct, frozen=True):
    """Why a container has not begun."""

    reason: str = ""
    message: str = ""


class Terminated(msgspec.Struct, frozen=True, rename="camel"):
    """How a container ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    finished_at: str | None = None


class ContainerState(msgspec.Struct, frozen=True):
    """One of three; none of them means that it waits."""

    waiting: Waiting | None = None
    running: dict[str, Any] | None = None
    terminated: Terminated | None = None


class ContainerStatus(msgspec.Struct, frozen=True, rename="camel"):
    """How a container is, and how it was before its last restart."""

    name: str
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()


class Resources(msgspec.Struct, frozen=True):
    """What a container asks for; quantities are texts, or numbers where a person wrote them so."""

    requests: dict[str, str | int | float] | None = None
    limits: dict[str, str | int | float] | None = None


class Container(msgspec.Struct, frozen=True, rename="camel"):
    """A container as it is asked for; an init container that restarts always is a sidecar."""

    name: str
    image: str = ""
    restart_policy: str = ""
    resources: Resources = Resources()

    @property
    def is_sidecar(self) -> bool:
        """Return whether it runs beside the containers, though it is written among those that run before."""
        return self.restart_policy == "Always"


class PodSpec(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a pod."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] | None = None
    node_name: str = ""


class LivingStatus(msgspec.Struct, frozen=True, rename="camel"):
    """How a pod is."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    conditions: tuple[ObjectCondition, ...] | None = None
    container_statuses: tuple[ContainerStatus, ...] | None = None
    init_container_statuses: tuple[ContainerStatus, ...] | None = None

    def condition(self, type_: str) -> ObjectCondition | None:
        """Return the condition of a type, None while the server has not set it."""
        return next((condition for condition in self.conditions or () if condition.type == type_), None)


class LivingPod(msgspec.Struct, frozen=True):
    """A pod with all that tells how it is."""

    metadata: LivingMetadata
    spec: PodSpec = PodSpec()
    status: LivingStatus = LivingStatus()
