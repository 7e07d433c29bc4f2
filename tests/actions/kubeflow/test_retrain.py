"""Plans of retrainings, from the plan to the end of the run, and its undo, against a fake Kubeflow Pipelines."""

import json
import re
from contextlib import AsyncExitStack

import msgspec
import pytest

from console.actions.kubeflow.runs import mark
from console.actions.provider import ActionRefused, Occasion
from console.domain.action import Outcome, RiskTier
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.settings.kubeflow import RetrainingPipeline
from tests.actions.kubeflow.fake_kubeflow import EXPERIMENT_ID, PIPELINE_ID, VERSION_ID, FakeKubeflow
from tests.actions.kubeflow.world import PIPELINE, World, a_world, settings_of
from tests.actions.occasions import OCCASION


async def test_a_run_is_planned_started_watched_and_ends(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned(epochs=3)
    assert kubeflow.posted == []
    assert (plan.title, plan.tier) == ("Train eta anew by train model, version v7", RiskTier.WIDE)
    assert [(change.field, change.before, change.after) for change in plan.changes[1:]] == [
        ("experiment", "-", "Retraining"),
        ("model", "-", '"eta"'),
        ("epochs", "10", "3"),
    ]
    assert "has none" in plan.dry_run
    commitment = await world.retrain.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    (posted,) = kubeflow.posted
    sent = json.loads(posted.body)
    assert posted.path == "/apis/v2beta1/runs"
    assert sent == {
        "display_name": f"retrain eta {mark(plan)}",
        "description": "started for ann@bastion by incident-console",
        "pipeline_version_reference": {"pipeline_id": PIPELINE_ID, "pipeline_version_id": VERSION_ID},
        "runtime_config": {"parameters": {"model": "eta", "epochs": 3}},
        "experiment_id": EXPERIMENT_ID,
    }
    run_id = kubeflow.runs[0]["run_id"]
    page = f"https://kubeflow.example/pipeline/#/runs/details/{run_id}"
    for state in ("PENDING", "RUNNING"):
        kubeflow.set_state(state)
        progress = await world.retrain.observe(plan)
        assert (progress.done, progress.failed, progress.text) == (False, None, f"the run is {state} {page}")
    kubeflow.set_state("SUCCEEDED")
    assert (await world.retrain.observe(plan)).done is True


async def test_a_run_that_fails_tells_why_in_one_harmless_line(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    kubeflow.set_state("FAILED", "step train:\x1b[2J no\nGPU")
    progress = await world.retrain.observe(plan)
    assert progress.failed is not None
    assert progress.failed.startswith("the run is FAILED: step train:")
    assert "\x1b" not in progress.failed + progress.text
    assert "\n" not in progress.failed + progress.text
    kubeflow.set_state("CANCELED")
    assert (await world.retrain.observe(plan)).failed == "the run was canceled"
    kubeflow.set_state("DREAMING")
    assert (await world.retrain.observe(plan)).done is None


async def test_the_same_request_has_the_same_hash_and_another_mark(world: World) -> None:
    plan = await world.planned()
    world.clock.now += 1
    again = await world.planned()
    assert plan.hash == again.hash
    assert mark(plan) != mark(again)


async def test_a_second_retraining_is_told_before_the_key_and_forbidden_after_it(
    world: World, kubeflow: FakeKubeflow
) -> None:
    plan = await world.planned()
    world.clock.now += 1
    second = await world.planned()
    await world.retrain.commit(plan)
    run_id = kubeflow.runs[0]["run_id"]
    late = await world.retrain.plan(OCCASION, {}, may_dry_run=True)
    assert late.refusals[0].startswith(f"a retraining of eta is PENDING already: run {run_id}")
    assert (await world.retrain.prospect(OCCASION)).why_not == late.refusals[0]
    refused = await world.retrain.commit(second)
    assert (refused.outcome, len(kubeflow.posted)) == (Outcome.NOT_APPLIED, 1)
    assert "a retraining of the model runs since" in refused.detail
    kubeflow.set_state("SUCCEEDED")
    assert (await world.retrain.prospect(OCCASION)).why_not is None


async def test_runs_that_somebody_else_started_are_a_note(world: World, kubeflow: FakeKubeflow) -> None:
    await world.retrain.commit(await world.planned())
    kubeflow.set_state("RUNNING")
    kubeflow.runs[0]["display_name"] = "by hand"
    plan = await world.planned()
    assert "1 run of this pipeline, for whichever model, has not ended" in plan.notes


async def test_the_undo_terminates_the_run_while_it_runs(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    kubeflow.set_state("RUNNING")
    undo = await world.retrain.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.undoes, undo.target) == ((), plan.hash, plan.target)
    commitment = await world.retrain.commit(undo)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    assert kubeflow.posted[-1].path == f"/apis/v2beta1/runs/{kubeflow.runs[0]['run_id']}:terminate"
    assert (await world.retrain.observe(undo)).done is False
    kubeflow.set_state("FAILED")  # so the engine below tells a run that was ended
    assert (await world.retrain.observe(undo)).done is True
    again = await world.retrain.plan_undo(plan, may_dry_run=True)
    assert again.refusals != ()
    assert (await world.retrain.commit(undo)).outcome is Outcome.NOT_APPLIED


@pytest.mark.parametrize("state", ["SUCCEEDED", "FAILED", "CANCELED", "CANCELING"])
async def test_a_run_that_ended_is_not_terminated(world: World, kubeflow: FakeKubeflow, state: str) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    undo = await world.retrain.plan_undo(plan, may_dry_run=True)
    kubeflow.set_state(state)
    late = await world.retrain.plan_undo(plan, may_dry_run=True)
    assert late.refusals[0].startswith(f"the run is {state}")
    assert (await world.retrain.commit(undo)).outcome is Outcome.NOT_APPLIED
    assert len(kubeflow.posted) == 1


async def test_without_a_run_there_is_nothing_to_undo(world: World) -> None:
    with pytest.raises(ActionRefused, match="no run bears its mark"):
        await world.retrain.plan_undo(await world.planned(), may_dry_run=True)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"model": "eta", "epoch": 3}, "the pipeline has no parameter 'epoch', expected one of .*; nearest: epochs"),
        ({"model": "eta", "epochs": "3"}, 'epochs: the pipeline expects a whole number; found "3"'),
        ({"model": "eta", "epochs": True}, "epochs: the pipeline expects a whole number; found true"),
        ({"model": 3}, "model: the pipeline expects a text; found 3"),
        ({"model": "$incident.id", "layers": {}}, "layers: the pipeline expects a list; found {}"),
        ({"epochs": 3}, "the pipeline needs 'model'"),
    ],
)
async def test_parameters_that_the_pipeline_does_not_take_are_refused(
    kubeflow: FakeKubeflow, parameters: dict[str, object], told: str
) -> None:
    pipeline = RetrainingPipeline(match="eta", pipeline=PIPELINE_ID, version="v7", parameters=parameters)
    async with AsyncExitStack() as closing:
        world = a_world(closing, settings_of(kubeflow.url, pipeline))
        plan = await world.retrain.plan(OCCASION, {}, may_dry_run=True)
    (refusal,) = plan.refusals
    assert re.search(told, refusal)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"epochs": 51}, "epochs: expected a whole number from 1 to 50; found 51"),
        ({"epochs": "3"}, "epochs: expected a whole number"),
        ({"epoch": 3}, "has no argument 'epoch', expected one of epochs; nearest: epochs"),
    ],
)
async def test_a_slot_takes_what_it_declares(world: World, arguments: dict[str, object], told: str) -> None:
    with pytest.raises(ActionRefused, match=told):
        await world.retrain.plan(OCCASION, arguments, may_dry_run=True)


