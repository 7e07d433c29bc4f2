"""Steps that notify: messages that are shown, sent with one key over real HTTP, and told of channel by channel."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from console.actions.provider import Surroundings
from console.actions.registry import open_actions
from console.domain.action import Outcome
from console.domain.command import Answer, EndRun, StartRun, TakeUpRun
from console.domain.run import Run
from console.engine.executor import Executor
from console.engine.gate import ActionGate
from console.journal.events import Intent, OutcomeRecorded
from console.journal.file_journal import FileJournal
from console.playbooks.document import Playbook
from console.playbooks.head import Head
from console.playbooks.load import load_text
from console.settings.channels import Channel, PagerDutyChannel, SlackChannel
from console.settings.places import acting_places
from console.settings.secrets import Secret
from console.settings.settings import Settings
from tests.engine.stage import ANN, MODEL_ID, SLOW, Stage
from tests.sources.lying_server import CLOSE, Lie, LyingServer, answer

PLAYBOOK = """
apiVersion: incident-console/v1
kind: Playbook
metadata: {id: tell, version: 1, title: Tell people, owners: [ml], reviewed: 2026-11-20}
match: {anomaly: {kind: [latency]}}
evidence:
  latency: {signal: latency_p99}
steps:
  - id: tell
    notify: {to: [ml-oncall, pager], message: "{{ model.name }} is slow: {{ latency }} <!channel>"}
    next: told
    on_failed: call
  - id: told
    manual: wait for them
    next: end
  - id: call
    manual: call them
    next: end
