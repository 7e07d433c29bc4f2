"""What was sent for as long as an incident lasts is taken back once the incident is over."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

import msgspec

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome, Plan
from console.domain.failure import failure_in_words
from console.domain.label import harmless
from console.domain.moments import BadMoment, clock_time, parse_instant
from console.engine.acting import EventLog
from console.engine.failures import log_failure
from console.journal.events import Event, Intent, OutcomeRecorded, RunReference
from console.journal.incident_events import Noted
from console.journal.incidents import ONSET_MOVES_SECONDS, Incidents, RecordedIncident
from console.journal.who import Who

FORGOTTEN_SECONDS = 86_400.0
"""What was sent longer ago is left alone: whatever may end with an incident has an end of its own before."""
PAUSE_SECONDS = 60.0
"""How long to wait after an attempt in vain; the next pause is twice as long, up to `LONGEST_PAUSE_SECONDS`."""
LONGEST_PAUSE_SECONDS = 3600.0
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

    The plan that a person confirmed said so; nobody is asked again. What cannot be read or locked is tried again after
    the next refresh, what was refused or sent in vain after a pause: each attempt to send is two lines in the journal.

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
        self._pauses: dict[str, _Pause] = {}
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
        except Exception as error:  # noqa: BLE001 -- what tidies up must not end what is looked at
            self._tell_failure("failed", error)
        for intent in tuple(self._standing.values()):
            try:
                await self._look_at(intent, known)
            except Exception as error:  # noqa: BLE001 -- as above, and it must not keep the others standing
                self._tell_failure(intent.intent_id, error)

    async def _look_at(self, intent: Intent, known: Incidents) -> None:
        record, now = _record_of(intent, known), self._clock()
        pause = self._pauses.get(intent.intent_id)
        if now - intent.at > FORGOTTEN_SECONDS:
            self._forget(intent.intent_id)
        elif pause is not None and now < pause.until:
            return
        elif record is not None and record.closed is not None and record.closed.at >= intent.at:
            await self._end(intent, record)

    def _take(self, event: Event) -> None:
        if isinstance(event, Intent) and event.undoes is not None:
            self._undone_by[event.intent_id] = event.undoes
        elif isinstance(event, Intent) and event.plan.ends_with is not None:
            self._standing[event.intent_id] = event
        elif isinstance(event, OutcomeRecorded):
            if event.outcome is Outcome.NOT_APPLIED:
                self._forget(event.intent_id)
            elif event.outcome is Outcome.APPLIED and event.intent_id in self._undone_by:
                self._forget(self._undone_by[event.intent_id])

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
        if undo.refusals:  # somebody made something else of it, theirs to end; or nothing may be sent for a moment
            self._pause(intent)
            self._tell_once(
                intent.intent_id, f"{what}: the incident is over, and it is left as it is: {undo.refusals[0]}"
            )
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
        if commitment.outcome is not Outcome.APPLIED:
            self._pause(intent)
        else:
            self._standing.pop(intent.intent_id, None)
            note = Noted(at=self._clock(), who=self._who, text=told, incident_id=record.id)
            await asyncio.to_thread(self._journal.append, note)

    def _pause(self, intent: Intent) -> None:
        before = self._pauses.get(intent.intent_id)
        seconds = PAUSE_SECONDS if before is None else min(2 * before.seconds, LONGEST_PAUSE_SECONDS)
        self._pauses[intent.intent_id] = _Pause(self._clock() + seconds, seconds)

    def _forget(self, intent_id: str) -> None:
        """Leave what does not stand any more, and do not go on telling that it does."""
        if self._standing.pop(intent_id, None) is not None:
            self._told.pop(intent_id, None)
        self._pauses.pop(intent_id, None)

    def _tell(self, key: str, line: str) -> None:
        self._told[key] = (self._clock(), harmless(line))

    def _tell_once(self, key: str, line: str) -> None:
        """Tell what is not told already: a line that is found again and again would stand there for ever."""
        if key not in self._told or self._told[key][1] != harmless(line):
            self._tell(key, line)

    def _tell_failure(self, key: str, error: Exception) -> None:
        log_failure(_log, "what ends with its incident is not taken back", error)
        self._tell(key, f"what ends with its incident is not taken back: {failure_in_words(error)}")


class _Pause(msgspec.Struct, frozen=True):
    """Until when (UTC seconds) something is not tried again, and how long that is."""

    until: float
    seconds: float


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
