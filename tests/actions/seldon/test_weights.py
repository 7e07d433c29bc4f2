import pytest

from console.actions.provider import ActionRefused
from console.actions.seldon.weights import SetWeight
from console.domain.action import FieldChange, Outcome, RiskTier
from console.simulation.cluster.seldon import EXPERIMENTS, experiment_object
from tests.actions.seldon.world import EXPERIMENTS_PATH, SeldonWorld, occasion


async def test_a_weight_is_planned_sent_once_seen_through_and_taken_back(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    prospect = await action.prospect(occasion("iris2"))
    assert prospect.present == {"weight": "10"}
    assert prospect.choices == {"experiment": ("split",), "candidate": ("iris", "iris2")}
    plan = await action.plan(occasion("iris2"), {"weight": 0}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Set the weight of iris2 in Experiment split to 0"
    assert plan.changes == (FieldChange("candidates[1].weight", "10", "0"),)
    assert plan.tier is RiskTier.WIDE
    assert plan.notes == ("iris2 gets 10% → 0%", "the Experiment concerns iris, iris2")
    assert (plan.target.kind, plan.target.name) == ("Model", "iris2")
    seldon.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in seldon.mutations] == [f"{EXPERIMENTS_PATH}/split"]
    seldon.wait()
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "the Experiment is ready")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.title) == ((), "Set the weight of iris2 in Experiment split to 10")
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert [each["weight"] for each in seldon.spec(EXPERIMENTS, "split")["candidates"]] == [90, 10]


async def test_two_who_take_a_candidate_each_do_not_leave_none(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    mine = await action.plan(occasion("iris2"), {"weight": 0}, may_dry_run=True)
    theirs = await action.plan(occasion("iris"), {"weight": 0}, may_dry_run=True)
    assert (await action.commit(theirs)).outcome is Outcome.APPLIED
    commitment = await action.commit(mine)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "candidates[0].weight is 0 now, not 90" in commitment.detail


async def test_a_candidate_that_moved_to_another_place_is_not_mistaken(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    plan = await action.plan(occasion("iris2"), {"weight": 0}, may_dry_run=True)
    turned = [{"name": "iris2", "weight": 10}, {"name": "iris", "weight": 10}]
    await seldon.as_a_colleague(f"{EXPERIMENTS_PATH}/split", {"spec": {"candidates": turned}})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "candidates[1].name is iris now, not iris2" in commitment.detail
    assert seldon.spec(EXPERIMENTS, "split")["candidates"] == turned


async def test_a_colleagues_weight_is_refused_and_not_undone_over(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    plan = await action.plan(occasion("iris2"), {"weight": 50}, may_dry_run=True)
    other = [{"name": "iris", "weight": 90}, {"name": "iris2", "weight": 30}]
    third = [{"name": "iris", "weight": 90}, {"name": "iris2", "weight": 70}]
    await seldon.as_a_colleague(f"{EXPERIMENTS_PATH}/split", {"spec": {"candidates": other}})
    refused = await action.commit(plan)
    assert "candidates[1].weight is 30 now, not 10" in refused.detail
    plan = await action.plan(occasion("iris2"), {"weight": 50}, may_dry_run=True)
    await action.commit(plan)
    await seldon.as_a_colleague(f"{EXPERIMENTS_PATH}/split", {"spec": {"candidates": third}})
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert "nothing is undone over somebody else's change" in undo.refusals[0]


async def test_somebody_must_answer(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    await action.commit(await action.plan(occasion("iris"), {"weight": 0}, may_dry_run=True))
    plan = await action.plan(occasion("iris2"), {"weight": 0}, may_dry_run=True)
    assert plan.refusals == ("every candidate of Experiment split would have weight 0: nobody would answer",)


async def test_a_mirror_has_a_percentage(seldon: SeldonWorld) -> None:
    spec = {"mirror": {"name": "iris2", "percent": 100}}
    seldon.cluster.add_object(EXPERIMENTS, experiment_object("ml", "shadow", {"iris": 100}, **spec))
    action = seldon.action(SetWeight)
    with pytest.raises(ActionRefused, match="ambiguous: Model iris2 is in Experiments shadow, split; name one"):
        await action.plan(occasion("iris2"), {"weight": 0}, may_dry_run=True)
    plan = await action.plan(occasion("iris2"), {"weight": 20, "experiment": "shadow"}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.changes == (FieldChange("mirror.percent", "100", "20"),)
    assert plan.notes[0] == "iris2 gets copies of 20 % of the requests; its answers go to nobody"
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    much = await action.plan(occasion("iris2"), {"weight": 101, "experiment": "shadow"}, may_dry_run=True)
    assert much.refusals == ("a mirror gets at most 100 % of the requests, not 101",)


async def test_what_is_asked_is_checked(seldon: SeldonWorld) -> None:
    action = seldon.action(SetWeight)
    with pytest.raises(ActionRefused, match="Model iris is in no Experiment 'other'; it is in split"):
        await action.plan(occasion(), {"weight": 1, "experiment": "other"}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="Experiment split has no candidate 'iris9'; it has iris, iris2"):
        await action.plan(occasion(), {"weight": 1, "candidate": "iris9"}, may_dry_run=True)
    with pytest.raises(ActionRefused, match="weight is -1; expected a whole number from 0"):
        await action.plan(occasion(), {"weight": -1}, may_dry_run=True)