"""
SLACK_PATH = "/services/T012ABCDEF/B0123456789/s3cretS3cretS3cret"
OK = Lie(200, b"ok", content_type="text/plain")
TAKEN = answer({"status": "success"}, 202)


class OnePlaybook:
    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook

    @property
    def heads(self) -> tuple[Head, ...]:
        return (self._playbook.head,)

    def find(self, playbook_id: str) -> Playbook | None:
        return self._playbook if playbook_id == self._playbook.id else None


class Telling:
    """A console with two channels, each a server of its own."""

    def __init__(self, state: Path, slack: LyingServer, pager: LyingServer) -> None:
        self.state = state
        self.slack, self.pager = slack, pager
        self.environment = {"SLACK": slack.url + SLACK_PATH, "PD": "r0utingKey0123456789"}

    def settings(self, *, write: bool = True, critical: bool = False, names: tuple[str, ...] = ()) -> Settings:
        channels: dict[str, Channel] = {
            "ml-oncall": SlackChannel(url=Secret(env="SLACK"), write=write, timeout=2.0),
            "pager": PagerDutyChannel(
                routing_key=Secret(env="PD"), url=self.pager.url, write=write, critical=critical, timeout=2.0
            ),
        }
        return Settings(channels={name: channels[name] for name in names or channels})

    def stage(self, settings: Settings | None = None, beside: Stage | None = None) -> Stage:
        settings = settings or self.settings()
        playbook = load_text(PLAYBOOK, "tell.yaml").playbook
        assert playbook is not None
        stage: Stage
        numbers = count(1)

        def now() -> float:
            return stage.now

        executor = Executor(
            actions=open_actions(Surroundings(settings, self.environment, self.state, now, None, AsyncExitStack())),
            gate=ActionGate(acting_places(settings), live=True, directory=self.state, environment={}),
            journal=FileJournal(self.state),
            who=ANN,
            clock=now,
            new_id=lambda: f"intent{next(numbers)}",
        )
        stage = Stage(
            OnePlaybook(playbook),
            state=self.state,
            acting=executor,
            channels=frozenset(settings.channels),
            beside=beside,
        )
        return stage

    @property
    def journal(self) -> str:
        return "".join(path.read_text() for path in self.state.rglob("*.jsonl"))


@pytest.fixture
async def telling(tmp_path: Path) -> AsyncIterator[Telling]:
    async with LyingServer(OK) as slack, LyingServer(TAKEN) as pager:
        yield Telling(tmp_path, slack, pager)


async def prepared(stage: Stage) -> Run:
    await stage.snapshot(SLOW)
    await stage.keeper.handle(StartRun(MODEL_ID, "tell"))
    return await stage.until(lambda run: run.notice is not None and bool(run.notice.hash or run.notice.why_not))


def sending(run: Run) -> Answer:
    """Return the answer that sends the message which a run shows."""
    assert run.notice is not None
    return Answer(run.id, "tell", "s", notice_hash=run.notice.hash)


async def test_one_key_sends_what_is_shown_to_every_channel(telling: Telling) -> None:
    stage = telling.stage()
    run = await prepared(stage)
    assert run.active_step is not None
    assert run.active_step.note == "eta is slow: 2.00 s <!channel>"
    assert [(choice.key, choice.sends) for choice in run.choices] == [("s", True), ("d", False), ("x", False)]
    assert run.choices[0].label == "send it to ml-oncall, pager"
    assert not telling.slack.requests
    stage.now += 120  # somebody read for long
    await stage.send(sending(run))
    run = await stage.until(lambda run: run.active == "told")
    assert run.steps[0].note == "sent to ml-oncall, pager"
    assert (len(telling.slack.requests), len(telling.pager.requests)) == (1, 1)
    assert b"eta is slow: 2.00 s &lt;!channel&gt;" in telling.slack.requests[0].body
    events = FileJournal(telling.state).read()
    assert len([event for event in events if isinstance(event, Intent)]) == 2
    outcomes = [event.outcome for event in events if isinstance(event, OutcomeRecorded)]
    assert outcomes == [Outcome.APPLIED, Outcome.APPLIED]
    for canary in ("s3cretS3cretS3cret", "r0utingKey0123456789"):
        assert canary not in telling.journal


@pytest.mark.parametrize("lie", [Lie(429, b"rate_limited"), Lie(404, b"no_service")])
async def test_a_channel_that_fails_keeps_no_other_and_alone_is_sent_again(telling: Telling, lie: Lie) -> None:
    telling.slack.tell(lie)
    stage = telling.stage()
    run = await prepared(stage)
    await stage.send(sending(run))
    run = await stage.until(lambda run: run.notice is not None and bool(run.notice.deliveries))
    assert run.notice is not None
    told = {each.channel: each.outcome for each in run.notice.deliveries}
    assert told == {"ml-oncall": Outcome.NOT_APPLIED, "pager": Outcome.APPLIED}
    assert [choice.key for choice in run.choices] == ["r", "d", "x"]
    telling.slack.tell(OK)
    await stage.send(Answer(run.id, "tell", "r"))
    run = await stage.until(lambda run: any(choice.sends for choice in run.choices))
    assert run.choices[0].label == "send it to ml-oncall"
    await stage.send(sending(run))
    await stage.until(lambda run: run.active == "told")
    assert (len(telling.slack.requests), len(telling.pager.requests)) == (2, 1)


async def test_what_may_have_arrived_is_never_sent_again(telling: Telling) -> None:
    telling.slack.tell(CLOSE)
    stage = telling.stage()
    run = await prepared(stage)
    await stage.send(sending(run))
    run = await stage.until(lambda run: run.notice is not None and bool(run.notice.deliveries))
    assert [choice.key for choice in run.choices] == ["d", "x"]
    run = await stage.send(Answer(run.id, "tell", "x"))
    assert run.active == "call"
    assert len(telling.slack.requests) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"write": False},
            "ml-oncall: read-only: start with --write, or set channels.ml-oncall.write; pager: read-only",
        ),
        ({"names": ("pager",)}, "ml-oncall is no channel that is configured (channels.ml-oncall)"),
        ({"critical": True}, "pager is critical: one key is too few"),
    ],
)
async def test_what_cannot_be_sent_from_here_stays_to_be_copied(telling: Telling, given: dict, told: str) -> None:  # type: ignore[type-arg]  # as the settings take it
    stage = telling.stage(telling.settings(**given))
    run = await prepared(stage)
    assert run.notice is not None
    assert run.notice.why_not.startswith(told)
    assert [choice.key for choice in run.choices] == ["d", "x"]
    refused = await stage.send(sending(run))
    assert refused.message == "s is no answer to step tell now"
    assert not telling.slack.requests
    assert not telling.pager.requests


async def test_a_rehearsal_sends_nothing(telling: Telling) -> None:
    stage = telling.stage()
    await stage.snapshot(SLOW)
    await stage.keeper.handle(StartRun(MODEL_ID, "tell", rehearse=True))
    await stage.quiet()
    assert [choice.key for choice in stage.run.choices] == ["d", "x"]
    await stage.send(sending(stage.run))
    assert not telling.slack.requests


async def test_a_run_is_not_left_while_it_sends(telling: Telling) -> None:
    telling.slack.tell(Lie(hang=True))
    stage = telling.stage()
    run = await prepared(stage)
    run = await stage.send(sending(run))
    assert (run.progress, run.choices) == ("being sent", ())
    run = await stage.send(EndRun(run.id))
    assert run.ended is None
    await stage.until(lambda run: run.notice is not None and bool(run.notice.deliveries))


async def test_a_message_that_another_console_left_open_is_told_and_not_sent_again(telling: Telling) -> None:
    telling.slack.tell(Lie(hang=True))
    first = telling.stage()
    run = await prepared(first)
    await first.send(sending(run))
    await telling.slack.arrived(1)
    await telling.pager.arrived(1)
    copied = telling.state.parent / f"{telling.state.name}-copy"
    shutil.copytree(telling.state, copied)
    after = Telling(copied, telling.slack, telling.pager)
    second = after.stage(beside=first)
    await second.snapshot(SLOW)
    await second.keeper.look_into_the_journal()
    await second.keeper.handle(TakeUpRun(run.id))
    taken = await second.until(lambda run: run.is_mine and run.notice is not None and bool(run.notice.deliveries))
    assert taken.notice is not None
    told = {each.channel: each.outcome for each in taken.notice.deliveries}
    assert told["ml-oncall"] is Outcome.UNKNOWN
    assert "s" not in {choice.key for choice in taken.choices}
    assert len(telling.slack.requests) == 1
    await first.keeper.close()


@pytest.mark.parametrize("shown", ["", "0123456789ab"])
async def test_a_message_that_was_not_shown_is_not_sent(telling: Telling, shown: str) -> None:
    stage = telling.stage()
    run = await prepared(stage)
    refused = await stage.send(Answer(run.id, "tell", "s", notice_hash=shown))
    assert refused.message == "the message is not the one that was shown: read it again"
    assert [choice.key for choice in refused.choices] == ["s", "d", "x"]
    assert not telling.slack.requests
    assert not telling.pager.requests
