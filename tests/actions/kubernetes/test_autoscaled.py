"""Scaling what something else scales by itself."""

from typing import Any

import msgspec
import pytest

from console.actions.kubernetes.scale import Scale
from console.actions.provider import ActionRefused
from console.domain.action import Plan, RiskTier
from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from console.simulation.cluster import Fault
from console.simulation.cluster.keda import PAUSED, PAUSED_REPLICAS, SCALED_OBJECTS, add_keda
from tests.actions.kubernetes.world import Clock, World, occasion
from tests.sources.cluster.canned import CannedTransport, owned

TARGET = Workload("prod-eu", "ml", "Deployment", "fraud", "d-1", 2, 1, autoscaler="keda-hpa-fraud")
AUTOSCALERS_PATH = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers"
SCALED_PATH = "/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects"
SCALED = f"{SCALED_PATH}/fraud"


async def plan_in(world: World, replicas: int) -> Plan:
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)
    return await world.action().plan(occasion(world.fraud), {"replicas": replicas}, may_dry_run=True)


def fields(plan: Plan) -> dict[str, Any]:
    return {each["path"]: each.get("value") for each in plan.request.body if each["op"] != "test"}


@pytest.mark.parametrize(
    ("replicas", "expected"),
    [
        (6, {"/spec/minReplicas": 6}),
        (10, {"/spec/maxReplicas": 10, "/spec/minReplicas": 10}),
        (1, {"/spec/minReplicas": 1}),
        (0, {"/spec/replicas": 0}),
    ],
)
async def test_the_bounds_of_an_autoscaler_are_changed_and_not_the_count(
    world: World, replicas: int, expected: dict[str, int]
) -> None:
    plan = await plan_in(world, replicas)
    assert (plan.refusals, fields(plan)) == ((), expected)
    assert plan.target == world.fraud.target


async def test_which_of_several_autoscalers_is_meant_is_not_guessed(world: World) -> None:
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)
    other = (await world.transport.get(AUTOSCALERS_PATH))["items"][0]
    await world.transport.create(AUTOSCALERS_PATH, {**other, "metadata": {"name": "fraud-by-queue"}})
    found = msgspec.structs.replace(world.fraud, autoscaler="fraud")
    told = r"2 HorizontalPodAutoscalers are for fraud \(fraud, fraud-by-queue\): Kubernetes lets none of them scale it"
    with pytest.raises(ActionRefused, match=told):
        await world.action().plan(occasion(found), {"replicas": 6}, may_dry_run=True)
    with pytest.raises(ActionRefused, match=told):
        await world.action().prospect(occasion(found))


async def test_a_bound_that_was_not_set_is_taken_back_to_what_kubernetes_takes(world: World) -> None:
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=1, maximum=8)
    bare = (await world.transport.get(AUTOSCALERS_PATH))["items"][0]
    del bare["spec"]["minReplicas"]  # as a server that fills no defaults in
    plain = msgspec.json.encode(bare)
    world.cluster.faults.add(Fault(method="GET", path=f"{AUTOSCALERS_PATH}/fraud", body=plain))
    world.cluster.faults.add(Fault(method="PATCH", dry_run=True, body=plain))
    plan = await world.action().plan(occasion(world.fraud), {"replicas": 4}, may_dry_run=False)
    assert plan.title == "Let HorizontalPodAutoscaler fraud run at least 4 replicas of fraud, not 1"
    undo = await world.action().plan_undo(plan, may_dry_run=False)
    assert undo.title == "Let HorizontalPodAutoscaler fraud run at least 1 replica of fraud, not 1"


async def test_what_an_autoscaler_leaves_at_zero_is_started_by_its_count(world: World) -> None:
    await world.scale_as_a_colleague(0)
    plan = await plan_in(world, 4)
    assert (plan.refusals, fields(plan)) == ((), {"/spec/replicas": 4})
    assert plan.notes[0].endswith("starts again when there are some: it keeps them between 2 and 8 then")
    await world.action().commit(plan)
    assert world.settled_replicas() == 4


async def test_why_the_bounds_are_changed_is_told_before_the_key(world: World) -> None:
    plan = await plan_in(world, 6)
    assert plan.title == "Let HorizontalPodAutoscaler fraud run at least 6 replicas of fraud, not 2"
    assert "would take back a change of the count" in plan.notes[0]
    assert plan.command is not None
    assert " patch horizontalpodautoscalers.autoscaling/fraud --type=json " in plan.command


