"""Runs of several people on one console: which need this person, and what may be done about each."""

import msgspec
import pytest
from textual import events
from textual.widgets import Input

from console.domain.action import RiskTier
from console.domain.command import Answer, ApprovePlan, CommitPlan, EndRun, GiveParameter, StartRun, TakeUpRun
from console.domain.run import Asked, Run
from console.tui.known_runs import MOST_ENDED, KnownRuns
from console.tui.run_words import needs_me, wait_of
from tests.tui import scenes, scenes_of_runs
from tests.tui.stage import Stage, layout_passes, on_stage

NEVER = 3600.0
WITH = (scenes.fleet(),)


def screens(stage: Stage) -> list[str]:
    return [type(screen).__name__ for screen in stage.app.screen_stack]


def cursor_line(stage: Stage) -> str:
    return next(line for line in stage.lines if line.startswith("▌"))


@pytest.mark.parametrize(
    ("run", "waits_for", "needs"),
    [
        (scenes.deciding(), "a decision", True),
        (scenes.planned(), "its key: scale to 6", True),
        (scenes.planned(scenes.plan(refusals=("read-only",))), "an answer: its plan is refused", True),
        (scenes.verifying(), "latency 0.61 s, wanted under 0.50 s for 1 min; 14 min left", False),
        (scenes_of_runs.waits(), "latency 0.38 s, wanted under 0.40 s for 10 min (so for 4 min); 11 min left", False),
        (scenes_of_runs.tells(), "people to be told", True),
        (scenes_of_runs.asks_for_approval(is_mine=True), "the approval of 2 other people", False),
        (scenes_of_runs.asks_for_approval(), "the approval of 2 other people", True),
        (scenes_of_runs.asks_for_approval("bob@laptop", "eve@desk"), "its key: scale to 6", False),
        (scenes_of_runs.asks(), "a value: version to go back to", True),
        (scenes_of_runs.of_another(), "a decision", False),
        (scenes_of_runs.left(), "somebody to take it up", True),
        (scenes.ended(), "over", False),
    ],
)
def test_what_a_run_waits_for_and_whether_this_person_is_needed(run: Run, waits_for: str, needs: bool) -> None:
    assert (wait_of(run).text, needs_me(run)) == (waits_for, needs)


def test_old_runs_that_ended_are_forgotten_and_open_ones_never() -> None:
    runs = KnownRuns()
    runs.take(scenes.deciding())
    for number in range(MOST_ENDED + 5):
        runs.take(msgspec.structs.replace(scenes.ended(), id=f"r{number}", ended=scenes.AT + number))
    assert [run.id for run in runs.listed[:2]] == ["7f3a", f"r{MOST_ENDED + 4}"]
    assert len(runs.listed) == MOST_ENDED + 1
    assert runs.find("r4") is None


async def test_the_header_counts_open_runs_and_those_that_wait_on_every_screen() -> None:
    async with on_stage() as stage:
        assert "run" not in stage.lines[0]
        await stage.publish(scenes_of_runs.waits())
        assert " 1 run  WRITE" in stage.lines[0]
        await stage.publish(scenes.deciding())
        assert " 2 runs, 1 waits  WRITE" in stage.lines[0]
        await stage.press("enter")
        await stage.publish(msgspec.structs.replace(scenes.ended(), id="7f3a"), scenes_of_runs.left())
        assert " 2 runs, 1 waits  WRITE" in stage.lines[0]
        await stage.publish(scenes_of_runs.of_another())
        assert " 1 run  WRITE" in stage.lines[0], "what others follow is theirs"


async def test_the_cursor_stays_on_its_run_when_another_needs_the_person() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.waits())) as stage:
        await stage.press("L")
        assert "eta" in cursor_line(stage)
        await stage.publish(scenes.deciding())
        assert "eta" in cursor_line(stage)
        assert [line[3:8] for line in stage.lines[3:5]] == ["fraud", "eta  "]


