"""Flows of the keys of a playbook."""

from console.domain.command import (
    CancelPlan,
    CommitPlan,
    EndRun,
    PlanUndo,
)
from tests.tui import scenes
from tests.tui.stage import Stage


async def commits(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == CommitPlan("7f3a", scenes.plan().hash)
    assert "✔ applied" in stage.text


async def cancels(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == CancelPlan("7f3a", scenes.plan().hash)
    assert "dry run" not in stage.text


async def shows_details(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert '"path": "/metadata/uid"' in stage.text
    await stage.press(key)
    assert '"path": "/metadata/uid"' not in stage.text


async def copies_as_kubectl(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.app.clipboard == "kubectl --context prod-eu -n ml scale deployment/fraud --replicas=6"


async def plans_the_undo(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.last() == PlanUndo("7f3a")


async def ends_the_run(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert EndRun("7f3a") not in stage.engine.commands
    assert "E again ends this run for good" in stage.text
    await stage.press(key)
    assert stage.last() == EndRun("7f3a")
    assert stage.at == "FleetScreen"
