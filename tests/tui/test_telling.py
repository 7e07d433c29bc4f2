"""The message of a step on the screen: sent by one key that is armed late enough, and told channel by channel."""

import msgspec

from console.domain.action import Outcome
from console.domain.command import Answer, StartRun
from console.domain.run import Choice, Delivery, Notice, Run
from tests.tui import scenes_of_runs
from tests.tui.stage import Stage, on_stage

NEVER = 60.0
BY_HAND = (Choice("d", "sent", "end"), Choice("x", "not sent", "end"))


def to_send() -> Run:
    """A message that can be sent from here."""
    send = Choice("s", "send it to incidents, ml-serving", sends=True)
    notice = Notice(("incidents", "ml-serving"), "0123456789ab")
    return msgspec.structs.replace(scenes_of_runs.tells(), choices=(send, *BY_HAND), notice=notice)


def told(*deliveries: Delivery, why_not: str = "") -> Run:
    notice = Notice(("incidents", "ml-serving"), "", why_not, deliveries)
    return msgspec.structs.replace(scenes_of_runs.tells(), choices=BY_HAND, notice=notice)


async def test_one_key_sends_what_is_on_the_screen() -> None:
    async with on_stage(answers={StartRun: (to_send(),)}) as stage:
        await stage.press("2")
        assert "the message:" in stage.text
        assert "p99 2.40 s." in stage.text
        assert "s send it to incidents, ml-serving" in stage.text
        await stage.pilot.pause(0.01)
        await stage.press("s")
        sent = stage.last()
        assert isinstance(sent, Answer)
        assert (sent.step_id, sent.key, sent.notice_hash) == ("tell", "s", "0123456789ab")


async def test_a_key_that_was_typed_before_the_message_could_be_read_sends_nothing() -> None:
    async with on_stage(answers={StartRun: (to_send(),)}, arming_seconds=60.0) as stage:
        await stage.press("2", "s", "s")
        assert isinstance(stage.last(), StartRun)
        await stage.press("d")
        assert isinstance(stage.last(), Answer), "what sends nothing needs no arming"


async def test_a_message_that_cannot_be_sent_says_why_and_is_there_to_be_copied() -> None:
    run = told(why_not="incidents is no channel that is configured (channels.incidents)")
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2")
        assert "the message, to be copied and sent:" in stage.text
        assert "it cannot be sent from here: incidents is no channel that is configured" in stage.text
        await stage.press("s")
        assert isinstance(stage.last(), StartRun)


async def test_each_channel_has_its_outcome_and_hostile_words_paint_nothing() -> None:
    run = told(
        Delivery("incidents", Outcome.NOT_APPLIED, "refused: incidents answered 404: '[red]\x1b[31mno_service'"),
        Delivery("ml-serving", Outcome.APPLIED, "ml-serving answered 200: 'ok'"),
        Delivery("pager", Outcome.UNKNOWN, "whether it arrived cannot be read"),
    )
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2")
        text = stage.text
    assert "incidents: not sent: refused: incidents answered 404: '[red]␛[31mno_service'" in text
    assert "ml-serving: sent: ml-serving answered 200: 'ok'" in text
    assert "pager: unknown: whether it arrived cannot be read" in text


async def armed(stage: Stage) -> None:
    """Have the message on the screen so long that its key works, and none that is shown from now on."""
    await stage.press("2")
    await stage.pilot.pause(0.01)
    stage.app.screen._sending.seconds = NEVER  # type: ignore[attr-defined]  # the screen's own arming


async def test_another_message_under_the_same_keys_is_not_sent_unread() -> None:
    async with on_stage(answers={StartRun: (to_send(),)}) as stage:
        await armed(stage)
        other = Notice(("incidents", "ml-serving"), "ba9876543210")
        await stage.publish(msgspec.structs.replace(to_send(), notice=other))
        await stage.press("s")
        assert isinstance(stage.last(), StartRun)


async def test_a_message_counts_as_seen_only_once_nothing_lies_over_it() -> None:
    async with on_stage(answers={StartRun: (to_send(),)}) as stage:
        await stage.press("2")
        await stage.press("N", "x")
        stage.app.screen._sending.seconds = NEVER  # type: ignore[attr-defined]  # the screen's own arming
        await stage.press("escape", "s")
        assert isinstance(stage.last(), StartRun)


async def test_a_message_that_came_under_another_screen_was_not_seen() -> None:
    async with on_stage(answers={StartRun: (scenes_of_runs.tells(),)}, arming_seconds=NEVER) as stage:
        await stage.press("2", "question_mark")
        screen = stage.app.screen_stack[-2]
        await stage.publish(to_send())
        sending = screen._sending  # type: ignore[attr-defined]  # the screen's own arming
        assert not sending.is_armed(float("inf"))
        await stage.press("escape")
        assert sending.is_armed(float("inf"))
        await stage.press("s")
        assert isinstance(stage.last(), StartRun)


async def test_nobody_can_have_read_a_message_in_a_sliver_of_a_window() -> None:
    async with on_stage(answers={StartRun: (to_send(),)}) as stage:
        await stage.press("2")
        await stage.resize(28, 10)
        await stage.pilot.pause(0.01)
        await stage.press("s")
        assert isinstance(stage.last(), StartRun)
