"""The first steps of a run that many tests begin with."""

from console.domain.action import Plan
from console.domain.command import Answer, CommitPlan
from console.domain.run import Run
from tests.engine.stage import Stage


def states(run: Run) -> dict[str, str]:
    return {step.id: step.state.value for step in run.steps}


def shown_plan(run: Run) -> Plan:
    assert run.plan is not None
    return run.plan


async def planned(stage: Stage) -> Run:
    """Go to the plan that waits for its key."""
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    return await stage.until(lambda run: run.plan is not None)


async def committed(stage: Stage) -> Run:
    """Go to the watch of the action that was sent; its rollout is done."""
    run = await planned(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    run = await stage.until(lambda run: run.commitment is not None)
    await stage.quiet()
    return run
