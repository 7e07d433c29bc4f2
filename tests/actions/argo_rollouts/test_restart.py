import pytest

from console.actions.argo_rollouts.restart import Restart
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, RiskTier
from console.simulation.cluster import Fault
from console.simulation.cluster.resources import PODS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld


async def test_a_restart_is_sent_once_and_seen_through(rollouts: RolloutWorld) -> None:
    before = {pod["metadata"]["uid"] for pod in rollouts.plane.list(PODS, "ml")}
    action = rollouts.action(Restart)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert (plan.refusals, plan.tier, plan.undo) == ((), RiskTier.WIDE, None)
    assert plan.title == "Restart the 4 pods of fraud"
    assert plan.notes[-1] == "pods that started since 03:21:00 UTC stay"
    rollouts.clock.now += 20
    assert (await action.plan(rollouts.occasion, {}, may_dry_run=True)).hash == plan.hash
    rollouts.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in rollouts.mutations] == [ROLLOUT]
    assert (await action.observe(plan)).text.startswith("old pods are left")
    rollouts.wait(120)
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "restarted: 4 of 4 available")
    assert not before & {pod["metadata"]["uid"] for pod in rollouts.plane.list(PODS, "ml")}
    with pytest.raises(ActionRefused, match="cannot be undone"):
        await action.plan_undo(plan, may_dry_run=True)


async def test_a_colleagues_edit_before_a_restart_is_told(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Restart)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"spec": {"restartAt": "2025-11-22T04:00:00Z"}})
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "now, it was not set" in commitment.detail


async def test_a_restart_without_an_answer_is_settled_by_reading(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Restart)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    rollouts.cluster.forget_requests()
    rollouts.cluster.faults.add(Fault(method="PATCH", path="*/fraud", dry_run=False, cut="after"))
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert len(rollouts.mutations) == 1


async def test_a_forbidden_restart_is_told_before(rollouts: RolloutWorld) -> None:
    rollouts.cluster.deny(verb="patch", resource="rollouts")
    plan = await rollouts.action(Restart).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ("you may not patch rollouts in namespace ml (RBAC)",)
