from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from console.actions.argo_rollouts.abort import Abort
from console.actions.argo_rollouts.promote import Promote
from console.actions.argo_rollouts.restart import Restart
from console.actions.argo_rollouts.retry import Retry
from console.actions.argo_rollouts.undo import Undo
from console.actions.provider import Action, ActionRefused
from console.domain.action import FieldChange, Outcome, RiskTier
from console.domain.model import WorkloadFinding
from console.simulation.cluster import Fault
from console.simulation.cluster.argo_rollouts import ROLLOUTS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld, a_rollout_world


async def test_an_abort_is_planned_sent_once_seen_through_and_taken_back(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Abort)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Abort the update of fraud to v42 (revision 2)"
    assert plan.changes == (FieldChange("status.abort", "not set", "true"),)
    assert plan.dry_run == "accepted by the server"
    assert plan.tier is RiskTier.WIDE
    assert (
        plan.notes[0] == "v41 (revision 1) serves everything again; it is Paused (CanaryPauseStep), 1 of 4 steps done"
    )
    assert plan.command == "kubectl argo rollouts abort fraud --context simulated -n ml"
    assert plan.target.uid == rollouts.live["metadata"]["uid"]
    rollouts.cluster.forget_requests()

    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    (request,) = rollouts.mutations
    assert (request.method, request.path) == ("PATCH", f"{ROLLOUT}/status")
    assert not (await action.observe(plan)).done

    status = rollouts.wait()
    assert (status["phase"], rollouts.versions()) == ("Degraded", {"v41": 4})
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "aborted: the stable version serves alone, 4 of 4 available")

    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert undo.title == "Try the update of fraud to v42 (revision 2) again"
    assert (await action.commit(undo)).outcome is Outcome.APPLIED
    assert rollouts.wait()["phase"] == "Paused"
    assert (await action.observe(undo)).done
    assert rollouts.versions() == {"v41": 3, "v42": 1}


async def test_a_retry_is_the_inverse_of_an_abort(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    abort, retry = rollouts.action(Abort), rollouts.action(Retry)
    refused = await retry.plan(rollouts.occasion, {}, may_dry_run=True)
    assert refused.refusals
    await abort.commit(await abort.plan(rollouts.occasion, {}, may_dry_run=True))
    rollouts.wait()
    again = await abort.plan(rollouts.occasion, {}, may_dry_run=True)
    assert again.refusals
    assert again.dry_run == "not asked: it is refused already"

    plan = await retry.plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.changes == (FieldChange("status.abort", "true", "false"),)
    assert (await retry.commit(plan)).outcome is Outcome.APPLIED
    assert rollouts.wait()["phase"] == "Paused"
    assert (await retry.observe(plan)).done
    undo = await retry.plan_undo(plan, may_dry_run=True)
    assert undo.refusals == ()
    assert (await retry.commit(undo)).outcome is Outcome.APPLIED
    assert rollouts.wait()["phase"] == "Degraded"
    assert (await retry.observe(undo)).done


async def test_what_is_fully_promoted_cannot_be_aborted_and_is_told_what_can(rollouts: RolloutWorld) -> None:
    plan = await rollouts.action(Abort).plan(rollouts.occasion, {}, may_dry_run=True)
    (refusal,) = plan.refusals
    assert (await rollouts.action(Abort).prospect(rollouts.occasion)).why_not == refusal
    assert refusal == (
        "fraud is fully promoted: no update is under way that could be aborted; "
        "argo_rollouts.undo goes back to another version"
    )
    assert rollouts.mutations == []


async def test_an_update_that_a_colleague_promoted_meanwhile_is_not_aborted(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Abort)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"status": {"promoteFull": True}}, "status")
    rollouts.wait()
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    hash_ = rollouts.live["status"]["stableRS"]
    assert commitment.detail.startswith(f"nothing was changed: status.stableRS is {hash_} now, not ")
    assert rollouts.live["status"]["phase"] == "Healthy"


async def test_another_release_meanwhile_is_not_aborted_in_the_name_of_the_one_that_was_seen(
    rollouts: RolloutWorld,
) -> None:
    rollouts.release("v42")
    action = rollouts.action(Abort)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    rollouts.release("v43")
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "template.metadata.labels.version is v43 now, not v42" in commitment.detail


