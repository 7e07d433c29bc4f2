"""A silence that was made for an incident is expired once the incident is over, by one console, and told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count, pairwise
from pathlib import Path

import msgspec
import pytest

from console.actions.registry import OpenActions
from console.domain.action import Commitment, Outcome, Plan
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.moments import parse_instant
from console.engine.endings import Endings
from console.engine.executor import ActionRefused, Executor, RunReference
from console.engine.gate import KILL_SWITCH_FILE, ActionGate
from console.journal.events import Intent, OutcomeRecorded
from console.journal.file_journal import FileJournal
from console.journal.follow import OF_ACTIONS, OF_INCIDENTS, Follower
from console.journal.incident_events import IncidentClosed, IncidentOpened, Noted
from console.journal.incidents import Incidents
from console.journal.who import Who
from console.settings.places import acting_places
from console.settings.settings import AlertmanagerSettings, Settings
from tests.actions.alertmanager.world import INCIDENT, World, a_world, at, occasion, silences_of
from tests.services import Alertmanager, Servers

ANN, BO = Who("ann", "bastion"), Who("bo", "laptop")
ONSET = parse_instant("2026-11-22T03:08:15Z", 0.0)
REFERENCE = RunReference("7f3", "quiet", "upstream-data-broken", 1, INCIDENT)


class Console:
    """One person's console: an executor of silences, the journal, and what ends with incidents."""

    def __init__(self, world: World, directory: Path, settings: AlertmanagerSettings, who: Who) -> None:
        self.world, self.who = world, who
        self.journal = FileJournal(directory)
        numbers = count(1)
        gate = ActionGate(
            acting_places(Settings(alertmanager=(settings,))), live=True, directory=directory, environment={}
        )
        self.executor = Executor(
            actions=OpenActions({"alertmanager.silence": world.silence}, {}),
            gate=gate,
            journal=self.journal,
            who=who,
            clock=world.clock,
            new_id=lambda: f"{who.user}-{next(numbers)}",
        )
        news = Follower(self.journal, OF_ACTIONS)
        self.endings = Endings(self.executor, gate.why_no_commit, news, self.journal, who, world.clock)

    async def silence(self) -> Intent:
        view = occasion().view
        plan = await self.executor.plan("alertmanager.silence", view, {"minutes": 30}, REFERENCE)
        assert (plan.refusals, plan.ends_with) == ((), INCIDENT)
        assert (await self.executor.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.APPLIED
        return next(event for event in self.journal.read() if isinstance(event, Intent))

    def open_incident(self, incident_id: str = INCIDENT, onset: float = ONSET) -> None:
        slow = Anomaly("fraud/latency_p99", AnomalyKind.LATENCY, "latency_p99", Severity.CRITICAL, onset, "slow")
        self.journal.append(
            IncidentOpened(
                at=self.world.clock(),
                who=self.who,
                incident_id=incident_id,
                model_id="fraud",
                model_name="fraud",
                onset=onset,
                anomalies=(slow,),
            )
        )

    def close_incident(self, incident_id: str = INCIDENT) -> None:
        now = self.world.clock()
        self.journal.append(IncidentClosed(at=now, who=self.who, incident_id=incident_id, recovered=now))

    async def look(self) -> None:
        self.endings.look(Incidents(Follower(self.journal, OF_INCIDENTS).news()))
        await self.endings.close()


@pytest.fixture
def alertmanager(servers: Servers) -> Alertmanager:
    server = servers.alertmanager()
    server.fire("ModelLatencyHigh", {"model": "fraud"})
    return server


@pytest.fixture
async def consoles(alertmanager: Alertmanager, tmp_path: Path) -> AsyncIterator[list[Console]]:
    async with AsyncExitStack() as closing:
        (tmp_path / "state").mkdir()
        settings = at(alertmanager.url)
        yield [Console(a_world(closing, settings), tmp_path / "state", settings, who) for who in (ANN, BO)]


def states(alertmanager: Alertmanager) -> list[str]:
    return [each["status"]["state"] for each in silences_of(alertmanager)]


async def test_it_stands_while_the_incident_lasts_and_is_expired_once_by_whoever_sees_it_end(
    consoles: list[Console], alertmanager: Alertmanager
) -> None:
    ann, bo = consoles
    ann.open_incident()
    sent = await ann.silence()
    await bo.look()
    assert (states(alertmanager), bo.endings.notices) == (["active"], ())
    bo.close_incident()
    await asyncio.gather(ann.look(), bo.look())
    assert states(alertmanager) == ["expired"]
    events = ann.journal.read()
    (undo,) = [event for event in events if isinstance(event, Intent) and event.undoes is not None]
    assert (undo.undoes, undo.reference.step_id, undo.plan.undoes) == (
        sent.intent_id,
        "end-of-incident",
        sent.plan.hash,
    )
    words = [event.outcome for event in events if isinstance(event, OutcomeRecorded)]
    assert words == [Outcome.APPLIED, Outcome.APPLIED]
    (note,) = [event for event in events if isinstance(event, Noted)]
    assert note.incident_id == INCIDENT
    assert "the incident is over, applied: the silence is expired" in note.text
    assert any(note.text in console.endings.notices for console in consoles)
    await ann.look()
    await bo.look()
    assert len(ann.journal.read()) == len(events)


async def test_the_second_undo_of_a_commit_is_refused_under_the_lock(consoles: list[Console]) -> None:
    ann, bo = consoles
    ann.open_incident()
    sent = await ann.silence()
    late = await bo.executor.plan_undo(sent.plan, sent.intent_id)
    ann.close_incident()
    await ann.look()
    with pytest.raises(ActionRefused, match="ann@bastion took it back already"):
        await bo.executor.commit(late, late.hash, msgspec.structs.replace(REFERENCE, run_id="b0"))


async def test_where_nothing_may_be_written_it_stands_and_that_is_told(
    consoles: list[Console], alertmanager: Alertmanager, tmp_path: Path
) -> None:
    ann, _ = consoles
    ann.open_incident()
    await ann.silence()
    ann.close_incident()
    switch = tmp_path / "state" / KILL_SWITCH_FILE
    switch.write_text("change freeze")
    await ann.look()
    assert states(alertmanager) == ["active"]
    assert "the incident is over, and it stands: actions are switched off by " in ann.endings.notices[0]
    switch.unlink()
    await ann.look()
    assert states(alertmanager) == ["expired"]


async def test_a_server_that_is_down_is_asked_again(consoles: list[Console], alertmanager: Alertmanager) -> None:
    ann, _ = consoles
    ann.open_incident()
    await ann.silence()
    ann.close_incident()
    alertmanager.suspend()
    await ann.look()
    assert (
        "the incident is over, and it may stand: the silences of alertmanager cannot be read" in ann.endings.notices[0]
    )
    alertmanager.resume()
    await ann.look()
    assert states(alertmanager) == ["expired"]


async def test_what_somebody_expired_by_hand_is_left_as_it_is(consoles: list[Console]) -> None:
    ann, _ = consoles
    ann.open_incident()
    sent = await ann.silence()
    await ann.world.silence.commit(await ann.world.silence.plan_undo(sent.plan, may_dry_run=True))
    ann.close_incident()
    await ann.look()
    assert "it is left as it is: the silence is expired since" in ann.endings.notices[0]
    assert sum(isinstance(event, Intent) for event in ann.journal.read()) == 1


async def test_what_somebody_prolonged_is_left_as_it_is_and_that_is_told(
    consoles: list[Console], alertmanager: Alertmanager
) -> None:
    ann, _ = consoles
    ann.open_incident()
    await ann.silence()
    (silence,) = silences_of(alertmanager)
    kept = {key: silence[key] for key in ("id", "matchers", "startsAt", "comment")}
    alertmanager.post_json("/api/v2/silences", {**kept, "endsAt": "2099-01-01T00:00:00Z", "createdBy": "bo"})
    ann.close_incident()
    await ann.look()
    assert states(alertmanager) == ["active"]
    told = "the incident is over, and it is left as it is: bo edited the silence: it is active until 2099-01-01"
    assert told in ann.endings.notices[0]


async def test_an_incident_whose_onset_was_found_elsewhere_is_the_same(
    consoles: list[Console], alertmanager: Alertmanager
) -> None:
    ann, _ = consoles
    ann.open_incident("fraud@2026-11-22T03:10:00Z", ONSET + 105)
    await ann.silence()
    ann.close_incident("fraud@2026-11-22T03:10:00Z")
    await ann.look()
    assert states(alertmanager) == ["expired"]


async def test_a_switch_that_is_pulled_meanwhile_only_puts_it_off(
    consoles: list[Console], alertmanager: Alertmanager, tmp_path: Path
) -> None:
    ann, _ = consoles
    ann.open_incident()
    await ann.silence()
    ann.close_incident()
    news = Follower(ann.journal, OF_ACTIONS)
    ann.endings = Endings(ann.executor, lambda _: None, news, ann.journal, ann.who, ann.world.clock)
    switch = tmp_path / "state" / KILL_SWITCH_FILE
    switch.touch()
    await ann.look()
    assert states(alertmanager) == ["active"]
    switch.unlink()
    ann.world.clock.ahead += 60.0
    await ann.look()
    assert states(alertmanager) == ["expired"]


class Refusing:
    """Plans undos, each of which the server refuses; what is not its own breaks it."""

    def __init__(self, console: Console, broken: str = "") -> None:
        self.console, self.broken = console, broken
        self.tried: list[float] = []

    async def plan_undo(self, plan: Plan, intent_id: str | None = None) -> Plan:
        if intent_id == self.broken:
            raise KeyError("a plan of another release")
        return await self.console.executor.plan_undo(plan, intent_id)

    async def commit(self, plan: Plan, shown_hash: str, reference: RunReference) -> Commitment:
        now = self.console.world.clock()
        self.tried.append(now)
        return Commitment(Outcome.NOT_APPLIED, "403", now)


def refused(console: Console, broken: str = "") -> Refusing:
    refusing = Refusing(console, broken)
    news = Follower(console.journal, OF_ACTIONS)
    console.endings = Endings(refusing, lambda _: None, news, console.journal, console.who, console.world.clock)
    return refusing


async def test_a_server_that_refuses_is_not_asked_with_every_refresh(consoles: list[Console]) -> None:
    ann, _ = consoles
    ann.open_incident()
    await ann.silence()
    ann.close_incident()
    refusing = refused(ann)
    for _ in range(60):
        await ann.look()
        ann.world.clock.ahead += 15.0
    pauses = [round((after - before) / 60.0) for before, after in pairwise(refusing.tried)]
    assert pauses == [1, 2, 4]
    assert "the incident is over, not_applied: 403" in ann.endings.notices[0]


async def test_one_that_cannot_be_planned_keeps_no_other_standing(consoles: list[Console]) -> None:
    ann, _ = consoles
    ann.open_incident()
    sent = await ann.silence()
    ann.journal.append(msgspec.structs.replace(sent, intent_id="0"))
    ann.close_incident()
    refusing = refused(ann, broken=sent.intent_id)
    await ann.look()
    assert len(refusing.tried) == 1
    assert any("KeyError" in line for line in ann.endings.notices)


async def test_nobody_is_told_that_it_stands_once_another_console_took_it_back(
    consoles: list[Console], alertmanager: Alertmanager
) -> None:
    ann, bo = consoles
    ann.open_incident()
    await ann.silence()
    ann.close_incident()
    news = Follower(bo.journal, OF_ACTIONS)
    bo.endings = Endings(bo.executor, lambda _: "read-only", news, bo.journal, bo.who, bo.world.clock)
    await bo.look()
    assert "it stands: read-only" in bo.endings.notices[0]
    await ann.look()
    await bo.look()
    assert (states(alertmanager), bo.endings.notices) == (["expired"], ())
