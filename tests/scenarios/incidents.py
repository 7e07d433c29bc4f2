"""Stories in which something is wrong: each turns healthy models into one with an incident, and says what is right."""

from collections.abc import Callable

import msgspec

from console.domain.anomaly import CauseKind
from tests.scenarios.drawing import Drawer, Sketch, of
from tests.scenarios.serving import Serving
from tests.scenarios.world import (
    Dependency,
    Effect,
    Gap,
    Label,
    Life,
    Quantity,
    ServedModel,
)


class Drawn(msgspec.Struct, frozen=True):
    """What a story adds to the fleet."""

    models: tuple[ServedModel, ...]
    labels: tuple[Label, ...]
    dependencies: tuple[Dependency, ...] = ()


Story = Callable[[Drawer, float], Drawn]
"""Draws what a story adds; the instant is the onset."""

_SLOW = ("latency", "saturation", "errors")
"""What is seen of too little capacity: it is slow, then full, then requests are refused."""
_ROLL_BACK = ("roll-back-version",)


def changed(sketch: Sketch, **changes: object) -> ServedModel:
    """Return a model of a sketch with some of its fields changed."""
    return msgspec.structs.replace(sketch.model, **changes)


def lasting(draw: Drawer, onset: float) -> float:
    """Return when an incident ends by itself."""
    return onset + draw.between(27.0, 45.0) * 60.0


def released(draw: Drawer, sketch: Sketch, onset: float) -> tuple[str, tuple[Life, ...]]:
    """Return the next version and all pods, old and new ones, of a rolling update that begins at `onset`."""
    version = f"v{int(sketch.profile.version[1:]) + draw.whole(1, 3)}"
    replica_set = f"{sketch.name}-{draw.letters(9)}"
    pods: list[Life] = []
    begins = onset
    for old in sketch.model.pods:
        new = draw.pod(sketch.name, version, replica_set)
        pods.append(msgspec.structs.replace(old, ends=begins + draw.between(3.0, 15.0)))
        pods.append(msgspec.structs.replace(new, begins=begins))
        begins += draw.between(10.0, 45.0)
    return version, tuple(pods)


def slow_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that takes longer for each request."""
    factor = draw.about(2.0, 6.0)
    busy = draw.one_of(0.95, 0.95, 0.95, 1.5) / factor
    sketch = draw.sketch(onset, servings=of(versions=True), busy=(0.08, busy))
    version, pods = released(draw, sketch, onset)
    slow = Effect(Quantity.SLOWDOWN, factor, onset, lasting(draw, onset), version=version)
    label = Label(sketch.name, "new version, slow", onset, _SLOW, CauseKind.NEW_VERSION, _ROLL_BACK)
    return Drawn((changed(sketch, pods=pods, effects=(slow,)),), (label,))


def failing_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a release that fails some requests."""
    sketch = draw.sketch(onset, servings=of(versions=True, failures=True))
    version, pods = released(draw, sketch, onset)
    failing = Effect(Quantity.FAILURES, _failing_ratio(draw, sketch), onset, lasting(draw, onset), version=version)
    label = Label(
        sketch.name, "new version, failing", onset, ("errors",), CauseKind.NEW_VERSION, ("roll-back-version",)
    )
    return Drawn((changed(sketch, pods=pods, effects=(failing,)),), (label,))


def _failing_ratio(draw: Drawer, sketch: Sketch) -> float:
    """Return a ratio of failures that burns the budget of a month within a day at the most."""
    budget = sketch.profile.objective.error_budget
    return max(draw.about(0.02, 0.5), 40.0 * budget * draw.between(1.0, 2.0))


def surge(draw: Drawer, onset: float) -> Drawn:
    """Draw more traffic than the replicas can carry."""
    sketch = draw.sketch(onset, busy=(0.3, 0.65))
    factor = draw.between(1.0, 1.5) / sketch.busy
    more = Effect(Quantity.TRAFFIC, factor, onset, lasting(draw, onset), ramp=draw.about(5.0, 120.0))
    label = Label(sketch.name, "traffic surge", onset, _SLOW, CauseKind.TRAFFIC_SURGE, ("scale-out",))
    return Drawn((changed(sketch, effects=(more,)),), (label,))


