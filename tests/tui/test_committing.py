"""What a person must do before anything is sent, and what does not count as it."""

import time
from types import SimpleNamespace

import msgspec
import pytest
from textual import events
from textual.widgets import Input

from console.domain.action import RiskTier
from console.domain.command import Answer, CancelPlan, Command, CommitPlan, StartRun
from console.domain.run import Choice
from console.tui.arming import Arming
from console.tui.panels.lines import Span
from console.tui.panels.run_pane import RunPane
from tests.tui import scenes
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

ANSWERS: Answers = {StartRun: (scenes.planned(),)}
NEVER = 3600.0


def committed(stage: Stage) -> list[Command]:
    return stage.engine.sent(CommitPlan)


def in_a_field(stage: Stage) -> bool:
    return isinstance(stage.app.focused, Input)


def looks_armed(pane: RunPane) -> bool:
    return Span("y ", "key") in pane.drawn(pane.size)[-1]


def test_a_key_that_was_pressed_before_the_plan_was_painted_is_not_armed() -> None:
    arming = Arming(0.4)
    arming.expect("plan")
    assert not arming.is_armed(100.0)
    arming.painted(10.0)
    assert not arming.is_armed(9.0)
    assert not arming.is_armed(10.39)
    assert arming.is_armed(10.4)


def test_another_plan_disarms_and_the_same_again_does_not() -> None:
    arming = Arming(0.4)
    arming.expect("plan")
    arming.painted(10.0)
    assert not arming.expect("plan")
    assert arming.is_armed(11.0)
    assert arming.expect("other")
    assert not arming.is_armed(11.0)
    arming.painted(12.0)
    arming.painted(20.0)
    assert arming.is_armed(12.4), "the first painting counts"


async def test_the_commit_names_the_run_and_the_hash_of_the_painted_plan() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", "y")
        assert committed(stage) == [CommitPlan("7f3a", scenes.plan().hash)]


async def test_the_key_is_dropped_until_it_is_armed() -> None:
    async with on_stage(answers=ANSWERS, arming_seconds=NEVER) as stage:
        await stage.press("2", "y", "y")
        assert "dry run" in stage.text
        assert committed(stage) == []


async def test_a_key_that_was_taken_is_told_until_the_engine_tells_more() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", "y")
        while "y is pressed: scale to 6" not in stage.text:
            await stage.pilot.pause()
        assert "▸n cancel" not in stage.text
        assert "y scale to 6" not in stage.lines[-1]
        await stage.publish(scenes.verifying())
        assert "is pressed" not in stage.text


async def test_a_key_that_was_refused_is_not_told_as_taken() -> None:
    refused = msgspec.structs.replace(scenes.planned(), message="the evidence is still being read")
    async with on_stage(answers={**ANSWERS, CommitPlan: (refused,)}) as stage:
        await stage.press("2", "y")
        assert "still being read" in stage.text
        assert "is pressed" not in stage.text


async def test_a_second_press_sends_nothing_more() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", "y", "y", "y")
        assert len(committed(stage)) == 1


async def test_a_confirmation_that_was_refused_can_be_given_again() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", "y")
        await stage.publish(msgspec.structs.replace(scenes.planned(), message="the evidence is still being read"))
        await stage.press("y")
        assert len(committed(stage)) == 2


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_the_focus_is_on_cancel(key: str) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", key)
        assert committed(stage) == []
        assert stage.engine.sent(CancelPlan) == [CancelPlan("7f3a", scenes.plan().hash)]


@pytest.mark.parametrize("choice", ["n", "d"])
async def test_a_plan_that_is_being_made_can_be_cancelled_and_its_keys_answer_nothing(choice: str) -> None:
    choices = (Choice(choice, "something else"),)
    planning = msgspec.structs.replace(scenes.planned(), plan=None, is_planning=True, choices=choices)
    async with on_stage(answers={StartRun: (planning,)}) as stage:
        await stage.press("2")
        assert "n cancel" in stage.lines[-1]
        assert "something else" not in stage.text
        await stage.press(choice, "n")
        assert stage.engine.sent(Answer) == []
        assert stage.engine.sent(CancelPlan)[-1] == CancelPlan("7f3a")


async def test_nothing_is_cancelled_while_there_is_no_plan() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2", "n")
        assert stage.engine.sent(CancelPlan) == []


async def test_an_enter_that_was_typed_ahead_cancels_nothing() -> None:
    async with on_stage(answers=ANSWERS, arming_seconds=NEVER) as stage:
        await stage.press("2", "enter")
        assert stage.engine.sent(CancelPlan) == []


async def test_a_paste_commits_nothing() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2")
        stage.app.post_message(events.Paste("y\ny\n"))
        await stage.pilot.pause()
        assert committed(stage) == []


