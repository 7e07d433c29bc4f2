"""What is said of a retraining when the server refuses, dies, is slow or lies, against a fake Kubeflow Pipelines."""

import pytest

from console.actions.provider import ActionRefused
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome
from tests.actions.kubeflow.fake_kubeflow import FakeKubeflow, status
from tests.actions.kubeflow.world import World
from tests.actions.occasions import OCCASION
from tests.sources.lying_server import CLOSE, HANG, Lie, answer

SIGN_IN = Lie(200, b"<html><title>Sign in</title></html>", content_type="text/html")


@pytest.mark.parametrize(
    "lie",
    [
        status(401, 16, "no identity"),
        status(403, 7, "ann may not create runs in ml"),
        status(404, 5, "no such version"),
        status(409, 6, "there already"),
        status(400, 3, "wrong parameter"),
    ],
)
async def test_what_the_server_refuses_was_not_done(world: World, kubeflow: FakeKubeflow, lie: Lie) -> None:
    plan = await world.planned()
    kubeflow.lies = [lie]
    commitment = await world.retrain.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert commitment.detail.startswith(f"nothing was changed: 127.0.0.1:{kubeflow.port} answered {lie.status}: ")
    assert (len(kubeflow.posted), kubeflow.runs) == (1, [])


@pytest.mark.parametrize(
    "lie", [CLOSE, HANG, status(500, 13, "broken"), Lie(504), SIGN_IN, answer({}), Lie(promised=9)]
)
async def test_a_request_that_did_not_arrive_is_settled_by_reading(
    world: World, kubeflow: FakeKubeflow, lie: Lie
) -> None:
    plan = await world.planned()
    kubeflow.lies = [lie]
    sent_at = world.clock.now
    commitment = await world.retrain.commit(plan)
    assert commitment.outcome is Outcome.UNKNOWN, commitment.detail
    world.clock.now += LAST_ARRIVAL_SECONDS
    settled = await world.retrain.settle(plan, sent_at)
    assert (settled.outcome, settled.detail) == (Outcome.NOT_APPLIED, "no run bears its mark: it was not started")
    assert len(kubeflow.posted) == 1


async def test_an_answer_that_was_lost_is_found_by_the_mark(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    kubeflow.loses_answers = True
    commitment = await world.retrain.commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert "it was started" in commitment.detail
    assert len(kubeflow.posted) == len(kubeflow.runs) == 1
    again = await world.retrain.commit(plan)
    assert (again.outcome, len(kubeflow.posted)) == (Outcome.NOT_APPLIED, 1)
    assert "was started by this very plan" in again.detail


async def test_a_run_that_is_not_listed_yet_was_started_if_the_answer_names_it(
    world: World, kubeflow: FakeKubeflow
) -> None:
    plan = await world.planned()
    none = answer({"runs": None})
    kubeflow.lies_to_reads = [none, none, none]
    commitment = await world.retrain.commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert "it is not seen yet" in commitment.detail


async def test_a_request_that_something_sent_twice_is_told(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    kubeflow.runs.append({**kubeflow.runs[0], "run_id": "another"})
    assert "2 runs bear its mark" in (await world.retrain.settle(plan, world.clock.now)).detail


async def test_a_list_that_is_not_filtered_settles_nothing(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    kubeflow.runs[0]["display_name"] = "by hand"
    kubeflow.filters = False
    world.clock.now += LAST_ARRIVAL_SECONDS
    settled = await world.retrain.settle(plan, 0.0)
    assert settled.outcome is Outcome.UNKNOWN
    assert "does not filter" in settled.detail


@pytest.mark.parametrize("is_lost", [True, False])
async def test_an_undo_without_an_answer_is_settled_by_reading(
    world: World, kubeflow: FakeKubeflow, is_lost: bool
) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    kubeflow.set_state("RUNNING")
    undo = await world.retrain.plan_undo(plan, may_dry_run=True)
    kubeflow.loses_answers = is_lost
    kubeflow.lies = [] if is_lost else [CLOSE]
    sent_at = world.clock.now
    commitment = await world.retrain.commit(undo)
    assert commitment.outcome is (Outcome.APPLIED if is_lost else Outcome.UNKNOWN)
    world.clock.now += LAST_ARRIVAL_SECONDS
    settled = await world.retrain.settle(undo, sent_at)
    assert settled.outcome is (Outcome.APPLIED if is_lost else Outcome.NOT_APPLIED)
    kubeflow.set_state("SUCCEEDED")
    assert (await world.retrain.settle(undo, sent_at)).outcome is Outcome.NOT_APPLIED
    kubeflow.runs.clear()
    assert (await world.retrain.settle(undo, sent_at)).outcome is Outcome.UNKNOWN


async def test_a_lost_undo_of_a_run_that_failed_stays_unknown(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    await world.retrain.commit(plan)
    undo = await world.retrain.plan_undo(plan, may_dry_run=True)
    kubeflow.set_state("FAILED")
    assert (await world.retrain.settle(undo, 0.0)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (status(401, 16, "no identity"), "kubeflow does not let this console read the pipelines: .* 401"),
        (status(403, 7, "not allowed in ml"), "kubeflow does not let this console read the pipelines: .* 403"),
        (SIGN_IN, "the pipelines of kubeflow cannot be read: .*not JSON"),
        (HANG, "the pipelines of kubeflow cannot be read: .*did not answer within 2 s"),
        (answer({"pipelines": 3}), "the pipelines of kubeflow cannot be read: .*not an answer of Kubeflow"),
        (answer({"pipelines": [{}]}), "the pipelines of kubeflow cannot be read: .*pipeline_id"),
    ],
)
async def test_a_server_that_cannot_be_read_is_no_plan(
    world: World, kubeflow: FakeKubeflow, lie: Lie, told: str
) -> None:
    kubeflow.lies_to_reads = [lie] * 9
    with pytest.raises(ActionRefused, match=told):
        await world.retrain.plan(OCCASION, {}, may_dry_run=True)


async def test_what_cannot_be_read_is_no_progress_and_no_commit(world: World, kubeflow: FakeKubeflow) -> None:
    plan = await world.planned()
    kubeflow.lies_to_reads = [status(403, 7, "not allowed")] * 9
    progress = await world.retrain.observe(plan)
    assert (progress.done, progress.failed) == (None, None)
    assert "403" in progress.text
    commitment = await world.retrain.commit(plan)
    assert (commitment.outcome, kubeflow.posted) == (Outcome.NOT_APPLIED, [])
    assert (await world.retrain.settle(plan, 0.0)).outcome is Outcome.UNKNOWN