def lost_capacity(draw: Drawer, onset: float) -> Drawn:
    """Draw replicas that are lost, so that the others cannot carry the traffic."""
    sketch = draw.sketch(onset, busy=(0.5, 0.72), replicas=(3, 6), with_deployment=0.8)
    pods = list(sketch.model.pods)
    lost = next(count for count in range(1, len(pods)) if sketch.busy * len(pods) / (len(pods) - count) >= 1.0)
    ends = lasting(draw, onset)
    for number in range(lost):
        pods[number] = msgspec.structs.replace(pods[number], ends=onset + draw.between(0.0, 10.0))
    for number in range(lost):  # what takes their place becomes ready when it is over
        heir = draw.pod(sketch.name, pods[number].version, pods[number].replica_set)
        pods.append(msgspec.structs.replace(heir, begins=ends + number))
    label = Label(sketch.name, "lost replicas", onset, _SLOW, CauseKind.CAPACITY_LOSS, ("restore-capacity",))
    return Drawn((changed(sketch, pods=tuple(pods)),), (label,))


def slow_replica(draw: Drawer, onset: float) -> Drawn:
    """Draw one replica that is slow while the others are well."""
    sketch = draw.sketch(onset, replicas=(3, 6))
    ends = lasting(draw, onset)
    slow = Effect(Quantity.SLOWDOWN, draw.about(4.0, 12.0), onset, ends, pods=(sketch.model.pods[0].name,))
    label = Label(sketch.name, "slow replica", onset, _SLOW, CauseKind.BAD_REPLICA, ("bad-replica",))
    return Drawn((changed(sketch, effects=(slow,)),), (label,))


def failing_replica(draw: Drawer, onset: float) -> Drawn:
    """Draw one replica that fails while the others are well."""
    sketch = draw.sketch(onset, servings=of(failures=True), replicas=(3, 6))
    ratio = min(0.95, _failing_ratio(draw, sketch) * len(sketch.model.pods))
    ends = lasting(draw, onset)
    failing = Effect(Quantity.FAILURES, ratio, onset, ends, pods=(sketch.model.pods[0].name,))
    label = Label(sketch.name, "failing replica", onset, ("errors",), CauseKind.BAD_REPLICA, ("bad-replica",))
    return Drawn((changed(sketch, effects=(failing,)),), (label,))


def slow_dependency(draw: Drawer, onset: float) -> Drawn:
    """Draw something that several models call and that answers late."""
    return _dependency(draw, onset, "slow dependency", _SLOW, draw.about(0.5, 3.0), None)


def failing_dependency(draw: Drawer, onset: float) -> Drawn:
    """Draw something that several models call and that fails."""
    return _dependency(draw, onset, "failing dependency", ("errors",), None, draw.about(0.1, 0.5))


def _dependency(
    draw: Drawer, onset: float, story: str, kinds: tuple[str, ...], added: float | None, failing: float | None
) -> Drawn:
    """Draw models that call the same; `added` are seconds for each second of the slowest model's own time."""
    ends = lasting(draw, onset)
    servings = of(quantiles=True, failures=failing is not None)
    sketches = [draw.sketch(onset, servings=servings) for _ in range(draw.whole(2, 4))]
    usual = min(sketch.profile.service_time for sketch in sketches)
    seconds = usual * draw.between(0.1, 0.3)
    service = draw.one_of("features", "profiles", "embeddings", "geo", "rules")
    address = f"{service}-{draw.letters(4)}.{draw.one_of('ml', 'data')}"
    own: list[Effect] = []
    late = 0.0
    if added is not None:
        late = added * 1.2 * max(sketch.profile.service_time for sketch in sketches)
        own.append(Effect(Quantity.SLOWDOWN, 1.0 + late / seconds, onset, ends))
    if failing is not None:
        own.append(Effect(Quantity.FAILURES, failing, onset, ends))
    exported = draw.happens(0.5)
    models, labels = [], []
    for sketch in sketches:
        begins = onset + draw.between(0.0, 10.0)
        effects = []
        if late:
            effects.append(Effect(Quantity.SLOWDOWN, 1.0 + late / sketch.profile.service_time, begins, ends))
        if failing is not None:
            effects.append(Effect(Quantity.FAILURES, failing, begins, ends))
        models.append(changed(sketch, effects=tuple(effects), calls=(address,) if exported else ()))
        labels.append(
            Label(sketch.name, story, onset, kinds, CauseKind.DEPENDENCY, ("dependency-slow-or-failing", "fleet-wide"))
        )
    return Drawn(tuple(models), tuple(labels), (Dependency(address, seconds, effects=tuple(own)),))


