from typing import Any

import pytest

from console.actions.argo_rollouts.restart import Restart
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, RiskTier
from console.simulation.cluster.resources import PODS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld


async def test_a_restart_is_sent_once_and_seen_through(rollouts: RolloutWorld) -> None:
    before = {pod["metadata"]["uid"] for pod in rollouts.plane.list(PODS, "ml")}
    action = rollouts.action(Restart)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert (plan.refusals, plan.tier, plan.undo) == ((), RiskTier.WIDE, None)
    assert plan.title == "Restart all pods of fraud (4)"
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


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"replicas": 1}, "it runs one pod: nothing serves between its end and the start of the new one"),
        ({"strategy": {"canary": {"maxUnavailable": "100%"}}}, "its strategy lets all 4 at once end before new ones"),
        ({"strategy": {"canary": {"maxUnavailable": 3}}}, None),
        ({"replicas": 0}, None),
    ],
)
async def test_a_restart_that_leaves_no_pod_is_told_first_and_confirmed_like_the_riskiest(
    rollouts: RolloutWorld, spec: dict[str, Any], told: str | None
) -> None:
    await rollouts.as_a_colleague({"spec": spec})
    plan = await rollouts.action(Restart).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.tier is (RiskTier.WIDE if told is None else RiskTier.HARD_TO_UNDO)
    assert plan.notes[0].startswith(told or "it is ")