async def test_an_open_run_is_shown_instead_of_a_second_one() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.of_another())) as stage:
        await stage.press("2")
        assert stage.engine.sent(StartRun) == []
        assert "ann@bastion follows this run: here it is only shown" in stage.text


async def test_the_list_leads_back_to_the_screen_that_shows_the_run() -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2", "L", "enter")
        assert screens(stage) == ["FleetScreen", "PlaybookScreen"]


async def test_the_run_that_was_chosen_is_opened_though_the_cursor_went_on() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.waits(), scenes.deciding())) as stage:
        await stage.press("L")
        for key in ("enter", "down"):
            stage.app.post_message(events.Key(key, None))
        for _ in range(3):
            await stage.pilot.pause()
        assert "fraud › scale-out" in stage.text


async def test_a_run_of_somebody_else_is_only_shown() -> None:
    choices = scenes.deciding().choices
    run = msgspec.structs.replace(scenes_of_runs.of_another(), choices=choices[:0], undo=scenes.plan())
    async with on_stage(first=(*WITH, run)) as stage:
        await stage.press("L", "enter", *"seyunEAT")
        assert stage.at == "PlaybookScreen"
        for kind in (Answer, CommitPlan, ApprovePlan, EndRun, TakeUpRun):
            assert stage.engine.sent(kind) == []


async def test_a_run_that_rests_says_who_had_it_and_is_taken_up() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.left())) as stage:
        assert "scale-out for fraud rests (ann@bastion had it until 03:12:02 UTC)" in stage.text
        await stage.press("x")
        await stage.publish(scenes_of_runs.left())
        assert "rests" not in stage.text
        await stage.press("L", "enter", "T")
        assert stage.last() == TakeUpRun("0c1d")
        await stage.publish(msgspec.structs.replace(scenes_of_runs.left(), is_mine=True, choices=scenes.CHOICES))
        await stage.press("s")
        assert stage.last() == Answer("0c1d", "decide", "s")


async def test_a_plan_is_armed_anew_for_whoever_takes_its_run_up() -> None:
    left = msgspec.structs.replace(scenes.planned(), is_mine=False, choices=())
    async with on_stage(first=(*WITH, left), arming_seconds=0.001) as stage:
        await stage.press("L", "enter", "y")
        assert stage.engine.sent(CommitPlan) == []
        stage.app.screen._plan_keys._arming.seconds = NEVER  # type: ignore[attr-defined]  # the screen's own arming
        await stage.publish(scenes.planned())
        await stage.press("y")
        assert "y scale to 6" in stage.text
        assert stage.engine.sent(CommitPlan) == []


async def test_an_approval_needs_two_keys_and_the_second_is_armed_like_a_commit() -> None:
    asks = scenes_of_runs.asks_for_approval()
    async with on_stage(first=(*WITH, asks)) as stage:
        await stage.press("L", "enter", "y", "enter")
        assert "A approves it for ann@bastion" in stage.text
        await stage.press("A", "A", "enter")
        assert stage.engine.sent(ApprovePlan) == []
        assert "A approves it for ann@bastion" in stage.text, "enter is cancel"
        await stage.press("A")
        await stage.publish(msgspec.structs.replace(asks, plan=scenes.plan(to=7)))
        assert "A approves it for ann@bastion" in stage.text, "another plan asks anew"
        await stage.press("y")
        assert stage.engine.sent(ApprovePlan) == []
        await stage.press("A", "y", "y")
        assert stage.engine.sent(ApprovePlan) == [ApprovePlan("7f3a", scenes.plan(to=7).hash)]
        assert stage.engine.sent(CommitPlan) == []


async def test_the_key_that_approves_is_dropped_until_it_is_armed() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.asks_for_approval()), arming_seconds=NEVER) as stage:
        await stage.press("L", "enter", "A", "y")
        assert stage.engine.sent(ApprovePlan) == []