async def test_an_autoscaler_without_metrics_is_told_not_to_scale_at_all(world: World) -> None:
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=2, maximum=8)
    world.clock.now += 20
    world.cluster.advance()
    plan = await world.action().plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
    assert plan.notes[0].startswith(
        "HorizontalPodAutoscaler fraud does not scale by itself now, it only keeps its bounds: "
    )
    assert "(get pods.metrics.k8s.io)" in plan.notes[0]
    assert plan.notes[1].endswith("would take back a change of the count when it scales again")
    await world.action().commit(plan)
    world.clock.now += 30
    assert world.settled_replicas() == 6


def under_keda(running: int, annotations: dict[str, str] | None = None, **bounds: int) -> Scale:
    """Return the action where KEDA scales a Deployment."""
    deployment = owned("Deployment", "fraud", "d-1", None)
    deployment["spec"] |= {"replicas": running}
    scaler = owned("HorizontalPodAutoscaler", "keda-hpa-fraud", "h-1", None)
    above = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "name": "fraud",
        "uid": "k-1",
        "controller": True,
    }
    scaler["metadata"]["ownerReferences"] = [above | {"controller": True}]
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "fraud"}
    scaler["spec"] = {"maxReplicas": 4, "minReplicas": 1, "scaleTargetRef": reference}
    scaled = owned("ScaledObject", "fraud", "k-1", None) | {"spec": {"maxReplicaCount": 4, **bounds}}
    scaled["metadata"]["annotations"] = annotations or {}
    answers: dict[str, Any] = {
        "/apis/apps/v1/namespaces/ml/deployments/fraud": deployment,
        "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers": {"items": [scaler]},
        "/api/v1/namespaces/ml/pods": {},
        SCALED: scaled,
    }
    return Scale(CannedTransport(answers), KubernetesSettings(context="prod-eu"), Clock())


@pytest.mark.parametrize("running", [1, 0])
async def test_keda_is_changed_above_the_autoscaler_that_it_makes(running: int) -> None:
    action = under_keda(running)
    plan = await action.plan(occasion(TARGET), {"replicas": 6}, may_dry_run=False)
    assert (plan.request.path, plan.refusals) == (SCALED, ())
    assert fields(plan) == {"/spec/maxReplicaCount": 6, "/spec/minReplicaCount": 6}
    assert plan.undo is not None
    assert {"op": "remove", "path": "/spec/minReplicaCount"} in plan.undo.request.body
    assert plan.request.body[0]["value"] == "k-1"


async def test_an_autoscaler_that_an_operator_keeps_is_not_changed_below_it(world: World) -> None:
    plan = await plan_in(world, 6)
    assert plan.refusals == ()
    path = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/fraud"
    owner = {"apiVersion": "x/v1", "kind": "ModelFleet", "name": "fraud", "uid": "m-1", "controller": True}
    body = {"metadata": {"ownerReferences": [owner], "labels": {"kustomize.toolkit.fluxcd.io/name": "models"}}}
    await world.transport.patch(path, body, content_type="application/merge-patch+json", dry_run=False)
    plan = await world.action().plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
    assert plan.refusals == (
        "ModelFleet fraud owns HorizontalPodAutoscaler fraud and would undo this: change the bounds there",
    )
    assert any(note.startswith("Flux manages it (models)") for note in plan.notes)


async def test_a_floor_that_is_lowered_again_is_not_told_that_raising_it_changes_nothing(world: World) -> None:
    plan = await plan_in(world, 10)
    await world.action().commit(plan)
    world.clock.now += 30
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert any("10 replicas run now" in note for note in undo.notes)
    assert not any("raising the least alone" in note for note in undo.notes)


async def test_keda_would_start_what_somebody_else_brought_to_zero() -> None:
    plan = await under_keda(3, minReplicaCount=2).plan(occasion(TARGET), {"replicas": 0}, may_dry_run=False)
    assert (plan.request.path, plan.refusals, fields(plan)) == (SCALED, (), {"/spec/minReplicaCount": 0})
    assert plan.tier is RiskTier.HARD_TO_UNDO
    assert plan.notes[0].startswith("KEDA runs none only while no trigger is active")
    plan = await under_keda(3).plan(occasion(TARGET), {"replicas": 0}, may_dry_run=False)
    assert plan.refusals == ("ScaledObject fraud lets fraud run 0 already: its lower bound is not set",)


def pause(world: World, **annotations: str) -> None:
    """Let KEDA scale `fraud` between two and six, and somebody pause that."""
    add_keda(world.cluster)
    spec = {"scaleTargetRef": {"name": "fraud"}, "minReplicaCount": 2, "maxReplicaCount": 6, "triggers": []}
    metadata = {"name": "fraud", "namespace": "ml", "annotations": annotations}
    world.cluster.add_object(SCALED_OBJECTS, {"metadata": metadata, "spec": spec})


