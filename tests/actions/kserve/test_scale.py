from pathlib import Path

import msgspec
import pytest

from console.actions.kserve.scale import Scale
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, RiskTier
from console.simulation.cluster.faults import Fault
from console.simulation.cluster.resources import QUOTAS
from tests.actions.kserve.world import DEPLOYMENTS, MERGE, KServeWorld, a_kserve_world
from tests.simulation.cluster.inference import SCORING, model

NO_AUTOSCALER = {"serving.kserve.io/autoscalerClass": "none"}


async def test_a_scaling_is_planned_sent_once_seen_through_and_taken_back(standard: KServeWorld) -> None:
    action, occasion = standard.action(Scale), await standard.occasion()
    prospect = await action.prospect(occasion)
    assert (prospect.why_not, prospect.present) == (None, {"replicas": "2"})
    plan = await action.plan(occasion, {"replicas": 4}, may_dry_run=True)
    assert (plan.refusals, plan.dry_run) == ((), "accepted by the server")
    assert plan.title == "Scale scoring from at least 2 to at least 4 replicas"
    assert plan.changes == (FieldChange("predictor.minReplicas", "2", "4"),)
    assert (plan.tier, plan.target.name) == (RiskTier.BOUNDED, "scoring-predictor")
    standard.cluster.forget_requests()
    commitment = await action.commit(plan)
    assert (commitment.outcome, commitment.detail) == (Outcome.APPLIED, "scoring is asked to run at least 4 replicas")
    assert [request.path for request in standard.mutations] == [SCORING]
    assert (await action.observe(plan)).done is False
    standard.wait()
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "4 available, 4 asked for, at least 4 wanted")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.title) == ((), "Scale scoring from at least 4 to at least 2 replicas")
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert (await standard.predictor())["minReplicas"] == 2
    assert (await action.observe(undo)).done is True


@pytest.mark.parametrize(("mode", "new"), [("RawDeployment", 2), ("Serverless", 4)])
async def test_a_quota_without_room_is_told_before_the_key(tmp_path: Path, mode: str, new: int) -> None:
    async with a_kserve_world(tmp_path, model("v41", minReplicas=2), mode=mode) as world:
        quota = {"metadata": {"name": "small", "namespace": "ml"}, "spec": {"hard": {"pods": "3"}}}
        world.cluster.add_object(QUOTAS, quota)
        world.wait()
        plan = await world.action(Scale).plan(await world.occasion(), {"replicas": 4}, may_dry_run=True)
        assert plan.notes[0].startswith("quota small has room for 1 more (pods: 2 of 3 used): ")
        assert plan.notes[0].endswith(f"{new - 1} of the {new} new pods will not be made")


async def test_a_floor_above_the_ceiling_lifts_both_and_both_are_taken_back(standard: KServeWorld) -> None:
    action = standard.action(Scale)
    plan = await action.plan(await standard.occasion(), {"replicas": 6}, may_dry_run=True)
    assert [change.field for change in plan.changes] == ["predictor.minReplicas", "predictor.maxReplicas"]
    assert plan.refusals == ()
    await action.commit(plan)
    standard.wait()
    assert await standard.replicas() == {"scoring-predictor": 6}
    await action.commit(await action.plan_undo(plan, may_dry_run=True))
    predictor = await standard.predictor()
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (2, 4)


async def test_bounds_that_were_not_set_are_absent_again_after_the_undo(tmp_path: Path) -> None:
    async with a_kserve_world(tmp_path, model("v41"), annotations=NO_AUTOSCALER) as world:
        action, occasion = world.action(Scale), await world.occasion()
        plan = await action.plan(occasion, {"replicas": 3}, may_dry_run=True)
        assert plan.changes == (FieldChange("predictor.minReplicas", "not set", "3"),)
        assert (await action.commit(plan)).outcome is Outcome.APPLIED
        world.wait()
        assert (await action.observe(plan)).done is True
        undo = await action.plan_undo(plan, may_dry_run=True)
        assert undo.refusals == ()
        assert (await action.commit(undo)).outcome is Outcome.APPLIED
        assert "minReplicas" not in await world.predictor()
        world.wait()
        assert await world.replicas() == {"scoring-predictor": 1}
        assert (await action.observe(undo)).done is True
        again = await action.plan(occasion, {"replicas": 1}, may_dry_run=True)
        assert again.refusals == ("InferenceService scoring asks for 1 replica already: minReplicas is not set",)


