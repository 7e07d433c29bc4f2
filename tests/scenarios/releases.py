"""Stories of releases that made things worse."""

from console.domain.anomaly import CauseKind
from tests.scenarios.drawing import Drawer, of
from tests.scenarios.serving import Serving
from tests.scenarios.stories import TOO_SLOW, Drawn, changed, failing_ratio, lasting, released
from tests.scenarios.world import Effect, Label, Quantity

_ROLL_BACK = ("roll-back-version",)


def slow_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that takes longer for each request."""
    factor = draw.about(2.0, 6.0)
    busy = draw.one_of(0.95, 0.95, 0.95, 1.5) / factor
    sketch = draw.sketch(onset, servings=of(versions=True), busy=(0.08, busy))
    version, pods = released(draw, sketch, onset)
    slow = Effect(Quantity.SLOWDOWN, factor, onset, lasting(draw, onset), version=version)
    label = Label(sketch.name, "new version, slow", onset, TOO_SLOW, CauseKind.NEW_VERSION, _ROLL_BACK)
    return Drawn((changed(sketch, pods=pods, effects=(slow,)),), (label,))


def failing_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that fails some requests."""
    sketch = draw.sketch(onset, servings=of(versions=True, failures=True))
    version, pods = released(draw, sketch, onset)
    failing = Effect(Quantity.FAILURES, failing_ratio(draw, sketch), onset, lasting(draw, onset), version=version)
    label = Label(
        sketch.name, "new version, failing", onset, ("errors",), CauseKind.NEW_VERSION, ("roll-back-version",)
    )
    return Drawn((changed(sketch, pods=pods, effects=(failing,)),), (label,))


def hidden_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a slow release of a model whose metrics name no version: only its ReplicaSets tell of it."""
    factor = draw.about(2.0, 6.0)
    servings = (Serving.KSERVE, Serving.TENSORFLOW, Serving.VLLM)
    sketch = draw.sketch(onset, servings=servings, busy=(0.08, 0.95 / factor), with_deployment=1.0)
    version, pods = released(draw, sketch, onset)
    slow = Effect(Quantity.SLOWDOWN, factor, onset, lasting(draw, onset), version=version)
    label = Label(sketch.name, "new version, no label", onset, TOO_SLOW, CauseKind.NEW_VERSION, _ROLL_BACK)
    return Drawn((changed(sketch, pods=pods, effects=(slow,)),), (label,))


def canary(draw: Drawer, onset: float) -> Drawn:
    """Draw a release to one replica only, which is slow or fails."""
    sketch = draw.sketch(onset, servings=of(versions=True, failures=True), busy=(0.1, 0.3), replicas=(3, 6))
    version, pods = released(draw, sketch, onset, only=1)
    ends = lasting(draw, onset)
    if draw.happens(0.5):
        kinds, effect = TOO_SLOW, Effect(Quantity.SLOWDOWN, draw.about(3.0, 8.0), onset, ends, version=version)
    else:
        ratio = min(0.9, failing_ratio(draw, sketch) * sketch.profile.replicas)
        kinds, effect = ("errors",), Effect(Quantity.FAILURES, ratio, onset, ends, version=version)
    label = Label(sketch.name, "canary", onset, kinds, CauseKind.NEW_VERSION, _ROLL_BACK)
    return Drawn((changed(sketch, pods=pods, effects=(effect,)),), (label,))
