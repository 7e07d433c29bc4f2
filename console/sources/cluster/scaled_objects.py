"""ScaledObjects: what KEDA scales, between which bounds, and whether somebody paused that.

https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from console.sources.cluster.objects import Metadata, ObjectCondition, ScaleTarget
from console.sources.cluster.rollouts import group_of

SCALED_OBJECT = "ScaledObject"
SCALED_OBJECT_VERSION, SCALED_OBJECTS = "keda.sh/v1alpha1", "scaledobjects"
DEFAULT_BOUNDS = (0, 100)
"""Between which KEDA scales where a ScaledObject names no bounds."""
HELD_COUNT = "autoscaling.keda.sh/paused-replicas"
"""The annotation that pauses the scaling and holds a number of replicas."""
_PAUSED = "autoscaling.keda.sh/paused"
_NOT_PAUSED = frozenset({"0", "f", "F", "FALSE", "false", "False"})
"""What Go's `ParseBool` takes for false; whatever else stands there pauses."""


class ScaledObjectTarget(msgspec.Struct, frozen=True, rename="camel"):
    """What a ScaledObject scales: a Deployment unless it says otherwise."""

    name: str
    kind: str = "Deployment"
    api_version: str = "apps/v1"


class ScaledObjectSpec(msgspec.Struct, frozen=True, rename="camel"):
    """Bounds, target and triggers of a ScaledObject."""

    scale_target_ref: ScaledObjectTarget
    min_replica_count: int | None = None
    max_replica_count: int | None = None
    triggers: tuple[dict[str, Any], ...] | None = None

    @property
    def least(self) -> int:
        """Return the lower bound."""
        return DEFAULT_BOUNDS[0] if self.min_replica_count is None else self.min_replica_count

    @property
    def most(self) -> int:
        """Return the upper bound."""
        return DEFAULT_BOUNDS[1] if self.max_replica_count is None else self.max_replica_count


class ScaledObjectStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What KEDA says of it."""

    conditions: tuple[ObjectCondition, ...] | None = None


class ScaledObject(msgspec.Struct, frozen=True):
    """A ScaledObject of KEDA."""

    metadata: Metadata
    spec: ScaledObjectSpec
    status: ScaledObjectStatus = ScaledObjectStatus()

    @property
    def held(self) -> int | None:
        """Return the number of replicas at which KEDA holds its target, None where it holds it at none."""
        return held_count(self.metadata)

    @property
    def is_paused(self) -> bool:
        """Return whether KEDA scales nothing by itself."""
        return bool(self.pauses)

    @property
    def pauses(self) -> tuple[str, ...]:
        """Return what pauses it, as it is written: `paused-replicas 3`."""
        annotations = self.metadata.annotations or {}
        marks = [mark for mark in (HELD_COUNT, _PAUSED) if mark in annotations]
        if annotations.get(_PAUSED) in _NOT_PAUSED:
            marks.remove(_PAUSED)
        return tuple(f"{mark.partition('/')[2]} {annotations[mark]}" for mark in marks)


def held_count(metadata: Metadata) -> int | None:
    """Return the number of replicas that a ScaledObject holds by its marks, None where it holds none."""
    written = (metadata.annotations or {}).get(HELD_COUNT, "")
    return int(written) if written.isascii() and written.isdecimal() else None


def find_scaled_object(scaled_objects: Iterable[ScaledObject], kind: str, name: str) -> ScaledObject | None:
    """Return the ScaledObject of a workload of its namespace."""
    return next((each for each in scaled_objects if scales(each.spec.scale_target_ref, kind, name)), None)


def scales(target: ScaleTarget | ScaledObjectTarget, kind: str, name: str) -> bool:
    """Tell whether a workload is meant, and not another kind of object that is called like its kind."""
    group = target.api_version.rpartition("/")[0]
    return (group, target.kind or "Deployment", target.name) == (group_of(kind), kind, name)
