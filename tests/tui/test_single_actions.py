"""Single actions on the screen: one key away, on the model that was under the cursor, and never by accident."""

import msgspec
import pytest

from console.domain.action import FieldChange, RiskTier
from console.domain.command import CommitPlan, EndRun, ListActions, ReadAhead, StartAction, StopListingActions
from console.domain.model_actions import ModelActions
from console.domain.run import Run
from console.tui.screens.playbook import PlaybookScreen
from tests.tui import scenes, scenes_of_runs
from tests.tui.scripted_engine import Answers
from tests.tui.stage import Stage, on_stage
from tests.tui.test_typed_ahead import type_at_once

ANSWERS: Answers = {ListActions: (scenes_of_runs.actions(),), StartAction: (scenes_of_runs.single(),)}


def started(stage: Stage) -> list[StartAction]:
    return [command for command in stage.engine.commands if isinstance(command, StartAction)]


async def to_plan(stage: Stage) -> None:
    await stage.press("a", "enter", "6", "enter")
    assert stage.at == "PlaybookScreen"


async def test_the_list_belongs_to_the_model_under_the_cursor_whatever_sorts_meanwhile() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        worse = msgspec.structs.replace(scenes.eta(), status=scenes.fraud().status)
        await stage.publish(scenes.fleet(worse, sequence=1), scenes_of_runs.actions("eta"))
        await stage.press("enter", "enter")
        assert [asked.model_id for asked in started(stage)] == ["fraud"]


async def test_while_a_value_is_asked_for_its_plan_is_read_ahead() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "enter")
        assert stage.last() == ReadAhead("fraud", "kubernetes.scale", {"replicas": "3"})


async def test_cancelling_twice_at_once_closes_one_screen() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await to_plan(stage)
        screen = stage.app.screen
        assert isinstance(screen, PlaybookScreen)
        screen.action_cancel()
        screen.action_cancel()
        screen.action_back()
        await stage.pilot.pause()
        assert stage.at == "ActionsScreen"


async def test_what_cannot_be_done_says_so_and_is_not_planned() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "2")
        assert "kubernetes.roll_back: you may not patch" in stage.lines[1]
        await stage.press("enter")
        assert started(stage) == []
        assert stage.at == "ActionsScreen"


async def test_the_list_greys_while_it_is_looked_at_and_the_cursor_stays() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "4", "escape")
        listed = scenes_of_runs.actions()
        switched_off = tuple(msgspec.structs.replace(each, why_not="switched off") for each in listed.actions)
        await stage.publish(msgspec.structs.replace(listed, actions=switched_off))
        assert stage.text.count("switched off") >= 4
        assert next(line for line in stage.lines if line.startswith("▌")).split()[2] == "Silence"
        await stage.press("escape")
        assert isinstance(stage.last(), StopListingActions)


async def test_an_action_that_greys_moves_down_and_keeps_the_number_that_was_painted() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a")
        given = scenes_of_runs.actions()
        greyed = [
            msgspec.structs.replace(each, why_not="not permitted") if each.name == "kubernetes.scale" else each
            for each in given.actions
        ]
        await stage.publish(ModelActions.ranked("fraud", greyed))
        numbers = [
            line.split()[0]
            for line in stage.lines
            if line.split()[:1] in (["2"], ["3"], ["4"]) and "actions" not in line
        ]
        assert numbers == ["3", "4", "2"]
        await stage.press("3")
        assert [asked.action for asked in started(stage)] == ["kubernetes.restart"]


async def test_a_system_that_has_no_part_in_the_model_is_one_line_with_its_reason() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "end")
        assert "2 actions of mlflow" in next(line for line in stage.lines if line.startswith("▌"))
        assert "mlflow.set_alias, mlflow.delete_alias" in stage.text
        await stage.press("enter", "c")
        assert "mlflow: no mlflow is configured" in stage.text
        assert stage.app.clipboard == "mlflow: no mlflow is configured"
        assert started(stage) == []


async def test_values_are_asked_for_one_after_the_other_and_some_may_be_left_out() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("s", "enter")
        assert "how long" in stage.text
        await stage.press(*"30", "enter")
        assert "may be left empty" in stage.text
        await stage.press("enter")
        assert [(asked.action, asked.arguments) for asked in started(stage)] == [
            ("alertmanager.silence", {"minutes": "30"})
        ]


async def test_a_value_that_is_not_taken_says_why_while_it_is_typed_and_stays_in_the_line() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("s", "enter", *"121")
        assert "not taken: expected a whole number from 1 to 120; found '121'" in stage.text
        await stage.press("enter")
        assert "not taken: expected a whole number from 1 to 120; found '121'" in stage.text
        assert "value: 121" in stage.text
        await stage.press("backspace")
        assert "not taken" not in stage.text
        await stage.press("backspace", "backspace", "enter")
        assert "not taken: it is needed, expected a whole number from 1 to 120" in stage.text
        await stage.press(*"15", "enter", "enter")
        assert [asked.arguments for asked in started(stage)] == [{"minutes": "15"}]


async def test_a_value_that_was_left_goes_nowhere() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("s", "enter", *"30", "escape", "escape")
        assert started(stage) == []
        assert stage.at == "FleetScreen"


