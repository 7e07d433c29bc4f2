"""Incidents on their way into the journal, and what the journal says of them on its way onto the screen."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from console.domain.anomaly import Anomaly
from console.domain.command import Acknowledge, AddNote
from console.domain.failure import failure_in_words
from console.domain.model import Model
from console.domain.redaction import redacted
from console.domain.series import Grid, Series
from console.domain.snapshot import Snapshot
from console.engine.acting import EventLog
from console.engine.failures import log_failure
from console.engine.incident_courses import courses_of, courses_of_lines, grid_around
from console.engine.incident_watch import EVERY_FLEET, IncidentWatch, OfIncident
from console.history.view import History
from console.journal.events import Event
from console.journal.fleet import Fleet
from console.journal.incident_events import (
    Acknowledged,
    Course,
    IncidentChanged,
    IncidentClosed,
    IncidentOpened,
    Noted,
)
from console.journal.incidents import Incidents
from console.journal.said import with_what_was_said
from console.journal.who import Who
from console.transport.errors import SourceError

_log = logging.getLogger(__name__)


class News(Protocol):
    """What tells which events a journal got since it was last asked."""

    def news(self) -> tuple[Event, ...]:
        """Return the events that were added, oldest first.

        Raises:
            OSError: the journal cannot be read.
        """


class Past(Protocol):
    """What knows the signals of the fleet."""

    @property
    def past(self) -> History | None:
        """Return the history that was judged last, None where there is none."""

    async def read_model(self, model: Model, grid: Grid) -> tuple[dict[str, Series], str | None]:
        """Return the series of a model on any grid by signal name, and why some are not there.

        Raises:
            SourceError: nobody answers.
        """


class IncidentRecorder:
    """Writes what a live console sees of incidents, and what people say of them; reads what other consoles wrote.

    All that touches the journal happens in a thread, one thing after the other. A journal that fails is told in
    `notices` and stops nothing: what it lacks is written when it can be written again.

    Args:
        journal: where lines are written.
        news: what was written by whom ever.
        who: the person at the terminal.
        clock: returns the time (UTC seconds).
        source: what knows the signals.
        fleet: which fleet this is; the journal may hold incidents of others.
        known: is told the incidents after each look at the journal.
    """

    def __init__(
        self,
        journal: EventLog,
        news: News,
        who: Who,
        clock: Callable[[], float],
        source: Past,
        fleet: Fleet = EVERY_FLEET,
        known: Callable[[Incidents], None] = lambda _: None,
    ) -> None:
        self._journal = journal
        self._news = news
        self._who = who
        self._clock = clock
        self._source = source
        self._known = Incidents(fleet=fleet)
        self._tell_known = known
        self._watch = IncidentWatch(who, fleet)
        self._shown: Snapshot | None = None
        self._unread: Snapshot | None = None
        self._said: list[Acknowledge | AddNote] = []
        self._unwritten: deque[Event] = deque()
        self._working: asyncio.Task[None] | None = None
        self._changed: Callable[[], None] = lambda: None
        self.notices: tuple[str, ...] = ()

    def listen(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when the journal told something new of an incident."""
        self._changed = changed

    def onto(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose models say who takes care of their incidents and what people wrote down."""
        return with_what_was_said(snapshot, self._known)

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take note of what a refresh found; nothing is waited for. What is shown of the past was recorded then."""
        if snapshot.live:
            self._shown = self._unread = snapshot
            self._work_on()

    async def handle(self, command: Acknowledge | AddNote) -> None:
        """Write down what a person said of an incident; nothing is waited for. A blank note is none."""
        is_blank = isinstance(command, AddNote) and not command.text.strip()
        if self._shown is not None and not is_blank:
            self._said.append(command)
            self._work_on()

    async def close(self) -> None:
        """Wait until everything that was said is written, or cannot be."""
        if self._working is not None:
            await self._working

    def _work_on(self) -> None:
        if self._working is None or self._working.done():
            self._working = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        notices, changed = self.notices, False
        try:
            while self._unread is not None or self._said:
                changed |= await self._write_all()
                await self._put_in_line()
                changed |= await self._write_all()
            self._tell_known(self._known)
            self.notices = ()
        except OSError as error:
            log_failure(_log, "what is known of incidents is not written down", error, logging.WARNING)
            self._unread = None
            self.notices = (f"the journal fails, incidents and notes are not kept: {error.strerror or error}",)
        except Exception as error:  # noqa: BLE001 -- what writes things down must not end what they are looked at with
            log_failure(_log, "writing incidents down failed", error)
            self._unread = None
            self.notices = (f"incidents are not written down: {failure_in_words(error)}",)
        if changed or notices != self.notices:
            self._changed()

    async def _write_all(self) -> bool:
        """Write what waits and read what is new; return whether that told anything.

        Raises:
            OSError: the journal cannot be written or read; what was not written waits on.
        """
        while self._unwritten:
            await asyncio.to_thread(self._journal.append, self._unwritten[0])
            self._unwritten.popleft()
        return self._known.take(await asyncio.to_thread(self._news.news))

    async def _put_in_line(self) -> None:
        snapshot, self._unread = self._unread, None
        if snapshot is not None:
            lines = self._watch.lines(snapshot, self._known, self._clock())
            for line in lines:
                self._unwritten.append(await self._with_courses(line))
            if lines:  # what people say of an incident stands behind its opening
                return
        said, self._said = self._said, []
        self._unwritten.extend(map(self._line_of, said))

    def _line_of(self, command: Acknowledge | AddNote) -> Event:
        now = self._clock()
        if isinstance(command, Acknowledge):
            return Acknowledged(at=now, who=self._who, incident_id=self._id_in_the_journal(command.incident_id))
        incident_id = self._id_in_the_journal(command.incident_id) if command.incident_id is not None else None
        text = redacted(command.text)  # what is in the journal cannot be taken out again
        return Noted(at=now, who=self._who, text=text, incident_id=incident_id, follow_up=command.follow_up)

    def _id_in_the_journal(self, incident_id: str) -> str:
        """Return the id under which an incident was opened: its onset may be found elsewhere by now."""
        views = self._shown.models if self._shown is not None else ()
        incidents = (incident for view in views for incident in view.incidents)
        seen = next((incident for incident in incidents if incident.id == incident_id), None)
        record = self._known.matching(seen) if seen is not None else None
        return record.id if record is not None else incident_id

    async def _with_courses(self, line: OfIncident) -> Event:
        """Return a line with the signals around its incident, as far as they are known: they never hold a line up."""
        history = self._source.past
        if history is None or isinstance(line, IncidentChanged):
            return line
        record = self._known.find(line.incident_id)
        opened = line if isinstance(line, IncidentOpened) else record.opened if record is not None else None
        model = next((each for each in history.models if opened and each.model.id == opened.model_id), None)
        if opened is None or model is None:
            return line
        anomalies = record.every_anomaly if record is not None else opened.anomalies
        courses = courses_of(model, anomalies, opened.onset, history.at)
        if isinstance(line, IncidentClosed) and opened.onset < history.fine_grid.start:
            courses = await self._read_anew(model.model, anomalies, opened.onset, history) or courses
        return msgspec.structs.replace(line, courses=courses)

    async def _read_anew(
        self, model: Model, anomalies: tuple[Anomaly, ...], onset: float, history: History
    ) -> tuple[Course, ...]:
        """Return the signals of a long incident as a whole, which memory holds in part; none where nobody answers."""
        grid = grid_around(onset, history.at, history.fine_grid.step)
        try:
            lines, _ = await self._source.read_model(model, grid)
        except SourceError as error:
            _log.warning("the signals of a long incident cannot be read: %s", error)
            return ()
        return courses_of_lines(lines, anomalies)
