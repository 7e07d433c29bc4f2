import pytest

from console.actions.provider import ActionRefused
from console.actions.seldon.scale import SCALE, Scale, ScaleServer
from console.domain.action import FieldChange, Outcome, RiskTier
from console.simulation.cluster.resources import AUTOSCALERS, QUOTAS
from console.simulation.cluster.seldon import MODELS, SERVERS, model_object
from tests.actions.kubernetes.world import START
from tests.actions.seldon.world import MODELS_PATH, SeldonWorld, occasion


async def test_a_scaling_is_planned_sent_once_seen_through_and_taken_back(seldon: SeldonWorld) -> None:
    action = seldon.action(Scale)
    prospect = await action.prospect(occasion())
    assert (prospect.why_not, prospect.present) == (None, {"replicas": "1"})
    plan = await action.plan(occasion(), {"replicas": 2}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Scale Model iris from 1 to 2 replicas"
    assert plan.changes == (FieldChange("replicas", "1", "2"),)
    assert plan.tier is RiskTier.BOUNDED
    assert (plan.target.kind, plan.target.namespace, plan.target.name) == ("Model", "ml", "iris")
    seldon.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in seldon.mutations] == [f"{MODELS_PATH}/iris/scale"]
    assert not (await action.observe(plan)).done
    seldon.wait()
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "2 of 2 available")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.title) == ((), "Scale Model iris from 2 to 1 replica")
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert seldon.spec(MODELS, "iris")["replicas"] == 1


async def test_more_than_the_server_holds_is_told_before_and_ends_as_failed(seldon: SeldonWorld) -> None:
    action = seldon.action(Scale)
    plan = await action.plan(occasion(), {"replicas": 3}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.notes[-1].startswith("Server mlserver has 2 replicas: more of the Model find no room until")
    await action.commit(plan)
    seldon.wait()
    assert (await action.observe(plan)).failed == (
        "Seldon gave up: ModelReady is False: ScheduleFailed (Failed to schedule model iris)"
    )
    server = seldon.action(ScaleServer)
    room = await server.plan(occasion(), {"replicas": 3}, may_dry_run=True)
    assert room.title == "Scale Server mlserver from 2 to 3 replicas"
    assert room.tier is RiskTier.WIDE
    assert room.notes == ("the Server is shared: it concerns 2 loaded model replicas",)
    assert (await server.commit(room)).outcome is Outcome.APPLIED
    assert not (await server.observe(room)).done
    seldon.wait()
    assert (await server.observe(room)).done
    seldon.wait()
    assert (await action.observe(plan)).done
    fewer = await server.plan(occasion(), {"replicas": 1}, may_dry_run=True)
    assert fewer.notes[-1].startswith("models that need more replicas than are left cannot be scheduled")


async def test_counts_outside_the_bounds_are_refused(seldon: SeldonWorld) -> None:
    action = seldon.action(Scale)
    assert (await action.plan(occasion(), {"replicas": 5}, may_dry_run=True)).refusals == (
        "Model iris has maxReplicas 4: Seldon takes no more",
    )
    over = await action.plan(occasion(), {"replicas": 21}, may_dry_run=True)
    assert over.refusals[0] == "21 replicas are over the limit of 20 (kubernetes.max_replicas)"
    seldon.plane.change(MODELS, "ml", "iris", lambda held: held["spec"].update(replicas=3, minReplicas=2))
    assert (await action.plan(occasion(), {"replicas": 1}, may_dry_run=True)).refusals == (
        "Model iris has minReplicas 2: Seldon takes no fewer",
    )
    assert (await action.plan(occasion(), {"replicas": 0}, may_dry_run=True)).tier is RiskTier.HARD_TO_UNDO
    for wrong in ({"replicas": True}, {"replicas": "3"}, {"replicas": -1}, {}):
        with pytest.raises(ActionRefused, match="expected a whole number"):
            await action.plan(occasion(), wrong, may_dry_run=True)
    with pytest.raises(ActionRefused, match="no argument 'count'; expected replicas"):
        await action.plan(occasion(), {"count": 3}, may_dry_run=True)


async def test_a_model_that_names_no_count_is_scaled_in_its_spec(seldon: SeldonWorld) -> None:
    seldon.cluster.add_object(MODELS, model_object("ml", "bare", storage_uri="gs://models/bare/1", replicas=None))
    action = seldon.action(Scale)
    plan = await action.plan(occasion("bare"), {"replicas": 2}, may_dry_run=True)
    assert (plan.refusals, plan.title) == ((), "Scale Model bare from 1 to 2 replicas")
    assert plan.request.path == f"{MODELS_PATH}/bare"
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    seldon.wait()
    assert (await action.observe(plan)).done
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert "replicas" not in seldon.spec(MODELS, "bare")


async def test_an_autoscaler_of_the_model_would_undo_it(seldon: SeldonWorld) -> None:
    reference = {"apiVersion": "mlops.seldon.io/v1alpha1", "kind": "Model", "name": "iris"}
    spec = {"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": 3}
    seldon.cluster.add_object(AUTOSCALERS, {"metadata": {"name": "iris-hpa", "namespace": "ml"}, "spec": spec})
    plan = await seldon.action(Scale).plan(occasion(), {"replicas": 2}, may_dry_run=True)
    (refusal,) = plan.refusals
    assert refusal.startswith(
        "HorizontalPodAutoscaler iris-hpa sets the replicas of iris and would undo this: raise its"
    )
    seldon.cluster.deny(verb="list", resource="horizontalpodautoscalers")
    plan = await seldon.action(Scale).plan(occasion(), {"replicas": 2}, may_dry_run=True)
    assert plan.notes[-1].startswith("autoscalers may not be listed")


async def test_a_model_on_no_server_has_none_to_scale(seldon: SeldonWorld) -> None:
    seldon.cluster.add_object(MODELS, model_object("ml", "lost", storage_uri="gs://models/lost/1", server="gone"))
    with pytest.raises(ActionRefused, match="there is no Server gone in namespace ml"):
        await seldon.action(ScaleServer).plan(occasion("lost"), {"replicas": 2}, may_dry_run=True)
    plan = await seldon.action(Scale).plan(occasion("lost"), {"replicas": 2}, may_dry_run=True)
    assert plan.notes == ("there is no Server gone: it cannot be loaded",)
    assert seldon.spec(SERVERS, "mlserver")["replicas"] == 2


async def test_a_quota_without_room_for_more_pods_of_a_server_is_told_before_the_key(seldon: SeldonWorld) -> None:
    seldon.cluster.add_stateful_set(
        namespace="ml", name="mlserver", replicas=2, image="seldonio/mlserver:1", labels={}, created=START - 3600
    )
    quota = {"metadata": {"name": "small", "namespace": "ml"}, "spec": {"hard": {"pods": "3"}}}
    seldon.cluster.add_object(QUOTAS, quota)
    seldon.wait()
    action = seldon.action(ScaleServer)
    plan = await action.plan(occasion(), {"replicas": 5}, may_dry_run=True)
    assert plan.notes[0] == "quota small has room for 1 more (pods: 2 of 3 used): 2 of the 3 new pods will not be made"
    seldon.cluster.deny(verb="get", resource="statefulsets")
    plan = await action.plan(occasion(), {"replicas": 5}, may_dry_run=True)
    assert plan.notes[0].startswith("the Server is shared")


def test_it_is_meant_where_a_model_on_the_pods_of_a_server_is_to_be_scaled() -> None:
    instead = SCALE.stands_for
    assert instead is not None
    assert (instead.action, instead.group, instead.kind) == ("kubernetes.scale", "mlops.seldon.io", "Server")