@pytest.mark.parametrize("kind", [Abort, Promote, Undo, Restart])
async def test_replicas_that_an_autoscaler_sets_meanwhile_do_not_stand_in_the_way(
    rollouts: RolloutWorld, kind: Callable[..., Action]
) -> None:
    rollouts.release("v42")
    action = rollouts.action(kind)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"spec": {"replicas": 6}}, "scale")
    again = await action.plan(rollouts.occasion, {}, may_dry_run=False)
    assert again.request == plan.request
    assert (await action.commit(plan)).outcome is Outcome.APPLIED


async def test_steps_that_a_colleague_changed_meanwhile_are_told(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Abort)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"spec": {"strategy": {"canary": {"steps": [{"setWeight": 100}]}}}})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "strategy.canary.steps are [" in commitment.detail


async def test_a_spec_that_the_controller_has_not_looked_at_is_not_aborted(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    await rollouts.as_a_colleague({"spec": {"minReadySeconds": 1}})
    plan = await rollouts.action(Abort).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ("its controller has not looked at the newest spec yet: wait a moment and plan again",)


async def test_an_abort_without_a_status_is_refused(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")

    bare = msgspec.json.encode({**rollouts.live, "status": {}})
    rollouts.cluster.faults.add(Fault(method="GET", path="*/rollouts/fraud", body=bare, times=None))
    plan = await rollouts.action(Abort).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ("its controller has not looked at the newest spec yet: wait a moment and plan again",)


async def test_an_abort_that_another_release_ended_is_not_called_unsent(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action, sent_at = rollouts.action(Abort), rollouts.clock.now
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await action.commit(plan)
    rollouts.wait()
    rollouts.release("v43")
    rollouts.wait(120)
    settled = await action.settle(plan, sent_at)
    assert settled.outcome is Outcome.UNKNOWN
    assert "template.metadata.labels.version is v43 now, not v42" in settled.detail


async def test_an_abort_is_not_taken_back_when_another_release_has_begun(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Abort)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await action.commit(plan)
    rollouts.wait()
    rollouts.release("v43")
    undo = await action.plan_undo(plan, may_dry_run=True)
    assert undo.refusals
    progress = await action.observe(plan)
    assert progress.done is None
    assert progress.text.startswith("another update has begun, or this one is done: it is Paused")


async def test_before_the_status_subresource_the_object_itself_is_patched(tmp_path: Path) -> None:
    old = msgspec.structs.replace(ROLLOUTS, status=False)
    async with a_rollout_world(tmp_path, resource=old) as rollouts:
        rollouts.release("v42")
        action = rollouts.action(Abort)
        plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
        assert plan.request.path == ROLLOUT
        assert plan.refusals == ()
        assert (await action.commit(plan)).outcome is Outcome.APPLIED
        assert rollouts.wait()["phase"] == "Degraded"


async def test_versions_are_told_by_their_hashes_where_replica_sets_may_not_be_listed(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    rollouts.cluster.deny(verb="list", resource="replicasets")
    plan = await rollouts.action(Abort).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == f"Abort the update of fraud to {rollouts.live['status']['currentPodHash'][:10]}"
    assert plan.notes[-1] == "the ReplicaSets may not be listed (RBAC): which versions there were is unknown"


async def test_nothing_is_asked_of_a_workload_that_is_no_rollout(rollouts: RolloutWorld) -> None:
    occasion = rollouts.occasion
    deployment = WorkloadFinding(msgspec.structs.replace(occasion.workload, kind="Deployment"))
    other = msgspec.structs.replace(occasion, view=msgspec.structs.replace(occasion.view, workload=deployment))
    with pytest.raises(ActionRefused, match="fraud is a Deployment, not a Rollout of Argo Rollouts"):
        await rollouts.action(Abort).plan(other, {}, may_dry_run=True)
    with pytest.raises(ActionRefused, match=r"argo_rollouts\.abort has no argument 'force'; expected none"):
        await rollouts.action(Abort).plan(rollouts.occasion, {"force": True}, may_dry_run=True)
    assert rollouts.cluster.requests == ()
