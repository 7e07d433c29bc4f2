import msgspec
import pytest

from console.actions.kubernetes.serving_times import SETTLING_SECONDS
from console.actions.provider import ActionRefused
from console.actions.seldon.storage import SetStorageUri, times_loaded
from console.domain.action import FieldChange, Outcome, RiskTier
from console.domain.served import MeasuredVersion, ServedPast
from console.domain.snapshot import ModelView
from console.simulation.cluster import Fault
from console.simulation.cluster.seldon import MODELS
from tests.actions.seldon.world import MODELS_PATH, SeldonWorld, occasion
from tests.detect.served import hours_ago, past_of, served

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


async def test_back_does_not_lead_to_an_artefact_that_was_left(seldon: SeldonWorld) -> None:
    action = seldon.action(SetStorageUri, past=seldon.past)
    for uri in (SECOND, "gs://models/iris/3", SECOND):
        await loaded(seldon, uri)
    assert (await action.plan(occasion(), {}, may_dry_run=True)).title == f"Let Model iris load {FIRST}"
    await loaded(seldon, FIRST)
    told = f"^{FIRST} was gone back to from {SECOND}, and what was before it is not known: give storage_uri$"
    with pytest.raises(ActionRefused, match=told):
        await action.plan(occasion(), {}, may_dry_run=True)


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


def measuring(seldon: SeldonWorld, *versions: MeasuredVersion) -> SetStorageUri:
    """Return the action beside metrics that tell how versions served."""

    async def served_past(view: ModelView) -> ServedPast:
        return past_of(versions)

    return seldon.action(SetStorageUri, past=seldon.past, served=served_past)


async def loaded(seldon: SeldonWorld, uri: str, at: float | None = None) -> None:
    """Let the console set a storage URI, and remember that in the journal, as of another instant where one is given."""
    action = seldon.action(SetStorageUri)
    plan = await action.plan(occasion(), {"storage_uri": uri}, may_dry_run=True)
    await action.commit(plan)
    seldon.sent.append(plan if at is None else msgspec.structs.replace(plan, made_at=at))
    seldon.wait()


async def test_an_artefact_that_missed_its_objectives_is_loaded_only_where_it_is_named(seldon: SeldonWorld) -> None:
    await loaded(seldon, SECOND)
    action = measuring(seldon, served("1", hours_ago(20, 9), errors=0.05), served("2", hours_ago(9, 6)))
    with pytest.raises(ActionRefused, match=r"^it is not chosen without you: gs://models/iris/1 missed its error"):
        await action.plan(occasion(), {}, may_dry_run=True)
    named = await action.plan(occasion(), {"storage_uri": FIRST}, may_dry_run=True)
    assert named.notes[0].startswith(f"{FIRST} missed its error objective while it served, 18:40–05:40 UTC: ")


async def test_where_metrics_do_not_name_it_the_journal_tells_when_an_artefact_was_loaded(seldon: SeldonWorld) -> None:
    first, second = hours_ago(20, 9)
    await loaded(seldon, SECOND, at=first)
    await loaded(seldon, "gs://models/iris/3", at=second)
    newest_first = seldon.sent[::-1]
    assert times_loaded(newest_first, SECOND) == ((first + SETTLING_SECONDS, second),)
    assert times_loaded(newest_first, FIRST) == ()
    back = await measuring(seldon, served("iris_2", hours_ago(20, 0))).plan(occasion(), {}, may_dry_run=True)
    assert back.title == f"Let Model iris load {SECOND}"
    assert back.notes[0].startswith(f"{SECOND} met its objectives while it served, 18:50–05:40 UTC: ")