@pytest.mark.parametrize(("first_was_painted", "commits"), [(3600.0, 1), (0.0, 0)])
async def test_another_plan_than_the_painted_one_is_disarmed_again(
    first_was_painted: float, commits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first plan was painted an hour ago, the other one an hour ago or just now."""
    seconds_ago = 3600.0
    shifted = SimpleNamespace(monotonic=lambda: time.monotonic() - seconds_ago)
    monkeypatch.setattr("console.tui.screens.playbook.time", shifted)
    async with on_stage(answers=ANSWERS, arming_seconds=NEVER) as stage:
        await stage.press("2")
        seconds_ago = first_was_painted
        await stage.publish(scenes.planned(scenes.plan(to=9)))
        await stage.press("y")
        assert len(committed(stage)) == commits


async def test_a_refused_plan_cannot_be_sent() -> None:
    refused = scenes.plan(refusals=("the console is read-only",))
    async with on_stage(answers={StartRun: (scenes.planned(refused),)}) as stage:
        await stage.press("2", "y")
        assert "✖ the console is read-only" in stage.text
        assert "refused: nothing can be sent" in stage.text
        assert committed(stage) == []


async def test_a_plan_that_nobody_can_read_cannot_be_sent() -> None:
    async with on_stage(answers=ANSWERS, size=(20, 6)) as stage:
        await stage.press("2", "y")
        assert committed(stage) == []
        await stage.resize(80, 24)
        await stage.press("y")
        assert len(committed(stage)) == 1


async def test_the_riskiest_plans_want_a_name_and_the_name_only_arms() -> None:
    risky = scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO))
    async with on_stage(answers={StartRun: (risky,)}) as stage:
        await stage.press("2", "y")
        assert in_a_field(stage), "the first y asks for the name"
        await stage.press(*"fraudy")
        assert committed(stage) == [], "while a field has the focus, y is a letter"
        await stage.press("backspace", "enter")
        assert committed(stage) == []
        assert not in_a_field(stage)
        await stage.press("y")
        assert len(committed(stage)) == 1


async def test_a_wrong_name_does_not_arm() -> None:
    risky = scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO))
    async with on_stage(answers={StartRun: (risky,)}) as stage:
        await stage.press("2", "tab", *"eta", "enter", "escape", "y")
        assert committed(stage) == []


async def test_a_plan_that_came_under_the_palette_is_not_confirmed_before_the_palette_is_gone() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2", "ctrl+p")
        await stage.publish(scenes.planned(scenes.plan(to=9)))
        pressed_under_it = events.Key("y", "y")
        await stage.press("escape")
        stage.app.post_message(pressed_under_it)
        await stage.pilot.pause()
        assert committed(stage) == []
        await stage.press("y")
        assert committed(stage) == [CommitPlan("7f3a", scenes.plan(to=9).hash)]


async def test_a_key_whose_arming_begins_anew_with_the_name_is_shown_as_armed_only_then() -> None:
    run = scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO))
    async with on_stage(answers={StartRun: (run,)}, arming_seconds=0.2) as stage:
        await stage.press("2", "tab", *"fraud")
        pane = stage.app.screen.query_one(RunPane)
        while not looks_armed(pane):
            await stage.pilot.pause(0.02)
        await stage.press("enter")
        assert not looks_armed(pane)
        while not looks_armed(pane):
            await stage.pilot.pause(0.02)
        await stage.press("y")
        assert len(committed(stage)) == 1


async def test_no_key_works_while_the_filter_is_typed() -> None:
    async with on_stage() as stage:
        await stage.press("slash", *"12yun")
        assert stage.engine.commands == []
        assert stage.at == "FleetScreen"


async def test_answers_have_the_keys_that_the_step_says() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2", "e")
        assert stage.engine.sent(Answer) == [Answer("7f3a", "decide", "e")]


async def test_an_undo_that_is_planned_during_a_manual_step_keeps_its_keys() -> None:
    """`d` means done in a manual step and details in a plan: while a plan waits it is the plan's."""
    choice = Choice("d", "done")
    waiting = msgspec.structs.replace(scenes.planned(), active="close", choices=(choice,))
    async with on_stage(answers={StartRun: (waiting,)}) as stage:
        await stage.press("2", "d")
        assert stage.engine.sent(Answer) == []
        assert '"op": "test"' in stage.text


async def test_a_run_of_another_model_is_not_shown() -> None:
    other = msgspec.structs.replace(scenes.planned(), model_id="eta", id="other")
    async with on_stage(answers={StartRun: (other,)}) as stage:
        await stage.press("2", "y")
        assert "reading the playbook" in stage.text
        assert committed(stage) == []