async def test_who_approved_is_not_asked_again_and_a_hard_plan_wants_its_name() -> None:
    async with on_stage(first=(*WITH, scenes_of_runs.asks_for_approval("ann@laptop")), me="ann@laptop") as stage:
        await stage.press("L", "enter")
        assert "you approved it; 1 other person must still agree" in stage.text
        assert not stage.app.screen.check_action("approve", ())
    hard = msgspec.structs.replace(
        scenes_of_runs.asks_for_approval(), plan=scenes.plan(RiskTier.HARD_TO_UNDO), approved_until=scenes.AT + 600
    )
    async with on_stage(first=(*WITH, hard)) as stage:
        await stage.press("L", "enter", "A", "y")
        assert isinstance(stage.app.focused, Input)
        await stage.press(*"fraud", "enter", "y")
        assert len(stage.engine.sent(ApprovePlan)) == 1


async def test_no_plan_is_sent_before_others_agreed() -> None:
    waiting = scenes_of_runs.asks_for_approval(is_mine=True)
    async with on_stage(answers={StartRun: (waiting,)}) as stage:
        await stage.press("2", "y")
        assert "waits for the approval of 2 other people" in stage.text
        assert stage.engine.sent(CommitPlan) == []
        agreed = msgspec.structs.replace(waiting, approved_by=("bob@a", "eve@b"), approved_until=scenes.AT + 600)
        await stage.publish(agreed)
        assert "2 of 2: bob@a, eve@b, until 03:30:14 UTC" in stage.text
        await stage.press("y")
        assert len(stage.engine.sent(CommitPlan)) == 1


async def test_a_rehearsal_and_a_real_run_are_never_taken_for_each_other() -> None:
    rehearse = ("colon", *"rehearse", "space", *"scale", "minus", *"out", "enter")
    async with on_stage() as stage:
        await stage.press(*rehearse)
        assert stage.last() == StartRun("fraud", "scale-out", rehearse=True)
        await stage.publish(scenes.planned())
        assert "dry run" not in stage.text
        await stage.publish(msgspec.structs.replace(scenes_of_runs.rehearsed(), id="e0e0"))
        assert "y rehearse: scale to 6" in stage.text
        assert stage.text.count("REHEARSAL") == 3
        await stage.press("escape", "2")
        assert "y scale to 6" in stage.text
        assert "REHEARSAL" not in stage.text


async def test_the_message_that_is_to_be_sent_is_copied_whole() -> None:
    async with on_stage(answers={StartRun: (scenes_of_runs.tells(),)}) as stage:
        await stage.press("2", "c")
        assert stage.app.clipboard == scenes_of_runs.MESSAGE
        await stage.press("d")
        assert stage.last() == Answer("7f3a", "tell", "d")


async def test_new_evidence_lays_nothing_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_stage(answers={StartRun: (scenes.deciding(),)}) as stage:
        await stage.press("2")
        assert "evidence now" in stage.text
        passes = layout_passes(stage, monkeypatch)
        evidence = (msgspec.structs.replace(scenes.EVIDENCE[0], text="1.90 s", value=1.9), *scenes.EVIDENCE[1:])
        await stage.publish(msgspec.structs.replace(scenes.deciding(), evidence=evidence))
        assert "1.90 s" in stage.text
        assert passes == []


async def test_what_the_evidence_names_stands_in_the_line_and_enter_takes_it() -> None:
    asks = scenes_of_runs.asks()
    pod = Asked("pod", "the bad pod", "a text", proposed="fraud-5f6d-x2x7k")
    async with on_stage(first=(*WITH, msgspec.structs.replace(asks, asked=(pod,)))) as stage:
        await stage.press("L", "enter")
        assert "the bad pod: a text; the evidence names fraud-5f6d-x2x7k" in stage.text
        await stage.press("V")
        await stage.press("enter")
        assert stage.last() == GiveParameter(asks.id, "pod", "fraud-5f6d-x2x7k")
        await stage.press("V", *"eta", "enter")
        assert stage.last() == GiveParameter(asks.id, "pod", "eta")
