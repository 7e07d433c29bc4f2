"""Flows of the keys of the list of actions."""

from console.domain.command import ListActions, StartAction
from tests.tui.stage import Stage


async def lists_the_actions(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "ActionsScreen"
    assert stage.last() == ListActions("fraud")
    assert "fleet › fraud › actions" in stage.text
    assert "you may not patch deployments" in stage.text
    await stage.press("escape")


async def lists_them_at_the_silence(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.at == "ActionsScreen"
    assert next(line for line in stage.lines if line.startswith("▌")).split()[2] == "Silence"
    await stage.press("escape")


async def plans_the_action_under_the_cursor(stage: Stage, key: str) -> None:
    before = len(stage.engine.sent(StartAction))
    await stage.press(key, "6", "enter")
    assert stage.at == "PlaybookScreen"
    (asked,) = stage.engine.sent(StartAction)[before:]
    assert isinstance(asked, StartAction)
    assert (asked.model_id, asked.action, asked.arguments) == ("fraud", "kubernetes.scale", {"replicas": "6"})
    await stage.press("escape")


async def plans_the_action_with_its_number(stage: Stage, key: str) -> None:
    before = len(stage.engine.sent(StartAction))
    await stage.press(key)
    asks_for_a_value = key in ("1", "4")
    assert ("value:" in stage.text) == asks_for_a_value
    assert stage.at == ("PlaybookScreen" if key == "3" else "ActionsScreen"), "the third one asks for nothing"
    assert len(stage.engine.sent(StartAction)) - before == (key == "3")
    if asks_for_a_value or key == "3":
        await stage.press("escape")


async def copies_what_it_does(stage: Stage, key: str) -> None:
    await stage.press("down", key)
    assert stage.app.clipboard.endswith("you may not patch deployments in namespace ml (RBAC)")
