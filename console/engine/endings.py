"""What was sent for as long as an incident lasts is taken back once the incident is over."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome, Plan
from console.domain.label import harmless
from console.domain.moments import BadMoment, clock_time, parse_instant
from console.engine.acting import EventLog
from console.journal.events import Event, Intent, OutcomeRecorded, RunReference
from console.journal.incident_events import Noted
from console.journal.incidents import ONSET_MOVES_SECONDS, Incidents, RecordedIncident
from console.journal.who import Who

FORGOTTEN_SECONDS = 86_400.0
"""What was sent longer ago is left alone: whatever may end with an incident has an end of its own before."""
NOTICE_SECONDS = 3600.0
"""How long it is told on the screen what was taken back."""
STEP = "end-of-incident"

_log = logging.getLogger(__name__)


class TakingBack(Protocol):
    """The executor of actions, as far as something is taken back here."""

    async def plan_undo(self, plan: Plan, intent_id: str | None = None) -> Plan:
        """Return the plan that takes a commit back.

        Raises:
            ActionRefused: there can be none.
        """

    async def commit(self, plan: Plan, shown_hash: str, reference: RunReference) -> Commitment:
        """Send a plan under the lock of its target, with intent and outcome in the journal.

        Raises:
            ActionRefused: nothing was sent.
        """


class News(Protocol):
    """What tells which intents and outcomes a journal got since it was last asked."""

    def news(self) -> tuple[Event, ...]:
        """Return the events that were added, oldest first.

        Raises:
            OSError: the journal cannot be read.
        """


class Endings:
    """Takes back what ends with an incident: once, whichever console sees it first, where writing is allowed.

    The plan that a person confirmed said so; nobody is asked again. What fails is tried again after the next refresh.

    Args:
        executor: what takes back.
        why_no_commit: returns why nothing may be changed in a place, None where it may.
        news: intents and outcomes of all consoles.
        journal: where it is noted what was done.
        who: the person at the terminal.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self,
        executor: TakingBack,
        why_no_commit: Callable[[str], str | None],
        news: News,
        journal: EventLog,
        who: Who,
        clock: Callable[[], float],
    ) -> None:
        self._executor = executor
        self._why_no_commit = why_no_commit
        self._news = news
        self._journal = journal
        self._who = who
        self._clock = clock
        self._standing: dict[str, Intent] = {}
        self._undone_by: dict[str, str] = {}
        self._told: dict[str, tuple[float, str]] = {}
        self._working: asyncio.Task[None] | None = None

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what was taken back lately and what stands though its incident is over, a line each."""
        now = self._clock()
        return tuple(line for at, line in self._told.values() if now - at <= NOTICE_SECONDS)

    def look(self, known: Incidents) -> None:
        """Take back what ends with incidents that are over by now; nothing is waited for."""
        if self._working is None or self._working.done():
            self._working = asyncio.get_running_loop().create_task(self._work(known))

    async def close(self) -> None:
        """Wait for what is being taken back."""
        if self._working is not None:
            await self._working

    async def _work(self, known: Incidents) -> None:
        try:
            for event in await asyncio.to_thread(self._news.news):
                self._take(event)
            for intent in tuple(self._standing.values()):
                record = _record_of(intent, known)
                if self._clock() - intent.at > FORGOTTEN_SECONDS:
                    del self._standing[intent.intent_id]
                elif record is not None and record.closed is not None and record.closed.at >= intent.at:
                    await self._end(intent, record)
        except Exception as error:  # noqa: BLE001 -- what tidies up must not end what is looked at
            _log.error("what ends with its incident is not taken back", exc_info=error)
            self._tell("failed", f"what ends with its incident is not taken back: {type(error).__name__}: {error}")

    def _take(self, event: Event) -> None:
        if isinstance(event, Intent) and event.undoes is not None:
            self._undone_by[event.intent_id] = event.undoes
        elif isinstance(event, Intent) and event.plan.ends_with is not None:
            self._standing[event.intent_id] = event
        elif isinstance(event, OutcomeRecorded):
            if event.outcome is Outcome.NOT_APPLIED:
                self._standing.pop(event.intent_id, None)
            elif event.outcome is Outcome.APPLIED:
                self._standing.pop(self._undone_by.get(event.intent_id, ""), None)

    async def _end(self, intent: Intent, record: RecordedIncident) -> None:
        what = f"{harmless(intent.plan.title)}, sent {clock_time(intent.at)} UTC by {harmless(intent.who.shown)}"
        forbidden = self._why_no_commit(intent.plan.target.context)
        if forbidden is not None:
            self._tell(intent.intent_id, f"{what}: the incident is over, and it stands: {forbidden}")
            return
        try:
            undo = await self._executor.plan_undo(intent.plan, intent.intent_id)
        except ActionRefused as refusal:
            self._tell(intent.intent_id, f"{what}: the incident is over, and it may stand: {refusal}")
            return
        if undo.refusals:  # it is over already, or somebody made something else of it: theirs to end
            del self._standing[intent.intent_id]
            self._tell(intent.intent_id, f"{what}: the incident is over, and it is left as it is: {undo.refusals[0]}")
            return
        reference = RunReference(
            f"{intent.reference.run_id}/{STEP}",
            STEP,
            intent.reference.playbook_id,
            intent.reference.playbook_version,
            record.id,
        )
        try:
            commitment = await self._executor.commit(undo, undo.hash, reference)
        except ActionRefused as refusal:  # another console is at it, or the journal fails: looked at again
            self._tell(intent.intent_id, f"{what}: the incident is over, and it may stand: {refusal}")
            return
        told = f"{what}: the incident is over, {commitment.outcome.value}: {commitment.detail}"
        self._tell(intent.intent_id, told)
        if commitment.outcome is Outcome.APPLIED:
            self._standing.pop(intent.intent_id, None)
            note = Noted(at=self._clock(), who=self._who, text=told, incident_id=record.id)
            await asyncio.to_thread(self._journal.append, note)

    def _tell(self, key: str, line: str) -> None:
        self._told[key] = (self._clock(), harmless(line))


def _record_of(intent: Intent, known: Incidents) -> RecordedIncident | None:
    """Return the incident with which something ends; its onset may have been found elsewhere by the console that wrote.

    Its id is the model's and the onset.
    """
    incident_id = intent.plan.ends_with or ""
    record = known.find(incident_id)
    if record is not None:
        return record
    try:
        onset = parse_instant(incident_id.rpartition("@")[2], intent.at)
    except BadMoment:
        return None
    alike = [
        each
        for each in known
        if each.opened.model_id == intent.plan.model_id and abs(each.opened.onset - onset) <= ONSET_MOVES_SECONDS
    ]
    return alike[-1] if alike else None
