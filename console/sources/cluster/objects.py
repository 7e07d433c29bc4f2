"""The parts of Kubernetes objects that the console reads, as typed values; whatever else they hold is ignored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from console.domain.label import harmless

T = TypeVar("T")


class MalformedAnswer(Exception):
    """An answer that is not the object that was asked for."""


class OwnerReference(msgspec.Struct, frozen=True, rename="camel"):
    """An owner of an object; the one with `controller` manages it."""

    kind: str
    name: str
    uid: str
    api_version: str = ""
    controller: bool = False


class ManagedFields(msgspec.Struct, frozen=True, rename="camel"):
    """The fields that one writer set last, and when (RFC 3339)."""

    manager: str = ""
    time: str | None = None
    subresource: str = ""
    fields: dict[str, Any] = msgspec.field(name="fieldsV1", default_factory=dict)


class Metadata(msgspec.Struct, frozen=True, rename="camel"):
    """Identity, owners and marks of an object."""

    name: str
    uid: str = ""
    namespace: str = ""
    generation: int = 0
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: tuple[OwnerReference, ...] | None = None
    managed_fields: tuple[ManagedFields, ...] | None = None

    @property
    def controller(self) -> OwnerReference | None:
        """Return the owner that manages the object, None where nobody does."""
        return next((owner for owner in self.owner_references or () if owner.controller), None)


class ObjectCondition(msgspec.Struct, frozen=True, rename="camel"):
    """One condition of an object's status; `status` is `True`, `False` or `Unknown`."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: str | None = None


class LabelRequirement(msgspec.Struct, frozen=True):
    """One expression of a selector."""

    key: str
    operator: str
    values: tuple[str, ...] | None = None

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether the labels of an object are as it demands; nothing holds by an operator that is not known."""
        match self.operator:
            case "In":
                return labels.get(self.key) in (self.values or ())
            case "NotIn":
                return labels.get(self.key) not in (self.values or ())
            case "Exists":
                return self.key in labels
            case "DoesNotExist":
                return self.key not in labels
        return False


class Selector(msgspec.Struct, frozen=True, rename="camel"):
    """The pods that belong to a workload."""

    match_labels: dict[str, str] | None = None
    match_expressions: tuple[LabelRequirement, ...] | None = None

    @property
    def query(self) -> str:
        """Return the selector as the `labelSelector` parameter of a LIST; empty where it selects by nothing."""
        parts = [f"{key}={value}" for key, value in sorted((self.match_labels or {}).items())]
        for requirement in self.match_expressions or ():
            values = ",".join(requirement.values or ())
            match requirement.operator:
                case "In":
                    parts.append(f"{requirement.key} in ({values})")
                case "NotIn":
                    parts.append(f"{requirement.key} notin ({values})")
                case "Exists":
                    parts.append(requirement.key)
                case "DoesNotExist":
                    parts.append(f"!{requirement.key}")
        return ",".join(parts)

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an object with some labels is selected; an empty selector selects all."""
        wanted = (self.match_labels or {}).items()
        return wanted <= labels.items() and all(each.holds(labels) for each in self.match_expressions or ())


class RollingUpdate(msgspec.Struct, frozen=True):
    """How a StatefulSet replaces its pods: those of the ordinals below the partition are left as they are."""

    partition: int = 0


class UpdateStrategy(msgspec.Struct, frozen=True, rename="camel"):
    """When a StatefulSet replaces its pods; of a Deployment it is empty."""

    type: str = ""
    rolling_update: RollingUpdate | None = None


