"""Letting held rollouts go on."""

from typing import Any

from console.actions.kubernetes.pause import Resume
from console.domain.action import Outcome
from tests.actions.kubernetes.world import World, occasion

PATH = "/apis/apps/v1/namespaces/ml/deployments/fraud"


async def as_a_colleague(world: World, spec: dict[str, Any]) -> None:
    body = {"spec": spec}
    await world.transport.patch(
        PATH, body, content_type="application/merge-patch+json", dry_run=False, field_manager="kubectl"
    )


async def test_a_template_that_nobody_saw_is_not_rolled_out(world: World) -> None:
    await as_a_colleague(world, {"paused": True})
    resume = Resume(world.transport, world.settings, world.clock, settle_seconds=0.0)
    plan = await resume.plan(occasion(world.fraud), {}, may_dry_run=True)
    await as_a_colleague(world, {"template": {"metadata": {"labels": {"version": "v43"}}}})
    commitment = await resume.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    again = await resume.plan(occasion(world.fraud), {}, may_dry_run=True)
    assert (await resume.commit(again)).outcome is Outcome.APPLIED
    assert (await resume.plan_undo(again, may_dry_run=True)).refusals == ()
