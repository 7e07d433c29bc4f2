"""Stories of more work than the replicas can do, or fewer replicas than the work needs."""

import msgspec
import numpy as np

from console.domain.anomaly import CauseKind
from tests.scenarios.drawing import Drawer, Sketch, of
from tests.scenarios.serving import Serving
from tests.scenarios.stories import TOO_SLOW, Drawn, changed, lasting, released
from tests.scenarios.world import Effect, Label, Quantity


def surge(draw: Drawer, onset: float) -> Drawn:
    """Draw more traffic than the replicas can carry."""
    sketch = draw.sketch(onset, busy=(0.3, 0.65))
    factor = draw.between(1.05, 1.5) / sketch.busy
    more = Effect(Quantity.TRAFFIC, factor, onset, lasting(draw, onset), ramp=draw.about(5.0, 120.0))
    playbooks = ("scale-out", "llm-saturation") if sketch.model.serving is Serving.VLLM else ("scale-out",)
    label = Label(sketch.name, "traffic surge", onset, TOO_SLOW, CauseKind.TRAFFIC_SURGE, playbooks)
    return Drawn((changed(sketch, effects=(more,)),), (label,))


def surge_after_release(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that is as good as the one before, and some minutes later more traffic than can be carried."""
    sketch = draw.sketch(onset, servings=of(versions=True), busy=(0.3, 0.6))
    _, pods = released(draw, sketch, onset - draw.between(12.0, 40.0) * 60.0)
    factor = draw.between(1.05, 1.5) / sketch.busy
    more = Effect(Quantity.TRAFFIC, factor, onset, lasting(draw, onset), ramp=draw.about(5.0, 120.0))
    story = "surge after a release"
    label = Label(sketch.name, story, onset, TOO_SLOW, CauseKind.TRAFFIC_SURGE, ("scale-out",))
    return Drawn((changed(sketch, pods=pods, effects=(more,)),), (label,))


def lost_capacity(draw: Drawer, onset: float) -> Drawn:
    """Draw replicas that are gone, so that the others cannot carry the traffic: deleted, or with their machine."""
    sketch, lost = _short_of_replicas(draw, onset)
    pods, ends = list(sketch.model.pods), lasting(draw, onset)
    missed = ends if draw.happens(0.5) else None
    for number in range(lost):
        gone = onset + draw.between(0.0, 10.0)
        pods[number] = msgspec.structs.replace(pods[number], ends=gone, missed_until=missed)
    for number in range(lost):  # what takes their place becomes ready when it is over
        heir = draw.pod(sketch.name, pods[number].version, pods[number].replica_set)
        pods.append(msgspec.structs.replace(heir, begins=ends + number))
    label = Label(sketch.name, "lost replicas", onset, TOO_SLOW, CauseKind.CAPACITY_LOSS, ("restore-capacity",))
    return Drawn((changed(sketch, pods=tuple(pods)),), (label,))


def crash_loop(draw: Drawer, onset: float) -> Drawn:
    """Draw replicas that start, serve for a moment and crash, again and again."""
    sketch, lost = _short_of_replicas(draw, onset, with_deployment=1.0)
    pods, ends = list(sketch.model.pods), lasting(draw, onset)
    for number in range(lost):
        restarts = tuple(np.arange(onset + draw.between(0.0, 20.0), ends, 13.0).tolist())
        pods[number] = msgspec.structs.replace(pods[number], restarts=restarts)
    label = Label(sketch.name, "crash loop", onset, TOO_SLOW, CauseKind.CAPACITY_LOSS, ("restore-capacity",))
    return Drawn((changed(sketch, pods=tuple(pods)),), (label,))


def _short_of_replicas(draw: Drawer, onset: float, with_deployment: float = 0.8) -> tuple[Sketch, int]:
    """Return a busy model, and how many of its replicas must go until the others cannot carry its traffic."""
    sketch = draw.sketch(onset, busy=(0.5, 0.72), replicas=(3, 6), with_deployment=with_deployment)
    count = len(sketch.model.pods)
    return sketch, next(lost for lost in range(1, count) if sketch.busy * count / (count - lost) >= 1.0)


def long_prompts(draw: Drawer, onset: float) -> Drawn:
    """Draw a language model whose requests became so much longer that its KV cache is full and requests wait."""
    sketch = draw.sketch(onset, servings=(Serving.VLLM,), busy=(0.35, 0.6))
    size = draw.between(1.02, 1.4) / sketch.busy
    ends = lasting(draw, onset)
    ramp = draw.about(10.0, 200.0)
    longer = Effect(Quantity.SLOWDOWN, size, onset, ends, ramp)
    more = Effect(Quantity.TOKENS, size, onset, ends, ramp)
    kinds = ("saturation", "latency", "errors")
    label = Label(sketch.name, "long prompts", onset, kinds, CauseKind.SATURATION, ("llm-saturation",))
    return Drawn((changed(sketch, effects=(longer, more)),), (label,))


def llm_surge(draw: Drawer, onset: float) -> Drawn:
    """Draw more requests than the replicas of a language model can batch."""
    sketch = draw.sketch(onset, servings=(Serving.VLLM,), busy=(0.3, 0.6))
    factor = draw.between(1.05, 1.5) / sketch.busy
    more = Effect(Quantity.TRAFFIC, factor, onset, lasting(draw, onset), ramp=draw.about(5.0, 120.0))
    playbooks = ("llm-saturation", "scale-out")
    label = Label(sketch.name, "surge of an LLM", onset, TOO_SLOW, CauseKind.TRAFFIC_SURGE, playbooks)
    return Drawn((changed(sketch, effects=(more,)),), (label,))


def runaway_agent(draw: Drawer, onset: float) -> Drawn:
    """Draw an agent that calls its model again and again with ever more tokens; the provider does not mind."""
    sketch = draw.sketch(onset, servings=(Serving.OTEL_GENAI,), busy=(0.02, 0.06), with_deployment=0.0)
    ends = lasting(draw, onset)
    ramp = draw.about(10.0, 200.0)
    calls = Effect(Quantity.TRAFFIC, draw.about(2.0, 5.0), onset, ends, ramp)
    tokens = Effect(Quantity.TOKENS, draw.about(2.0, 6.0), onset, ends, ramp)
    label = Label(sketch.name, "runaway agent", onset, ("traffic", "saturation"), None, ("agent-runaway",))
    return Drawn((changed(sketch, effects=(calls, tokens)),), (label,))
