"""Models, Servers and Experiments of Seldon Core 2 (mlops.seldon.io/v1alpha1) as typed values."""

import msgspec

from console.actions.kubernetes.address import Address
from console.domain.label import harmless
from console.sources.cluster.objects import ObjectCondition, decode_object, instant
from console.sources.cluster.resolve import is_name
from console.sources.cluster.writers import LiveObject

GROUP = "mlops.seldon.io"
GROUP_VERSION = f"{GROUP}/v1alpha1"
MODEL, SERVER = "Model", "Server"
PLURALS = {MODEL: "models", SERVER: "servers", "Experiment": "experiments"}
REPLICAS = "/spec/replicas"
GAVE_UP = frozenset({"ScheduleFailed", "ModelFailed"})
"""The states of a Model in which Seldon waits for somebody to do something."""
_SKEW_SECONDS = 5.0
"""By how much the clocks of operator and API server may differ; nothing is loaded in less."""


class Scaling(msgspec.Struct, frozen=True, rename="camel"):
    """How many replicas a Model or a Server is asked to have, and within which bounds."""

    replicas: int | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None

    @property
    def wanted(self) -> int:
        """Return the replicas that Seldon takes: the count, else the lower bound, else 1."""
        if self.replicas is not None:
            return self.replicas
        return self.min_replicas or 1


class ModelSpec(Scaling, frozen=True, rename="camel"):
    """What is asked of a Model."""

    storage_uri: str = ""
    server: str | None = None


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """What became of an object; counts that are 0 are left out, and older operators tell no generation."""

    observed_generation: int = 0
    replicas: int = 0
    available_replicas: int = 0
    selector: str = ""
    conditions: tuple[ObjectCondition, ...] | None = None

    def condition(self, type_: str) -> ObjectCondition | None:
        """Return the condition of a type, None while it is not told."""
        return next((condition for condition in self.conditions or () if condition.type == type_), None)


class Share(msgspec.Struct, frozen=True):
    """A candidate of an Experiment; the traffic is split by the weights of all of them."""

    name: str
    weight: int


class Mirror(msgspec.Struct, frozen=True):
    """What gets a copy of a part of the requests (percent)."""

    name: str
    percent: int


class ExperimentSpec(msgspec.Struct, frozen=True, rename="camel"):
    """How traffic is split."""

    candidates: tuple[Share, ...]
    default: str | None = None
    mirror: Mirror | None = None
    resource_type: str = "model"


class _Scaled(msgspec.Struct, frozen=True):
    spec: ModelSpec
    status: Status = Status()


class _Experiment(msgspec.Struct, frozen=True):
    spec: ExperimentSpec
    status: Status = Status()


class Scaled(msgspec.Struct, frozen=True):
    """A Model or a Server as it is now; of a Server the storage is empty."""

    live: LiveObject
    spec: ModelSpec
    status: Status

    @classmethod
    def of(cls, live: LiveObject) -> "Scaled":
        """Return an object as a Model or a Server.

        Raises:
            MalformedAnswer: it is neither.
        """
        read = decode_object(live.document, _Scaled)
        return cls(live, read.spec, read.status)

    @property
    def server(self) -> str | None:
        """Return the name of the Server of a Model: the one that it names, else the one that it was put on."""
        key, _, name = self.status.selector.partition("=")
        told = self.spec.server or (name if key == "server" else "")
        return told if is_name(told) else None


class Experiment(msgspec.Struct, frozen=True):
    """An Experiment as it is now."""

    live: LiveObject
    spec: ExperimentSpec
    status: Status

    @classmethod
    def of(cls, live: LiveObject) -> "Experiment":
        """Return an object as an Experiment.

        Raises:
            MalformedAnswer: it is none.
        """
        read = decode_object(live.document, _Experiment)
        return cls(live, read.spec, read.status)

    @property
    def total(self) -> int:
        """Return the sum of the weights."""
        return sum(candidate.weight for candidate in self.spec.candidates)

    def concerns(self, name: str) -> bool:
        """Tell whether it splits or copies the traffic of a model."""
        names = {candidate.name for candidate in self.spec.candidates}
        return self.spec.resource_type != "pipeline" and (
            name in names or (self.spec.mirror is not None and self.spec.mirror.name == name)
        )


def has_given_up(ready: ObjectCondition) -> bool:
    """Tell whether ModelReady says that a Model cannot be loaded; its state is the message, and the reason is free."""
    return ready.status == "False" and bool({ready.message, ready.reason} & GAVE_UP)


def shown_condition(condition: ObjectCondition) -> str:
    """Return a condition as it is told: `ModelReady is False: ScheduleFailed (no replica has room)`."""
    state, why = harmless(condition.message or condition.reason), harmless(condition.reason)
    told = f"{condition.type} is {condition.status}" + (f": {state}" if state else "")
    return f"{told} ({why})" if condition.message and why else told


def seldon_address(kind: str, namespace: str, name: str, subresource: str = "") -> Address:
    """Return where an object of Seldon Core 2 is."""
    return Address(GROUP_VERSION, PLURALS[kind], namespace, name, subresource)


def changed_since(live: LiveObject, status: Status, condition: ObjectCondition, pointer: str) -> bool:
    """Tell whether a condition speaks of the object as it is since a field (JSON pointer) was set.

    It must have changed since then, as far as the times of both are told: operators look at a change before it has any
    effect. A generation that is told and is older than the object rules it out.
    """
    if 0 < status.observed_generation < live.metadata.generation:
        return False
    writer, changed = live.writer(pointer), instant(condition.last_transition_time)
    return writer is None or writer.at is None or changed is None or changed >= writer.at - _SKEW_SECONDS