async def test_what_is_scaled_below_the_inference_service_is_undone_by_its_controllers(standard: KServeWorld) -> None:
    await standard.change({"replicas": 4}, f"{DEPLOYMENTS}/scoring-predictor/scale")
    assert await standard.replicas() == {"scoring-predictor": 4}  # between the bounds the autoscaler lets it be
    autoscaler = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/scoring-predictor"
    await standard.change({"minReplicas": 4}, autoscaler)
    assert (await standard.transport.get(autoscaler))["spec"]["minReplicas"] == 2
    plan = await standard.action(Scale).plan(await standard.occasion(), {"replicas": 3}, may_dry_run=True)
    assert "4 replicas are asked for now: this starts none, it keeps them from going" in plan.notes


async def test_an_autoscaler_that_is_stuck_is_told_first(standard: KServeWorld) -> None:
    plan = await standard.action(Scale).plan(await standard.occasion(), {"replicas": 3}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.notes[0].startswith("HorizontalPodAutoscaler scoring-predictor does not scale by itself now, it only ")
    path = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers"
    listed = await standard.transport.get(path)
    listed["items"][0]["status"]["conditions"] = [{"type": "ScalingActive", "status": "True"}]
    standard.cluster.faults.add(Fault(method="GET", path=path, body=msgspec.json.encode(listed)))
    plan = await standard.action(Scale).plan(await standard.occasion(), {"replicas": 3}, may_dry_run=True)
    assert not any("does not scale by itself" in note for note in plan.notes)
    standard.cluster.faults.clear()
    standard.cluster.deny(verb="list", resource="horizontalpodautoscalers")
    plan = await standard.action(Scale).plan(await standard.occasion(), {"replicas": 3}, may_dry_run=True)
    assert plan.notes[0].startswith("whether its autoscaler scales by itself is not known: 403 Forbidden")


async def test_knative_makes_a_revision_with_the_floor_and_it_is_done_when_that_one_serves(
    knative: KServeWorld,
) -> None:
    action = knative.action(Scale)
    plan = await action.plan(await knative.occasion(), {"replicas": 3}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.notes[0].startswith("KServe makes a new revision of the same model for this")
    await action.commit(plan)
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (False, "KServe has not made a Deployment with so many replicas yet")
    knative.wait()
    assert (await knative.replicas())["scoring-predictor-00003-deployment"] == 3
    assert (await action.observe(plan)).done is True
    await action.commit(await action.plan_undo(plan, may_dry_run=True))
    knative.wait()
    assert (await knative.predictor())["minReplicas"] == 2


async def test_a_split_is_not_scaled(knative: KServeWorld) -> None:
    await knative.change({"predictor": {**model("v43"), "canaryTrafficPercent": 10}})
    plan = await knative.action(Scale).plan(await knative.occasion(), {"replicas": 3}, may_dry_run=True)
    assert plan.refusals[0].startswith("scoring-predictor-00002 serves 90 % of the traffic and keeps the replicas")


async def test_what_the_webhook_refuses_is_said_in_the_plan(standard: KServeWorld) -> None:
    action, occasion = standard.action(Scale), await standard.occasion()
    plan = await action.plan(occasion, {"replicas": 4}, may_dry_run=True)
    await standard.change({"predictor": {"maxReplicas": 3}})
    undone = await action.commit(plan)
    assert undone.outcome is Outcome.NOT_APPLIED
    assert "'MinReplicas' cannot be greater than MaxReplicas" in undone.detail


async def test_the_pods_of_a_transformer_are_not_those_that_are_scaled(standard: KServeWorld) -> None:
    labels = {"app": "scoring-transformer"}
    standard.cluster.add_deployment(
        namespace="ml", name="scoring-transformer", replicas=1, image="pre:1", labels=labels, created=0.0
    )
    occasion = await standard.occasion("scoring-transformer")
    plan = await standard.action(Scale).plan(occasion, {"replicas": 4}, may_dry_run=True)
    told = "the pods of the model are those of scoring-transformer, but it is the predictor that is changed"
    assert (plan.refusals, plan.notes[-1]) == ((), told)


async def test_a_mode_that_became_unknown_leaves_the_progress_unknown(standard: KServeWorld) -> None:
    action = standard.action(Scale)
    plan = await action.plan(await standard.occasion(), {"replicas": 2}, may_dry_run=True)
    body = {"status": {"deploymentMode": "ModelMesh"}}
    await standard.transport.patch(f"{SCORING}/status", body, content_type=MERGE, dry_run=False)
    progress = await action.observe(plan)
    assert (progress.done, progress.failed) == (None, None)
    assert "is deployed in mode ModelMesh" in progress.text


async def test_without_the_right_to_list_deployments_it_is_planned_and_not_seen_through(standard: KServeWorld) -> None:
    action = standard.action(Scale)
    occasion = await standard.occasion()
    standard.cluster.deny(verb="list", resource="deployments")
    plan = await action.plan(occasion, {"replicas": 4}, may_dry_run=True)
    assert (plan.refusals, plan.notes[-1][:38]) == ((), "its Deployments may not be listed: how")
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert (await action.observe(plan)).done is None


async def test_an_inference_service_that_was_made_anew_is_not_scaled(standard: KServeWorld) -> None:
    action, occasion = standard.action(Scale), await standard.occasion()
    plan = await action.plan(occasion, {"replicas": 4}, may_dry_run=True)
    await standard.make_anew()
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail == "nothing was changed: scoring was deleted and made anew"
    again = await action.plan(occasion, {"replicas": 4}, may_dry_run=True)
    assert again.refusals[0].startswith("InferenceService scoring was deleted and made anew since it was found")
    assert (await action.observe(plan)).done is None


async def test_counts_and_owners_are_checked(standard: KServeWorld) -> None:
    action, occasion = standard.action(Scale), await standard.occasion()
    over = await action.plan(occasion, {"replicas": 21}, may_dry_run=True)
    assert over.refusals == ("21 replicas are over the limit of 20 (kubernetes.max_replicas)",)
    for wrong in ({"replicas": True}, {"replicas": "6"}, {"replicas": -1}, {}):
        with pytest.raises(ActionRefused, match=r"kserve\.scale: replicas is .*; expected a whole number"):
            await action.plan(occasion, wrong, may_dry_run=True)
    with pytest.raises(ActionRefused, match="has no argument 'pods'; expected replicas"):
        await action.plan(occasion, {"pods": 1}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="KServe does not serve scoring-predictor: nothing owns it"):
        await action.plan(await standard.occasion(owned=False), {"replicas": 4}, may_dry_run=True)


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("Knative", "KServe makes a new revision of the same model"),
        ("Standard", "its autoscaler (hpa) keeps exactly 2"),
    ],
)
async def test_what_owns_the_deployment_tells_the_mode_where_an_older_kserve_does_not(
    tmp_path: Path, mode: str, note: str
) -> None:
    silent = {"default_mode": mode, "tells_mode": False}
    async with a_kserve_world(tmp_path, model("v41"), mode=None, kserve=silent) as world:
        assert "deploymentMode" not in (await world.live())["status"]
        occasion = await world.occasion()
        plan = await world.action(Scale).plan(occasion, {"replicas": 2}, may_dry_run=True)
        assert any(told.startswith(note) for told in plan.notes)
        world.cluster.deny(verb="get", resource="deployments")
        with pytest.raises(ActionRefused, match="does not say in which mode it runs: 403 Forbidden"):
            await world.action(Scale).plan(occasion, {"replicas": 2}, may_dry_run=True)