async def plan_beside_keda(world: World, replicas: int) -> Plan:
    return await world.action().plan(occasion(world.fraud), {"replicas": replicas}, may_dry_run=True)


async def test_what_keda_holds_is_changed_where_somebody_paused_it(world: World) -> None:
    pause(world, **{PAUSED_REPLICAS: "3"})
    assert (await world.action().prospect(occasion(world.fraud))).why_not is None
    plan = await plan_beside_keda(world, 6)
    assert (plan.refusals, plan.tier) == ((), RiskTier.BOUNDED)
    assert plan.title == "Let ScaledObject fraud hold fraud at 6 replicas, not 3"
    assert "is paused and holds fraud at 3" in plan.notes[0]
    await world.action().commit(plan)
    assert world.settled_replicas() == 6
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    assert undo.title == "Let ScaledObject fraud hold fraud at 3 replicas, not 6"
    await world.action().commit(undo)
    assert world.settled_replicas() == 3


async def test_whoever_may_not_change_what_keda_holds_is_told_before_a_plan(world: World) -> None:
    pause(world, **{PAUSED_REPLICAS: "3"})
    world.cluster.deny(verb="patch", resource="scaledobjects")
    told = "you may not patch scaledobjects in namespace ml (RBAC)"
    assert (await world.action().prospect(occasion(world.fraud))).why_not == told


async def test_where_keda_is_not_installed_it_is_asked_for_once_in_ten_minutes(world: World) -> None:
    def asked() -> int:
        return sum(request.path == SCALED_PATH for request in world.cluster.requests)

    action = world.action()
    await action.prospect(occasion(world.fraud))
    for _ in range(2):
        await action.plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
    assert asked() == 1
    world.clock.now += 601
    await action.plan(occasion(world.fraud), {"replicas": 6}, may_dry_run=True)
    assert asked() == 2


async def test_what_keda_holds_is_changed_where_an_older_one_keeps_its_autoscaler_at_that_count() -> None:
    action = under_keda(4, annotations={PAUSED_REPLICAS: "4"}, minReplicaCount=1)
    plan = await action.plan(occasion(TARGET), {"replicas": 6}, may_dry_run=False)
    held = f"/metadata/annotations/{PAUSED_REPLICAS.replace('/', '~1')}"
    assert (plan.request.path, plan.refusals, fields(plan)) == (SCALED, (), {held: "6"})
    assert plan.title == "Let ScaledObject fraud hold fraud at 6 replicas, not 4"


async def test_a_count_that_keda_has_not_set_yet_is_not_reached(world: World) -> None:
    pause(world, **{PAUSED_REPLICAS: "3"})
    plan = await plan_beside_keda(world, 2)
    held = {**(await world.transport.get(SCALED)), "metadata": {"name": "fraud", "namespace": "ml"}}
    held["metadata"]["annotations"] = {PAUSED_REPLICAS: "2"}
    world.cluster.faults.add(Fault(method="GET", path=SCALED, body=msgspec.json.encode(held)))
    seen = await world.action().observe(plan)
    assert (seen.done, seen.text) == (False, "KEDA has not set 2 yet: 3 replicas asked for")


async def test_what_a_mere_pause_leaves_is_set_and_told_to_end_with_it(world: World) -> None:
    pause(world, **{PAUSED: "true"})
    plan = await plan_beside_keda(world, 6)
    assert (plan.refusals, fields(plan)) == ((), {"/spec/replicas": 6})
    told = "ScaledObject fraud is paused: once it is resumed, KEDA keeps the replicas between 2 and 6"
    assert told in plan.notes
    await world.action().commit(plan)
    assert world.settled_replicas() == 6


async def test_a_count_is_not_taken_back_while_keda_holds_another(world: World) -> None:
    plan = await plan_beside_keda(world, 6)
    await world.action().commit(plan)
    pause(world, **{PAUSED_REPLICAS: "6"})
    undo = await world.action().plan_undo(plan, may_dry_run=True)
    told = "ScaledObject fraud is paused, holds fraud at 6 replicas and would undo this"
    assert undo.refusals == (f"{told}: change or remove its annotation {PAUSED_REPLICAS}",)


@pytest.mark.parametrize("is_served", [True, False])
async def test_whether_keda_holds_a_count_is_unknown_where_it_may_not_be_asked(
    world: World, *, is_served: bool
) -> None:
    if is_served:
        add_keda(world.cluster)
    world.cluster.faults.add(Fault(method="GET", path=SCALED_PATH, status=403))
    plan = await plan_beside_keda(world, 6)
    told = "ScaledObjects may not be listed: if KEDA holds the number of replicas, it will undo this"
    assert (plan.refusals, told in plan.notes) == ((), is_served)
