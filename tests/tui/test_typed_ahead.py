"""Keys that arrive in one piece, as over a slow line: what opens a field gets all that was typed behind it."""

import msgspec
import pytest
from textual import events
from textual.widgets import Input

from console.domain.action import RiskTier
from console.domain.command import AddNote, Answer, CommitPlan, ListActions, StartAction, StartRun
from console.domain.run import Choice
from tests.tui import scenes, scenes_of_runs
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage

_NAMES = {"\x1b": "escape", ":": "colon", "/": "slash", " ": "space", "\t": "tab", "\r": "enter"}
ANSWERS: Answers = {StartRun: (scenes.planned(),)}


async def type_at_once(stage: Stage, text: str) -> None:
    """Send the keys as a driver does that read them together."""
    for character in text:
        stage.app.post_message(events.Key(_NAMES.get(character, character), character))
    for _ in range(3):
        await stage.pilot.pause()


def typed(stage: Stage) -> str:
    assert isinstance(stage.app.focused, Input)
    return stage.app.focused.value


@pytest.mark.parametrize("opens", [":", "/", "f"])
async def test_a_field_gets_what_was_typed_before_it_was_painted(opens: str) -> None:
    async with on_stage() as stage:
        await type_at_once(stage, f"{opens}qropy:/f")
        assert typed(stage) == "qropy:/f"
        assert stage.engine.commands == []


async def test_a_field_that_was_open_before_gets_it_too() -> None:
    async with on_stage() as stage:
        await stage.press("colon", "escape", "slash", "escape")
        await type_at_once(stage, ":sort")
        assert typed(stage) == "sort"
        await stage.press("escape")
        await type_at_once(stage, "/fraud")
        assert typed(stage) == "fraud"


async def test_a_screen_that_opens_takes_nothing_from_the_field_that_was_opened_behind_it() -> None:
    async with on_stage() as stage:
        await type_at_once(stage, "o:sort")
        assert typed(stage) == "sort"


async def test_an_answer_has_its_letter_though_it_opens_a_field_elsewhere() -> None:
    run = msgspec.structs.replace(scenes.deciding(), choices=(Choice("f", "fail over", "elsewhere"),))
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2", "f")
        assert stage.engine.sent(Answer) == [Answer(run.id, "decide", "f")]


async def test_the_name_that_a_plan_asks_for_is_typed_whole() -> None:
    run = scenes.planned(scenes.plan(RiskTier.HARD_TO_UNDO))
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2")
        await type_at_once(stage, "\tfraud")
        assert typed(stage) == "fraud"
        assert stage.at == "PlaybookScreen"


async def test_a_word_typed_over_a_plan_never_commits_it() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("2")
        await type_at_once(stage, ":copy")
        assert stage.engine.sent(CommitPlan) == []
        assert typed(stage) == "copy"


@pytest.mark.parametrize(("opens", "written"), [("N", "slow"), (":", "note slow")])
async def test_a_second_enter_behind_the_first_writes_nothing_twice(opens: str, written: str) -> None:
    async with on_stage() as stage:
        await stage.press("N", "escape", "colon", "escape")
        await type_at_once(stage, f"{opens}{written}\r\r")
        assert len(stage.engine.sent(AddNote)) == 1


@pytest.mark.parametrize(("behind", "given"), [("", {}), ("slow since noon", {"comment": "slow since noon"})])
async def test_what_is_typed_behind_a_value_is_the_next_one(behind: str, given: dict[str, str]) -> None:
    async with on_stage(answers={ListActions: (scenes_of_runs.actions(),)}) as stage:
        await stage.press("a", "4")
        await type_at_once(stage, f"60\r{behind}\r")
        asked = StartAction("fraud", "alertmanager.silence", {"minutes": "60", **given}, asked_as="1")
        assert stage.engine.sent(StartAction) == [asked]


async def test_an_answer_that_was_pressed_before_its_step_was_shown_is_dropped() -> None:
    run = scenes_of_runs.tells()
    before = msgspec.structs.replace(scenes.deciding(), choices=(Choice("d", "done", "tell"),))
    async with on_stage(answers={StartRun: (before,)}) as stage:
        await stage.press("2")
        typed_early = events.Key("d", "d")
        await stage.publish(run)
        stage.app.post_message(typed_early)
        await stage.pilot.pause()
        assert stage.engine.sent(Answer) == []
        await stage.publish(msgspec.structs.replace(run, message="told anew"))
        await stage.press("d")
        assert stage.engine.sent(Answer) == [Answer(run.id, "tell", "d")]


@pytest.mark.parametrize("keys", ["a\r\x1b\x1b", "aN\x1b\x1b", "a:\x1b\x1b", "a\r\r\x1b\x1b\x1b"])
async def test_a_screen_may_be_left_before_the_line_that_was_asked_for_is_there(keys: str) -> None:
    async with on_stage(answers={ListActions: (scenes_of_runs.actions(),)}) as stage:
        await type_at_once(stage, keys)
        assert stage.app.is_running
        assert stage.engine.sent(CommitPlan) == []
