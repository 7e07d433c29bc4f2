"""Stories in which something is wrong: each turns healthy models into one with an incident, and says what is right."""

from console.domain.anomaly import CauseKind
from tests.scenarios.drawing import Drawer, of
from tests.scenarios.releases import canary, failing_version, hidden_version, slow_version
from tests.scenarios.shortages import (
    crash_loop,
    llm_surge,
    long_prompts,
    lost_capacity,
    runaway_agent,
    surge,
    surge_after_release,
)
from tests.scenarios.stories import TOO_SLOW, Drawn, Story, changed, failing_ratio, lasting
from tests.scenarios.world import Dependency, Effect, Gap, Label, Quantity


def slow_replica(draw: Drawer, onset: float) -> Drawn:
    """Draw one replica that is slow while the others are well."""
    sketch = draw.sketch(onset, replicas=(3, 6))
    ends = lasting(draw, onset)
    slow = Effect(Quantity.SLOWDOWN, draw.about(4.0, 12.0), onset, ends, pods=(sketch.model.pods[0].name,))
    label = Label(sketch.name, "slow replica", onset, TOO_SLOW, CauseKind.BAD_REPLICA, ("bad-replica",))
    return Drawn((changed(sketch, effects=(slow,)),), (label,))


def failing_replica(draw: Drawer, onset: float) -> Drawn:
    """Draw one replica that fails while the others are well."""
    sketch = draw.sketch(onset, servings=of(failures=True), replicas=(3, 6))
    ratio = min(0.95, failing_ratio(draw, sketch) * len(sketch.model.pods))
    ends = lasting(draw, onset)
    failing = Effect(Quantity.FAILURES, ratio, onset, ends, pods=(sketch.model.pods[0].name,))
    label = Label(sketch.name, "failing replica", onset, ("errors",), CauseKind.BAD_REPLICA, ("bad-replica",))
    return Drawn((changed(sketch, effects=(failing,)),), (label,))


def slow_dependency(draw: Drawer, onset: float) -> Drawn:
    """Draw something that several models call and that answers late."""
    return _dependency(draw, onset, "slow dependency", TOO_SLOW, draw.about(0.5, 3.0), None)


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


def own_dependency(draw: Drawer, onset: float) -> Drawn:
    """Draw one model that calls something slow; nobody else does, but its client metrics tell."""
    sketch = draw.sketch(onset, servings=of(quantiles=True), busy=(0.1, 0.35))
    ends = lasting(draw, onset)
    seconds = sketch.profile.service_time * draw.between(0.2, 0.5)
    late = sketch.profile.service_time * draw.between(1.2, 3.0)
    address = f"{draw.one_of('features', 'rules')}-{draw.letters(4)}.ml"
    slow = Effect(Quantity.SLOWDOWN, 1.0 + late / seconds, onset, ends)
    felt = Effect(Quantity.SLOWDOWN, 1.0 + late / sketch.profile.service_time, onset, ends)
    playbooks = ("dependency-slow-or-failing",)
    label = Label(sketch.name, "dependency of its own", onset, TOO_SLOW, CauseKind.DEPENDENCY, playbooks)
    model = changed(sketch, effects=(felt,), calls=(address,))
    return Drawn((model,), (label,), (Dependency(address, seconds, effects=(slow,)),))


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


def slow_burn(draw: Drawer, onset: float) -> Drawn:
    """Draw a few failures more than promised, for most of a day: nothing to see in an hour, and the month is spent."""
    sketch = draw.sketch(onset, servings=of(failures=True), busy=(0.2, 0.5))
    began = onset - 20.0 * 3600.0
    # Above what the burn rule of a day asks for, below that of an hour.
    ratio = sketch.profile.objective.error_budget * draw.between(4.0, 8.0)
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
    "canary": canary,
    "surge-after-release": surge_after_release,
    "crash-loop": crash_loop,
    "own-dependency": own_dependency,
    "long-prompts": long_prompts,
    "llm-surge": llm_surge,
    "runaway-agent": runaway_agent,
    "slow-burn": slow_burn,
}