async def test_a_pipeline_of_version_one_takes_texts_and_one_of_no_known_form_is_told(
    world: World, kubeflow: FakeKubeflow
) -> None:
    parameters = [{"name": "model"}, {"name": "epochs", "value": "1"}]
    kubeflow.specification = {"kind": "Workflow", "spec": {"arguments": {"parameters": parameters}}}
    plan = await world.retrain.plan(OCCASION, {}, may_dry_run=True)
    assert plan.refusals == ("epochs: the pipeline expects a text; found 5",)
    kubeflow.specification = None
    plan = await world.planned()
    assert any("not checked" in note for note in plan.notes)
    kubeflow.specification = {"pipeline_spec": {"root": {}}, "platform_spec": {}}
    plan = await world.retrain.plan(OCCASION, {}, may_dry_run=True)
    assert len(plan.refusals) == 2


@pytest.mark.parametrize(
    ("pipeline", "told"),
    [
        ({"pipeline": "train modell"}, "has no pipeline 'train modell', expected one of train model; nearest: train"),
        ({"version": "v8"}, "has no version 'v8', expected one of v7"),
        ({"experiment": "retraining"}, "has no experiment 'retraining', expected one of Retraining; nearest: Retrain"),
        ({"match": "fraud"}, "no pipeline of kubeflow.pipelines is for eta; they are for fraud"),
    ],
)
async def test_what_is_not_there_is_told_with_the_nearest_name(
    kubeflow: FakeKubeflow, pipeline: dict[str, object], told: str
) -> None:
    async with AsyncExitStack() as closing:
        world = a_world(closing, settings_of(kubeflow.url, msgspec.structs.replace(PIPELINE, **pipeline)))
        with pytest.raises(ActionRefused, match=told):
            await world.retrain.plan(OCCASION, {}, may_dry_run=True)


async def test_a_hostile_name_of_a_model_steers_nothing(kubeflow: FakeKubeflow) -> None:
    model = Model('et%_"}]\x1b[31m' + "a" * 500, Label("eta'; DROP TABLE runs"))
    occasion = Occasion(ModelView(model, Status.CRITICAL, {}), by="ann\x07")
    async with AsyncExitStack() as closing:
        world = a_world(closing, settings_of(kubeflow.url))
        plan = await world.retrain.plan(occasion, {}, may_dry_run=True)
        assert (await world.retrain.commit(plan)).outcome is Outcome.APPLIED
        assert (await world.retrain.observe(plan)).done is False
    run = kubeflow.runs[0]
    assert len(run["display_name"]) < 191  # the shortest column that a release of Kubeflow Pipelines keeps it in
    assert (run["display_name"] + run["description"]).isprintable()
    assert run["runtime_config"]["parameters"]["model"] == model.name.raw


async def test_a_critical_place_is_of_the_highest_tier(kubeflow: FakeKubeflow) -> None:
    async with AsyncExitStack() as closing:
        world = a_world(closing, settings_of(kubeflow.url, critical=True))
        assert (await world.planned()).tier is RiskTier.HARD_TO_UNDO
