"""Which earlier model is gone back to, by how each served."""

import pytest

from console.actions.kserve.roll_back import RollBack
from console.actions.provider import ActionRefused
from console.domain.action import RiskTier
from console.domain.served import MeasuredVersion, ServedPast
from console.domain.snapshot import ModelView
from tests.actions.kserve.world import KServeWorld
from tests.detect.served import hours_ago, past_of, served
from tests.simulation.cluster.inference import model

EARLIER, LATER = hours_ago(20, 9), hours_ago(9, 6)


def measuring(world: KServeWorld, *versions: MeasuredVersion) -> RollBack:
    """Return the action beside metrics that tell how versions served."""

    async def served_past(view: ModelView) -> ServedPast:
        return past_of(versions)

    return RollBack(world.transport, world.settings, world.clock, settle_seconds=0.0, served=served_past)


async def released(world: KServeWorld, *versions: str) -> None:
    for version in versions:
        await world.change({"predictor": model(version)})


async def test_a_model_that_missed_its_objectives_is_passed_over(standard: KServeWorld) -> None:
    await released(standard, "v42", "v43")
    action = measuring(standard, served("v41", EARLIER), served("v42", LATER, p99=0.9))
    plan = await action.plan(await standard.occasion(), {}, may_dry_run=True)
    assert plan.title == "Write the model of scoring back: s3://models/scoring/v41"
    assert plan.notes[0].startswith("the earlier model was read from revision 1 (ReplicaSet scoring-predictor-")
    assert " met its objectives while it served, 18:40–05:40 UTC: " in plan.notes[1]
    assert plan.notes[2].startswith("passed over: revision 2 (ReplicaSet scoring-predictor-")
    assert " missed its latency objective while it served, 05:40–08:40 UTC: p99 0.90 s" in plan.notes[2]


@pytest.mark.parametrize("named", ["2", 2])
async def test_where_all_missed_a_person_names_the_revision_and_is_told(
    standard: KServeWorld, named: str | int
) -> None:
    await released(standard, "v42", "v43")
    action = measuring(standard, served("v41", EARLIER, errors=0.05), served("v42", LATER, p99=0.9))
    occasion = await standard.occasion()
    with pytest.raises(ActionRefused, match=r"^no earlier model is chosen without you: revision 2 .*; say which"):
        await action.plan(occasion, {}, may_dry_run=True)
    plan = await action.plan(occasion, {"revision": named}, may_dry_run=True)
    assert (plan.title, plan.tier) == ("Write the model of scoring back: s3://models/scoring/v42", RiskTier.WIDE)
    assert " missed its latency objective while it served, " in plan.notes[1]


async def test_a_revision_that_cannot_be_meant_is_refused(standard: KServeWorld) -> None:
    await released(standard, "v42")
    action, occasion = measuring(standard), await standard.occasion()
    with pytest.raises(ActionRefused, match="revision 9 is not kept; kept from before are 1"):
        await action.plan(occasion, {"revision": "9"}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="revision is True; expected a text"):
        await action.plan(occasion, {"revision": True}, may_dry_run=True)
    await standard.change({"predictor": {"minReplicas": 3, "labels": {"tier": "gold"}}})
    with pytest.raises(ActionRefused, match=r"^revision 2 .* holds the model of now, or nothing that can be written"):
        await action.plan(occasion, {"revision": "2"}, may_dry_run=True)


async def test_traffic_goes_back_to_a_revision_that_is_told_of(knative: KServeWorld) -> None:
    action = measuring(knative, served("scoring-predictor-00001", EARLIER))
    plan = await action.plan(await knative.occasion(), {}, may_dry_run=True)
    assert plan.title == "Send all traffic of scoring back to revision scoring-predictor-00001"
    assert plan.notes[0].startswith("revision scoring-predictor-00001 met its objectives while it served, ")


async def test_where_the_revision_before_missed_too_an_older_model_is_written_back(knative: KServeWorld) -> None:
    await released(knative, "v43")
    versions = [served("scoring-predictor-00001", EARLIER), served("scoring-predictor-00002", LATER, errors=0.05)]
    action, occasion = measuring(knative, *versions), await knative.occasion()
    plan = await action.plan(occasion, {}, may_dry_run=True)
    assert plan.title == "Write the model of scoring back: s3://models/scoring/v41"
    assert plan.notes[0].startswith("revision scoring-predictor-00002 missed its error objective while it served, ")
    assert plan.notes[0].endswith(": the earlier model is written back instead")
    named = await action.plan(occasion, {"revision": "scoring-predictor-00002"}, may_dry_run=True)
    assert named.title == "Send all traffic of scoring back to revision scoring-predictor-00002"
    assert named.notes[0].startswith("revision scoring-predictor-00002 missed its error objective while it served, ")
    older = await action.plan(occasion, {"revision": "scoring-predictor-00001"}, may_dry_run=True)
    assert older.notes[0] == "revision scoring-predictor-00001 is asked for: the earlier model is written back instead"


async def test_a_stable_revision_beside_a_canary_gets_all_traffic_whatever_it_was_like(knative: KServeWorld) -> None:
    await knative.change({"predictor": {**model("v43"), "canaryTrafficPercent": 10}})
    action = measuring(knative, served("scoring-predictor-00002", EARLIER, LATER, p99=0.9))
    plan = await action.plan(await knative.occasion(), {}, may_dry_run=True)
    assert plan.title == "Send all traffic of scoring back to revision scoring-predictor-00002"
    assert plan.notes[0].startswith("revision scoring-predictor-00002 missed its latency objective while it served, ")
    with pytest.raises(ActionRefused, match="00001 is asked for: a model that is written back gets no traffic"):
        await action.plan(await knative.occasion(), {"revision": "scoring-predictor-00001"}, may_dry_run=True)