def missing_metrics(draw: Drawer, onset: float) -> Drawn:
    """Draw a model whose exporters answer no more."""
    sketch = draw.sketch(onset)
    label = Label(sketch.name, "missing metrics", onset, ("missing_data",), None, ("metrics-missing",))
    return Drawn((changed(sketch, gaps=(Gap(onset, lasting(draw, onset), down=True),)),), (label,))


def traffic_gone(draw: Drawer, onset: float) -> Drawn:
    """Draw a model to which no requests come any more."""
    sketch = draw.sketch(onset)
    gone = Effect(Quantity.TRAFFIC, 0.0, onset, lasting(draw, onset))
    label = Label(sketch.name, "traffic gone", onset, ("traffic",), None, ("traffic-gone",), within=600.0)
    return Drawn((changed(sketch, effects=(gone,)),), (label,))


def unexplained(draw: Drawer, onset: float) -> Drawn:
    """Draw a model that is slow and nothing that is exported says why."""
    sketch = draw.sketch(onset, busy=(0.15, 0.3), servings=of(quantiles=True))
    slow = Effect(Quantity.SLOWDOWN, draw.about(2.0, 3.0), onset, lasting(draw, onset), ramp=draw.about(1.0, 60.0))
    label = Label(sketch.name, "slow, unknown why", onset, ("latency",), CauseKind.UNKNOWN)
    return Drawn((changed(sketch, effects=(slow,)),), (label,))


def hidden_version(draw: Drawer, onset: float) -> Drawn:
    """Draw a slow release of a model whose metrics name no version: only its ReplicaSets tell of it."""
    factor = draw.about(2.0, 6.0)
    servings = (Serving.KSERVE, Serving.TENSORFLOW, Serving.VLLM)
    sketch = draw.sketch(onset, servings=servings, busy=(0.08, 0.95 / factor), with_deployment=1.0)
    version, pods = released(draw, sketch, onset)
    slow = Effect(Quantity.SLOWDOWN, factor, onset, lasting(draw, onset), version=version)
    label = Label(sketch.name, "new version, no label", onset, _SLOW, CauseKind.NEW_VERSION, _ROLL_BACK)
    return Drawn((changed(sketch, pods=pods, effects=(slow,)),), (label,))


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
    label = Label(sketch.name, "surge of an LLM", onset, _SLOW, CauseKind.TRAFFIC_SURGE, playbooks)
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


def slow_burn(draw: Drawer, onset: float) -> Drawn:
    """Draw a few failures more than promised, for most of a day: nothing to see in an hour, and the month is spent."""
    sketch = draw.sketch(onset, servings=of(failures=True), busy=(0.2, 0.5))
    began = onset - 20.0 * 3600.0
    ratio = sketch.profile.objective.error_budget * draw.between(4.5, 9.0)
    few = Effect(Quantity.FAILURES, ratio, began, ramp=600.0)
    looked = tuple(20.0 * 3600.0 + after for after in (300.0, 1500.0))
    label = Label(
        sketch.name,
        "slow budget burn",
        began,
        ("errors",),
        CauseKind.UNKNOWN,
        ("budget-burning-slowly",),
        looked[0],
        looked,
    )
    return Drawn((changed(sketch, effects=(few,)),), (label,))


METRIC_INCIDENTS: dict[str, Story] = {
    "slow-version": slow_version,
    "failing-version": failing_version,
    "surge": surge,
    "lost-capacity": lost_capacity,
    "slow-replica": slow_replica,
    "failing-replica": failing_replica,
    "slow-dependency": slow_dependency,
    "failing-dependency": failing_dependency,
    "missing-metrics": missing_metrics,
    "traffic-gone": traffic_gone,
    "unexplained": unexplained,
    "hidden-version": hidden_version,
    "long-prompts": long_prompts,
    "llm-surge": llm_surge,
    "runaway-agent": runaway_agent,
    "slow-burn": slow_burn,
}
