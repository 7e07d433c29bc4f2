import pytest

from console.actions.provider import ActionRefused
from console.actions.seldon.storage import SetStorageUri
from console.domain.action import FieldChange, Outcome, RiskTier
from console.simulation.cluster import Fault
from console.simulation.cluster.seldon import MODELS
from tests.actions.seldon.world import MODELS_PATH, SeldonWorld, occasion

FIRST, SECOND = "gs://models/iris/1", "gs://models/iris/2"


async def test_another_artefact_is_planned_sent_once_seen_through_and_taken_back(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri)
    plan = await action.plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.changes == (FieldChange("storageUri", FIRST, SECOND),)
    assert (plan.title, plan.tier) == (f"Let Model iris load {SECOND}", RiskTier.WIDE)
    seldon.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in seldon.mutations] == [f"{MODELS_PATH}/iris"]
    assert not (await action.observe(plan)).done
    seldon.wait()
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "ModelReady is True: ModelAvailable")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert seldon.spec(MODELS, "iris")["storageUri"] == FIRST


async def test_the_one_of_before_comes_from_the_journal(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri, past=seldon.past)
    plan = await action.plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    await action.commit(plan)
    seldon.sent.append(plan)
    seldon.wait()
    back = await action.plan(occasion(), {}, may_dry_run=True)
    assert (back.refusals, back.title) == ((), f"Let Model iris load {FIRST}")
    prospect = await action.prospect(occasion())
    assert prospect.present == {"storage_uri": SECOND}
    assert prospect.choices == {"storage_uri": (FIRST,)}


async def test_the_one_of_before_is_never_guessed(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri, past=seldon.past)
    with pytest.raises(ActionRefused, match="the journal knows no storage URI that Model iris had before: give"):
        await action.plan(occasion(), {}, may_dry_run=True)
    plan = await action.plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    await action.commit(plan)
    seldon.sent.append(plan)
    await seldon.as_a_colleague(f"{MODELS_PATH}/iris", {"spec": {"storageUri": "gs://models/iris/3"}})
    with pytest.raises(ActionRefused, match="it has gs://models/iris/3 now, which this console did not set"):
        await action.plan(occasion(), {}, may_dry_run=True)
    for wrong in ("", " ", 3, "gs://\x1b[2J"):
        with pytest.raises(ActionRefused, match="expected such as gs://bucket/model/v41"):
            await action.plan(occasion(), {"storage_uri": wrong}, may_dry_run=True)


async def test_an_artefact_that_cannot_be_loaded_has_failed(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri)
    plan = await action.plan(occasion(), {"storage_uri": "gs://broken/iris"}, may_dry_run=True)
    await action.commit(plan)
    seldon.wait()
    assert (await action.observe(plan)).failed == (
        "Seldon gave up: ModelReady is False: ModelFailed (rclone: directory not found)"
    )


async def test_a_colleagues_edit_is_refused_with_the_new_value(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri)
    plan = await action.plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    await seldon.as_a_colleague(f"{MODELS_PATH}/iris", {"spec": {"storageUri": "gs://models/iris/3"}})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert f"storageUri is gs://models/iris/3 now, not {FIRST}" in commitment.detail


async def test_an_edit_without_an_answer_is_settled_by_reading(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri)
    plan = await action.plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    seldon.cluster.forget_requests()
    seldon.cluster.faults.add(Fault(method="PATCH", path="*/iris", dry_run=False, cut="after"))
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert len(seldon.mutations) == 1


async def test_what_is_forbidden_is_told_before(seldon: SeldonWorld) -> None:
    seldon.cluster.deny(verb="patch", resource="models")
    plan = await seldon.action(SetStorageUri).plan(occasion(), {"storage_uri": SECOND}, may_dry_run=True)
    assert plan.refusals == ("you may not patch models in namespace ml (RBAC)",)