class ScalableSpec(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a Deployment or a StatefulSet."""

    replicas: int = 1
    paused: bool = False
    selector: Selector = Selector()
    update_strategy: UpdateStrategy = UpdateStrategy()

    @property
    def partition(self) -> int:
        """Return the ordinal from which on the pods of a StatefulSet get a new revision."""
        return self.update_strategy.rolling_update.partition if self.update_strategy.rolling_update is not None else 0


class ScalableStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What became of it; the server leaves out every count that is 0."""

    observed_generation: int | str = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    selector: str = ""
    conditions: tuple[ObjectCondition, ...] | None = None

    def condition(self, type_: str) -> ObjectCondition | None:
        """Return the condition of a type, None while the server has not set it."""
        return next((condition for condition in self.conditions or () if condition.type == type_), None)


class Scalable(msgspec.Struct, frozen=True):
    """A Deployment or a StatefulSet."""

    metadata: Metadata
    spec: ScalableSpec
    status: ScalableStatus = ScalableStatus()

    @property
    def is_observed(self) -> bool:
        """Return whether its controller has looked at the newest spec."""
        return has_observed(self.status.observed_generation, self.metadata.generation)


class ReplicaSet(msgspec.Struct, frozen=True):
    """A ReplicaSet, read for its owner only."""

    metadata: Metadata


class PodStatus(msgspec.Struct, frozen=True):
    """Where a pod is."""

    phase: str = ""
    conditions: tuple[ObjectCondition, ...] | None = None


class Pod(msgspec.Struct, frozen=True):
    """A pod: its owner, and whether it found room."""

    metadata: Metadata
    status: PodStatus = PodStatus()


class ScaleTarget(msgspec.Struct, frozen=True, rename="camel"):
    """The object whose replicas an autoscaler sets."""

    kind: str
    name: str
    api_version: str = ""


class AutoscalerSpec(msgspec.Struct, frozen=True, rename="camel"):
    """Bounds and target of an autoscaler; the server's default for the lower bound is 1."""

    scale_target_ref: ScaleTarget
    max_replicas: int
    min_replicas: int | None = None


class AutoscalerStatus(msgspec.Struct, frozen=True):
    """What the controller of autoscalers says of one."""

    conditions: tuple[ObjectCondition, ...] | None = None


class Autoscaler(msgspec.Struct, frozen=True, rename="camel"):
    """A HorizontalPodAutoscaler; the items of a LIST do not say in which version of the API they are."""

    metadata: Metadata
    spec: AutoscalerSpec
    api_version: str = ""
    status: AutoscalerStatus = AutoscalerStatus()

    @property
    def minimum(self) -> int:
        """Return the lower bound."""
        return 1 if self.spec.min_replicas is None else self.spec.min_replicas

    @property
    def complaint(self) -> ObjectCondition | None:
        """Return the condition for which it does not scale by itself; None where it does, or rests at 0 replicas."""
        for each in self.status.conditions or ():
            stuck = each.status == "False" and each.type in {"AbleToScale", "ScalingActive"}
            if stuck and each.reason != "ScalingDisabled":
                return each
        return None

    def scales(self, group: str, kind: str, name: str) -> bool:
        """Tell whether it sets the replicas of an object of its own namespace, whatever the version of its group."""
        target = self.spec.scale_target_ref
        return (target.api_version.rpartition("/")[0], target.kind, target.name) == (group, kind, name)


class _List(msgspec.Struct, frozen=True):
    items: list[Any] | None = None


def instant(text: str | None) -> float | None:
    """Return a time of the API (RFC 3339) in UTC seconds; None where there is none that can be read."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.timestamp()


def has_observed(observed: int | str, generation: int) -> bool:
    """Return whether a controller has looked at a generation.

    That of Argo Rollouts writes it as text, and before 0.10 a hash, which tells nothing.
    """
    seen = str(observed)
    return bool(seen) and (not seen.isdecimal() or int(seen) >= generation)


def decode_object(answer: object, as_type: type[T]) -> T:
    """Return an answer as an object of a type.

    Raises:
        MalformedAnswer: it is none.
    """
    try:
        return msgspec.convert(answer, type=as_type)
    except msgspec.ValidationError as error:
        raise MalformedAnswer(f"the cluster's answer is not a {as_type.__name__}: {harmless(str(error))}") from None


def decode_list(answer: object, of_type: type[T]) -> tuple[T, ...]:
    """Return the objects of a LIST.

    Raises:
        MalformedAnswer: it is none, or one of its items is not of the type.
    """
    return tuple(decode_object(item, of_type) for item in decode_object(answer, _List).items or ())