async def test_only_the_key_of_the_plan_sends_it() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await to_plan(stage)
        assert "a single action" in stage.lines[1]
        await stage.press("enter")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press("enter", "enter")
        await stage.publish(scenes_of_runs.single("2"))
        await stage.press("y")
        assert stage.engine.sent(CommitPlan) == [CommitPlan("a2", scenes_of_runs.single().plan.hash)]  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["n", "escape", "enter"])
async def test_a_plan_that_is_left_is_over(key: str) -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await to_plan(stage)
        await stage.press(key)
        assert stage.at == "ActionsScreen"
        assert stage.engine.sent(EndRun) == [EndRun("a1")]
        assert stage.engine.sent(CommitPlan) == []


async def test_what_was_sent_goes_on_when_its_screen_is_left() -> None:
    sent = msgspec.structs.replace(scenes_of_runs.single(), plan=None, commitment=scenes.verifying().commitment)
    async with on_stage(answers={**ANSWERS, CommitPlan: (sent,)}) as stage:
        await to_plan(stage)
        await stage.press("y", "escape")
        assert stage.engine.sent(EndRun) == []


async def test_a_run_that_comes_when_nobody_waits_any_more_is_ended() -> None:
    async with on_stage(answers={ListActions: (scenes_of_runs.actions(),)}) as stage:
        await to_plan(stage)
        await stage.press("escape", "enter", "enter")
        assert [asked.asked_as for asked in started(stage)] == ["1", "2"]
        await stage.publish(scenes_of_runs.single("1"))
        assert stage.engine.sent(EndRun) == [EndRun("a1")]
        assert "replicas 6" not in stage.text
        await stage.publish(scenes_of_runs.single("2", to=3))
        assert "replicas to 3" not in stage.text
        assert "→  3" in stage.text


async def test_type_ahead_ends_at_the_plan_and_never_in_it() -> None:
    async with on_stage(answers=ANSWERS, arming_seconds=0.4) as stage:
        await type_at_once(stage, "a\r6\ry")
        await stage.pilot.pause()
        assert stage.engine.sent(CommitPlan) == []


async def test_tier_3_wants_the_name_first() -> None:
    run: Run = scenes_of_runs.single(tier=RiskTier.HARD_TO_UNDO)
    async with on_stage(answers={**ANSWERS, StartAction: (run,)}) as stage:
        await to_plan(stage)
        await stage.press("y")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press(*"fraud", "enter")
        assert stage.engine.sent(CommitPlan) == []
        await stage.press("y")
        assert len(stage.engine.sent(CommitPlan)) == 1


async def test_a_switch_that_is_pulled_while_the_console_is_open_is_seen_on_every_screen() -> None:
    async with on_stage(answers=ANSWERS, size=(80, 24)) as stage:
        off = scenes.fleet(
            sequence=1, read_only=True, switched_off="actions are switched off by /x/actions.off: freeze"
        )
        await stage.publish(off)
        for key in ("enter", "a"):
            assert "ACTIONS OFF" in stage.lines[0]
            assert "switched off by" in stage.lines[1]
            await stage.press(key)
        await stage.publish(scenes.fleet(sequence=2))
        assert "ACTIONS OFF" not in stage.text


async def test_a_plan_of_forty_fields_can_be_read_to_its_end_on_a_small_screen() -> None:
    changes = tuple(
        FieldChange(f"spec.template.spec.containers.0.env.VARIABLE_{number}", f"{'old ' * number}", "\x1b[31mnew\u202e")
        for number in range(40)
    )
    notes = tuple(f"note {number}, {'a word ' * 20}" for number in range(6))
    run = scenes_of_runs.single()
    assert run.plan is not None
    plan = msgspec.structs.replace(run.plan, changes=changes, notes=notes, command=f"kubectl patch {'x' * 3000}")
    big = msgspec.structs.replace(run, plan=plan)
    async with on_stage(answers={**ANSWERS, StartAction: (big,)}, size=(80, 24)) as stage:
        await to_plan(stage)
        assert "40 fields, each of them below" in stage.text
        assert "↓" in stage.text
        seen = stage.text
        for _ in range(40):
            await stage.press("pagedown")
            seen += stage.text
        assert all(f"VARIABLE_{number} " in seen for number in range(40))
        assert all(f"note {number}," in seen for number in range(6))
        assert "scale back to 3 replicas" in seen
        assert "▸n cancel" in stage.lines[-2], "the keys stay where they are"
        assert "\x1b" not in seen
        assert "\u202e" not in seen
        await stage.press("y")
        assert len(stage.engine.sent(CommitPlan)) == 1


async def test_a_value_that_was_given_is_not_offered_for_the_next_time() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await to_plan(stage)
        await stage.press("escape", "enter")
        assert "value: 3" in stage.text


async def test_a_value_that_nobody_typed_is_that_of_now() -> None:
    async with on_stage(answers=ANSWERS) as stage:
        await stage.press("a", "enter", "escape")
        listed = scenes_of_runs.actions()
        scale = listed.actions[0]
        grown = msgspec.structs.replace(
            scale, arguments=(msgspec.structs.replace(scale.arguments[0], present="5"), *scale.arguments[1:])
        )
        await stage.publish(msgspec.structs.replace(listed, actions=(grown, *listed.actions[1:])))
        await stage.press("enter")
        assert "value: 5" in stage.text
