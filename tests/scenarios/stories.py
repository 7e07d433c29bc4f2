"""What all stories of metrics share: what they add to a fleet, how a release is rolled out, how long things last."""

from collections.abc import Callable

import msgspec

from tests.scenarios.drawing import Drawer, Sketch
from tests.scenarios.world import Dependency, Label, Life, ServedModel


class Drawn(msgspec.Struct, frozen=True):
    """What a story adds to the fleet."""

    models: tuple[ServedModel, ...]
    labels: tuple[Label, ...]
    dependencies: tuple[Dependency, ...] = ()


Story = Callable[[Drawer, float], Drawn]
"""Draws what a story adds; the instant is the onset."""

TOO_SLOW: tuple[str, ...] = ("latency", "saturation", "errors")
"""What is seen of too little capacity: it is slow, then full, then requests are refused."""


def changed(sketch: Sketch, **changes: object) -> ServedModel:
    """Return a model of a sketch with some of its fields changed."""
    return msgspec.structs.replace(sketch.model, **changes)


def lasting(draw: Drawer, onset: float) -> float:
    """Return when an incident ends by itself."""
    return onset + draw.between(27.0, 45.0) * 60.0


def failing_ratio(draw: Drawer, sketch: Sketch) -> float:
    """Return a ratio of failures that burns the budget of a month within a day at the most."""
    budget = sketch.profile.objective.error_budget
    return max(draw.about(0.02, 0.5), 40.0 * budget * draw.between(1.0, 2.0))


def released(draw: Drawer, sketch: Sketch, onset: float, *, only: int | None = None) -> tuple[str, tuple[Life, ...]]:
    """Return the next version and all pods, old and new ones, of a rolling update of all or `only` some replicas."""
    version = f"v{int(sketch.profile.version[1:]) + draw.whole(1, 3)}"
    replica_set = f"{sketch.name}-{draw.letters(9)}"
    pods: list[Life] = []
    begins = onset
    for old in sketch.model.pods[:only]:
        new = draw.pod(sketch.name, version, replica_set)
        pods.append(msgspec.structs.replace(old, ends=begins + draw.between(3.0, 15.0)))
        pods.append(msgspec.structs.replace(new, begins=begins))
        begins += draw.between(10.0, 45.0)
    return version, (*pods, *sketch.model.pods[len(pods) // 2 :])
