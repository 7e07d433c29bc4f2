from pathlib import Path

import pytest

from console.actions.kserve.roll_back import RollBack
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome, RiskTier
from tests.actions.kserve.world import DEPLOYMENTS, KServeWorld, a_kserve_world
from tests.simulation.cluster.inference import SCORING, model


async def test_the_traffic_goes_back_and_is_sent_forward_again_by_the_undo(knative: KServeWorld) -> None:
    action, occasion = knative.action(RollBack), await knative.occasion()
    assert await knative.shares() == {"00002": 100}
    assert (await action.prospect(occasion)).why_not is None
    plan = await action.plan(occasion, {}, may_dry_run=True)
    assert (plan.refusals, plan.dry_run, plan.tier) == ((), "accepted by the server", RiskTier.WIDE)
    assert plan.title == "Send all traffic of scoring back to revision scoring-predictor-00001"
    assert plan.changes == (FieldChange("predictor.canaryTrafficPercent", "not set", "0"),)
    assert any("still holds the model that is left" in note for note in plan.notes)
    knative.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in knative.mutations] == [SCORING]
    knative.wait()
    assert await knative.shares() == {"00002": 0, "00001": 100}
    progress = await action.observe(plan)
    assert progress.done is True
    assert progress.text == "traffic: scoring-predictor-00002 0 %, scoring-predictor-00001 100 %"
    with pytest.raises(ActionRefused, match="it is rolled back already"):
        await action.plan(occasion, {}, may_dry_run=True)
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.undoes) == ((), plan.hash)
    assert undo.title == "Send 100 % of the traffic of scoring to revision scoring-predictor-00002"
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    knative.wait()
    assert await knative.shares() == {"00002": 100}
    assert (await action.observe(undo)).done is True
    assert "canaryTrafficPercent" not in await knative.predictor()


async def test_a_live_canary_is_taken_to_nothing_and_put_back_to_its_share(knative: KServeWorld) -> None:
    await knative.change({"predictor": {**model("v43"), "canaryTrafficPercent": 10}})
    action = knative.action(RollBack)
    plan = await action.plan(await knative.occasion(), {}, may_dry_run=True)
    assert plan.title == "Send all traffic of scoring back to revision scoring-predictor-00002"
    await action.commit(plan)
    knative.wait()
    assert await knative.shares() == {"00003": 0, "00002": 100}
    await action.commit(await action.plan_undo(plan, may_dry_run=True))
    knative.wait()
    assert await knative.shares() == {"00003": 10, "00002": 90}


async def test_where_the_previous_revision_serves_the_same_model_the_earlier_one_is_written_back(
    knative: KServeWorld,
) -> None:
    await knative.change({"predictor": {"minReplicas": 3}})
    action, occasion = knative.action(RollBack), await knative.occasion()
    plan = await action.plan(occasion, {}, may_dry_run=True)
    assert plan.changes == (
        FieldChange("predictor.model.storageUri", "s3://models/scoring/v42", "s3://models/scoring/v41"),
        FieldChange("predictor.labels.version", "v42", "v41"),
    )
    assert plan.notes[0] == (
        "revision scoring-predictor-00002 serves the same model as revision scoring-predictor-00003: "
        "the earlier model is written back instead"
    )
    await action.commit(plan)
    assert (await action.observe(plan)).done is False
    knative.wait()
    assert (await action.observe(plan)).done is True
    assert await knative.shares() == {"00004": 100}
    with pytest.raises(ActionRefused, match="serves the model of scoring-predictor-00001, which is older"):
        await action.plan(occasion, {}, may_dry_run=True)  # not to v42, which was taken back


async def test_a_newer_revision_between_plan_and_commit_refuses_it(knative: KServeWorld) -> None:
    action, occasion = knative.action(RollBack), await knative.occasion()
    plan = await action.plan(occasion, {}, may_dry_run=True)
    await knative.change({"predictor": model("v43")})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    told = "status.components.predictor.latestReadyRevision is scoring-predictor-00003 now, not scoring-predictor-00002"
    assert told in commitment.detail


async def test_an_undo_does_not_put_another_model_on(knative: KServeWorld) -> None:
    action = knative.action(RollBack)
    plan = await action.plan(await knative.occasion(), {}, may_dry_run=True)
    await action.commit(plan)
    knative.wait()
    await knative.change({"predictor": model("v43")})
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert "latestReadyRevision is scoring-predictor-00003 now" in undo.refusals[0]


async def test_what_is_patched_below_it_is_undone_by_its_controllers(knative: KServeWorld) -> None:
    path = f"{DEPLOYMENTS}/scoring-predictor-00002-deployment"
    await knative.change({"replicas": 0}, path)
    assert (await knative.replicas())["scoring-predictor-00002-deployment"] == 2
    service = "/apis/serving.knative.dev/v1/namespaces/ml/services/scoring-predictor"
    await knative.change({"traffic": [{"latestRevision": True, "percent": 5}]}, service)
    assert await knative.shares() == {"00002": 100}


async def test_revisions_that_may_not_be_listed_are_not_known_to_differ(knative: KServeWorld) -> None:
    occasion = await knative.occasion()
    knative.cluster.deny(verb="list", resource="revisions")
    plan = await knative.action(RollBack).plan(occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.notes[0].startswith("the revisions may not be listed")


async def test_a_first_model_has_nothing_before_it(tmp_path: Path) -> None:
    async with a_kserve_world(tmp_path, model("v41"), mode="Knative") as world:
        action, occasion = world.action(RollBack), await world.occasion()
        why_not = "KServe knows no revision of InferenceService scoring that had all the traffic before"
        with pytest.raises(ActionRefused, match=why_not):
            await action.plan(occasion, {}, may_dry_run=True)
        assert (await action.prospect(occasion)).why_not == why_not
