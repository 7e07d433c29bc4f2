"""What a person says of an incident: that they take care of it, and notes, of which no letter is lost."""

import msgspec
import pytest
from textual.events import Paste
from textual.widgets import Input

from console.domain.command import Acknowledge, AddNote, CancelPlan, CommitPlan, StartRun
from console.domain.run import Note
from console.domain.snapshot import Acknowledgement
from tests.tui import scenes, scenes_of_runs
from tests.tui.stage import Stage, on_stage

INCIDENT = "fraud@2026-11-22T03:08:15Z"
NEVER = 3600.0


def typed(stage: Stage) -> str:
    assert isinstance(stage.app.focused, Input)
    return stage.app.focused.value


async def paste(stage: Stage, text: str) -> None:
    assert stage.app.focused is not None
    stage.app.focused.post_message(Paste(text))
    await stage.pilot.pause()


async def test_a_draft_is_kept_until_it_is_written_down() -> None:
    async with on_stage() as stage:
        await stage.press("N", *"slow", "tab", "escape", "down", "N")
        assert typed(stage) == "", "eta is another incident"
        await stage.press("escape", "up", "enter")
        await stage.press("N")
        assert typed(stage) == "slow"
        assert "to follow up on fraud" in stage.text
        await stage.press("enter", "N")
        assert stage.engine.sent(AddNote) == [AddNote("slow", INCIDENT, follow_up=True)]
        assert typed(stage) == ""


async def test_a_draft_outlives_another_onset_and_holds_back_who_quits() -> None:
    async with on_stage() as stage:
        await stage.press("N", *"slow", "escape")
        incident = scenes.fraud().incident
        assert incident is not None
        moved = msgspec.structs.replace(
            scenes.fraud(), incident=msgspec.structs.replace(incident, onset=scenes.ONSET - 60)
        )
        views = tuple(moved if view.model.id == "fraud" else view for view in scenes.fleet().models)
        await stage.publish(msgspec.structs.replace(scenes.fleet(), models=views))
        await stage.press("q")
        assert not stage.app._exit
        assert "q again leaves without the note on fraud, not written" in stage.lines[1]
        await stage.press("N")
        assert typed(stage) == "slow"
        await stage.press("enter")
        assert stage.engine.sent(AddNote) == [AddNote("slow", "fraud@2026-11-22T03:07:15Z")]
        await stage.press("q")
        assert stage.app._exit


async def test_who_quits_twice_leaves_without_the_draft() -> None:
    async with on_stage() as stage:
        await stage.press("N", *"slow", "escape", "q", "q")
        assert stage.app._exit


async def test_who_goes_on_with_a_note_after_that_or_begins_another_is_held_back_again() -> None:
    async with on_stage() as stage:
        await stage.press("N", *"slow", "escape", "q", "N", *"er", "escape", "q")
        assert not stage.app._exit
        await stage.press("down", "N", *"x", "escape", "q")
        assert not stage.app._exit
        assert "q again leaves without the note on fraud and 1 more" in stage.lines[1]
        await stage.press("q")
        assert stage.app._exit


async def test_a_note_without_a_text_is_none() -> None:
    async with on_stage() as stage:
        await stage.press("N", "space", "enter")
        assert stage.engine.sent(AddNote) == []
        assert not isinstance(stage.app.focused, Input)


async def test_pasted_lines_become_one_note_and_answer_nothing() -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}) as stage:
        await stage.press("2", "N")
        await paste(stage, "p99 2.4 s\ny\n\n  error: pool exhausted\n")
        assert typed(stage) == "p99 2.4 s y error: pool exhausted"
        assert stage.engine.sent(AddNote) + stage.engine.sent(CommitPlan) == []
        await stage.press("enter")
        assert stage.last() == AddNote("p99 2.4 s y error: pool exhausted", INCIDENT, "7f3a")


async def test_a_note_over_a_plan_commits_and_cancels_nothing_and_arms_the_key_anew() -> None:
    async with on_stage(answers={StartRun: (scenes.planned(),)}, arming_seconds=NEVER) as stage:
        await stage.press("2", "N", *"yny", "enter", "y")
        assert stage.engine.sent(AddNote) == [AddNote("yny", INCIDENT, "7f3a")]
        assert stage.engine.sent(CommitPlan) + stage.engine.sent(CancelPlan) == []


async def test_a_plan_that_comes_while_a_note_is_typed_takes_no_key() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2", "N", *"ab")
        await stage.publish(scenes.planned())
        await stage.press("y")
        assert typed(stage) == "aby"
        assert stage.engine.sent(CommitPlan) == []


async def test_who_takes_care_is_told_and_can_be_followed_by_another() -> None:
    async with on_stage(me="ann@bastion") as stage:
        assert "A acknowledge" in stage.lines[-1]
        for by, footer in (("bob@laptop", "A take over from bob"), ("ann@bastion", "o links")):
            taken = msgspec.structs.replace(scenes.fraud(), acknowledged=Acknowledgement(by, scenes.AT - 492))
            views = tuple(taken if view.model.id == "fraud" else view for view in scenes.fleet().models)
            await stage.publish(msgspec.structs.replace(scenes.fleet(), models=views))
            assert f"ack {by.partition('@')[0]}" in stage.lines[3]
            assert footer in stage.lines[-1]
        await stage.press("A")
        assert stage.engine.sent(Acknowledge) == [], "it is theirs already"


async def test_the_words_behind_the_colon_say_the_same() -> None:
    async with on_stage() as stage:
        for line in ("ack", "note the pool is full"):
            await stage.press("colon")
            await paste(stage, line)
            await stage.press("enter")
        await stage.pilot.pause()
        assert stage.engine.sent(Acknowledge) == [Acknowledge(INCIDENT)]
        assert stage.engine.sent(AddNote) == [AddNote("the pool is full", INCIDENT)]
        await stage.press("down", "down", "down", "colon")
        await paste(stage, "note of a healthy model")
        await stage.press("enter")
        assert "there is no incident and no run here" in stage.text


async def test_of_the_past_nothing_is_said() -> None:
    async with on_stage(first=(scenes.fleet(live=False),)) as stage:
        await stage.press("A", "N")
        assert stage.engine.commands == []
        assert not isinstance(stage.app.focused, Input)


@pytest.mark.parametrize("keys", [(), ("enter",), ("L",), ("L", "enter")], ids=["fleet", "model", "runs", "playbook"])
async def test_what_people_wrote_steers_no_terminal(keys: tuple[str, ...]) -> None:
    hostile = "\x1b]0;owned\x07[bold]\u202eevil"
    notes = (Note(scenes.AT, hostile, hostile, follow_up=True),)
    fraud = msgspec.structs.replace(
        scenes_of_runs.acknowledged(), acknowledged=Acknowledgement(hostile, scenes.AT), notes=notes
    )
    views = tuple(fraud if view.model.id == "fraud" else view for view in scenes.fleet().models)
    fleet = msgspec.structs.replace(scenes.fleet(), models=views)
    run = msgspec.structs.replace(
        scenes_of_runs.asks_for_approval(hostile), left_by=hostile, followed_by=hostile, notes=notes
    )
    async with on_stage(first=(fleet, run)) as stage:
        await stage.press(*keys)
        assert "[bold]" in stage.text
        assert not set("\x1b\x07\u202e") & set(stage.text)
