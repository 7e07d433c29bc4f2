from pathlib import Path
from typing import Any

import pytest

from console.actions.kserve.roll_back import RollBack
from console.actions.provider import ActionRefused
from console.domain.action import FieldChange, Outcome
from console.simulation.cluster import Fault
from tests.actions.kserve.world import DEPLOYMENTS, KServeWorld, a_kserve_world
from tests.simulation.cluster.inference import model

NO_AUTOSCALER = {"serving.kserve.io/autoscalerClass": "none"}


def canary(name: str, percent: int) -> dict[str, Any]:
    return {"trafficPercent": percent, "predictor": {"name": name, **model(name), "minReplicas": 1}}


async def test_the_earlier_model_is_read_from_a_replica_set_and_written_to_the_inference_service(
    standard: KServeWorld,
) -> None:
    await standard.change({"predictor": model("v42")})
    action, occasion = standard.action(RollBack), await standard.occasion()
    assert (await action.prospect(occasion)).why_not is None
    plan = await action.plan(occasion, {}, may_dry_run=True)
    assert (plan.refusals, plan.dry_run) == ((), "accepted by the server")
    assert plan.title == "Write the model of scoring back: s3://models/scoring/v41"
    assert plan.changes == (
        FieldChange("predictor.model.storageUri", "s3://models/scoring/v42", "s3://models/scoring/v41"),
        FieldChange("predictor.labels.version", "v42", "v41"),
    )
    assert plan.notes[0].startswith("the earlier model was read from revision 1 (ReplicaSet scoring-predictor-")
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert (await action.observe(plan)).done is False
    standard.wait()
    assert (await action.observe(plan)).done is True
    template = (await standard.deployments())["scoring-predictor"]["spec"]["template"]
    assert template["metadata"]["labels"]["version"] == "v41"
    with pytest.raises(ActionRefused, match="no earlier model of InferenceService scoring is left"):
        await action.plan(occasion, {}, may_dry_run=True)  # v42 came later: it is not put on again
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.title) == ((), "Write the model of scoring back: s3://models/scoring/v42")
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    standard.wait()
    assert (await action.observe(undo)).done is True
    assert (await standard.predictor())["model"]["storageUri"] == "s3://models/scoring/v42"


async def test_the_deployment_rolled_back_instead_is_undone_by_kserve(standard: KServeWorld) -> None:
    before = (await standard.deployments())["scoring-predictor"]["spec"]["template"]
    await standard.change({"predictor": model("v42")})
    await standard.change({"template": before}, f"{DEPLOYMENTS}/scoring-predictor")
    template = (await standard.deployments())["scoring-predictor"]["spec"]["template"]
    assert template["metadata"]["labels"]["version"] == "v42"


async def test_a_colleagues_change_of_anything_in_the_spec_refuses_it(standard: KServeWorld) -> None:
    await standard.change({"predictor": model("v42")})
    action, occasion = standard.action(RollBack), await standard.occasion()
    plan = await action.plan(occasion, {}, may_dry_run=True)
    await standard.change({"predictor": model("v43")})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "predictor.model.storageUri is s3://models/scoring/v43 now, not s3://models/scoring/v42" in commitment.detail
    plan = await action.plan(occasion, {}, may_dry_run=True)
    assert plan.changes[0].after == "s3://models/scoring/v42"  # the newest earlier one
    await standard.change({"predictor": {"model": {"args": ["--workers=2"]}}})
    assert "generation is 4 now, not 3" in (await action.commit(plan)).detail


async def test_nothing_is_taken_back_over_a_model_that_came_since(standard: KServeWorld) -> None:
    await standard.change({"predictor": model("v42")})
    action = standard.action(RollBack)
    plan = await action.plan(await standard.occasion(), {}, may_dry_run=True)
    await action.commit(plan)
    await standard.change({"predictor": model("v43")})
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert "nothing is undone over somebody else's change" in undo.refusals[0]
    assert (await action.observe(plan)).done is None


async def test_custom_containers_go_back_to_their_image(tmp_path: Path) -> None:
    predictor = {"containers": [{"name": "kserve-container", "image": "own:1"}], "minReplicas": 1}
    async with a_kserve_world(tmp_path, predictor, mode="RawDeployment") as world:
        await world.change({"predictor": {"containers": [{"name": "kserve-container", "image": "own:2"}]}})
        action = world.action(RollBack)
        plan = await action.plan(await world.occasion(), {}, may_dry_run=True)
        assert plan.changes == (FieldChange("predictor.containers[0].image", "own:2", "own:1"),)
        await action.commit(plan)
        world.wait()
        assert (await action.observe(plan)).done is True


async def test_a_canary_is_taken_out_and_put_in_again(tmp_path: Path) -> None:
    predictor, entries = model("v41", minReplicas=3), [canary("v42", 10), canary("v43", 5)]
    async with a_kserve_world(tmp_path, predictor, annotations=NO_AUTOSCALER, canary=entries) as world:
        action, occasion = world.action(RollBack), await world.occasion("scoring-predictor")
        assert (await action.prospect(occasion)).choices == {"canary": ("v42", "v43")}
        with pytest.raises(ActionRefused, match=r"name it \(canary: v42, v43\)"):
            await action.plan(occasion, {}, may_dry_run=True)
        plan = await action.plan(occasion, {"canary": "v42"}, may_dry_run=True)
        assert (plan.refusals, plan.title) == ((), "Take canary v42 out of scoring")
        assert await world.replicas() == {
            "scoring-predictor": 1,
            "scoring-v42-predictor": 1,
            "scoring-v43-predictor": 1,
        }
        assert (await action.commit(plan)).outcome is Outcome.APPLIED
        world.wait()
        assert (await action.observe(plan)).done is True
        assert await world.replicas() == {"scoring-predictor": 2, "scoring-v43-predictor": 1}
        undo = await action.plan_undo(plan, may_dry_run=True)
        assert (undo.refusals, undo.title) == ((), "Put canary v42 into scoring again")
        await action.commit(undo)
        assert (await world.live())["spec"]["canary"] == entries
        world.wait()
        assert (await action.observe(undo)).done is True


async def test_the_only_canary_without_an_answer_is_settled_by_reading(tmp_path: Path) -> None:
    async with a_kserve_world(tmp_path, model("v41", minReplicas=2), canary=[canary("v42", 10)]) as world:
        action = world.action(RollBack)
        plan = await action.plan(await world.occasion("scoring-predictor"), {}, may_dry_run=True)
        world.cluster.forget_requests()
        world.cluster.faults.add(Fault(path="*/inferenceservices/scoring", dry_run=False, cut="after", method="PATCH"))
        assert (await action.commit(plan)).outcome is Outcome.APPLIED
        assert len(world.mutations) == 1


async def test_what_cannot_be_done_says_why(standard: KServeWorld) -> None:
    action, occasion = standard.action(RollBack), await standard.occasion()
    with pytest.raises(ActionRefused, match="no earlier model of InferenceService scoring is left in the cluster"):
        await action.plan(occasion, {}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="has no canaries of Standard mode"):
        await action.plan(occasion, {"canary": "v42"}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="has no argument 'image'; expected canary or revision"):
        await action.plan(occasion, {"image": "v41"}, may_dry_run=True)
    standard.cluster.deny(verb="get", resource="inferenceservices")
    with pytest.raises(ActionRefused, match="cannot be read: 403 Forbidden"):
        await action.plan(occasion, {}, may_dry_run=True)
