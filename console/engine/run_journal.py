"""The runs that the journal knows, and who follows them: of all consoles that share it, one follows a run at a time."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec

from console.domain.label import harmless
from console.engine.run_said import RunsSaid
from console.journal.contents import BEGINNING
from console.journal.events import Approved, Event, Intent, RunLine
from console.journal.holder import Holder, TargetBusy
from console.journal.incident_events import Noted
from console.journal.journal import HeldLock, Journal, JournalUnavailable
from console.journal.who import Who
from console.playbooks.state import NotNow, RunState, is_over, is_sending, undoable
from console.playbooks.story import Story, begun_by, continued

SECONDS_OFFERED = 7 * 86_400.0
"""How long a run that nobody follows can be taken up: what it saw and planned a week ago tells nothing any more."""


class UnknownRun(NotNow):
    """The journal tells of no run with an id."""


class OtherRun(msgspec.Struct, frozen=True):
    """A run that another console follows (`followed_by` is who), or nobody (None)."""

    story: Story
    followed_by: Who | None


class RunJournal:
    """Reads of runs in a journal, and locks those that this console follows.

    `who` is the person at the terminal, `clock` returns UTC seconds. What asks the journal runs in a thread.
    """

    def __init__(self, journal: Journal, who: Who, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._who = who
        self._clock = clock
        self._position = BEGINNING
        self._stories: dict[str, Story] = {}
        self._locks: dict[str, HeldLock] = {}
        self._changing = threading.Lock()
        self._lacking: set[str] = set()
        """Runs that are followed here and whose locks could not be taken yet."""
        self._reading = asyncio.Lock()
        self.said = RunsSaid()

    async def add(self, event: Noted | Approved) -> str | None:
        """Write down what a person said of a run; return why that failed, None when it is written."""
        try:
            await asyncio.to_thread(self._journal.append, event)
        except OSError as error:
            return f"the journal cannot be written: {error.strerror or error}"
        return None

    def is_taken_from(self, run_id: str, since: float) -> bool:
        """Return whether another console took up a run behind an instant (UTC seconds): this one lost its lock."""
        story = self._stories.get(run_id)
        return story is not None and story.state.taken_over > since

    async def others(self, mine: frozenset[str]) -> tuple[OtherRun, ...]:
        """Return the runs of the last days that this console does not follow, as far as the journal tells now.

        Of those that are over, only those are among them that have ended since the call before; `mine` are the ids of
        those that this console follows or has followed.

        Raises:
            OSError: the journal cannot be read.
        """
        async with self._reading:
            return await asyncio.to_thread(self._others, mine)

    async def hold(self, run_id: str, *, is_followed: bool = False) -> str | None:
        """Take the lock of a run; return why that failed, None when this console alone follows it from now on.

        One that `is_followed` whatever comes of it is tried again with every look into the journal.
        """
        if run_id in self._locks:
            return None
        try:
            self._locks[run_id] = await asyncio.to_thread(self._lock, run_id)
        except TargetBusy as busy:
            who = busy.holder.who.shown if busy.holder is not None else "another console"
            return f"{harmless(who)} follows this run"
        except OSError as error:
            if is_followed:
                self._lacking.add(run_id)
            return f"the lock of this run cannot be taken: {error}"
        return None

    async def take_up(self, run_id: str, *, to_undo: bool = False) -> Story:
        """Take the lock of a run that nobody follows, and return all that the journal tells of it.

        One that is over is taken up only `to_undo` what it sent.

        Raises:
            UnknownRun: there is none.
            NotNow: somebody follows it, it is over, or its lines cannot be read.
        """
        busy = await self.hold(run_id)
        if busy is not None:
            raise NotNow(busy)
        try:
            return await self._story_to_follow(run_id, to_undo=to_undo)
        except BaseException:
            await self.release(run_id)
            raise

    def let_go(self, run_id: str) -> HeldLock | None:
        """Return the lock of a run for the caller to close, None where this console holds none."""
        with self._changing:
            self._lacking.discard(run_id)
            return self._locks.pop(run_id, None)

    async def release(self, run_id: str) -> None:
        """Let others take up a run."""
        lock = self.let_go(run_id)
        if lock is not None:
            await asyncio.to_thread(lock.close)

    async def close(self) -> None:
        """Let others take up every run."""
        for run_id in tuple(self._locks):
            await self.release(run_id)

    async def _story_to_follow(self, run_id: str, *, to_undo: bool) -> Story:
        try:
            async with self._reading:
                await asyncio.to_thread(self._read)
        except OSError as error:
            raise NotNow(f"the journal cannot be read: {error}") from error
        story = self._stories.get(run_id)
        if story is None:
            raise UnknownRun(f"the journal tells of no run {harmless(run_id)} of the last days")
        if story.unexplained is not None:
            raise NotNow(f"it cannot be taken up: {story.unexplained}")
        why_not = _why_no_undo(story.state) if to_undo else "the run is over" if is_over(story.state) else None
        if why_not is not None:
            raise NotNow(why_not)
        return story

    def _lock(self, run_id: str) -> HeldLock:
        return self._journal.lock(_lock_uid(run_id), Holder(self._who, self._clock(), run_id, f"run {run_id}"))

    def _others(self, mine: frozenset[str]) -> tuple[OtherRun, ...]:
        is_first = self._position == BEGINNING
        with suppress(JournalUnavailable):  # the journal's condition tells it; what is known here is shown on
            self._journal.refresh()
            self._hold_again()
        changed = self._take_in()
        found = []
        for run_id, story in tuple(self._stories.items()):
            if run_id in mine or run_id in self._locks:
                continue
            if not is_over(story.state):
                found.append(OtherRun(story, self._follower(story)))
            elif run_id in changed and not is_first:
                found.append(OtherRun(story, None))
        return tuple(found)

    def _hold_again(self) -> None:
        """Take the locks that a cut connection ended or kept away, unless somebody else was faster."""
        to_take: dict[str, HeldLock | None] = {**dict.fromkeys(tuple(self._lacking)), **self._locks}
        for run_id, lock in to_take.items():
            if lock is None or not lock.is_held():
                if lock is not None:
                    lock.close()
                with suppress(TargetBusy, OSError):  # who took it up is told by their lines, and then this one loses it
                    self._replace(run_id, lock, self._lock(run_id))

    def _replace(self, run_id: str, ended: HeldLock | None, taken: HeldLock) -> None:
        """Hold another lock of a run from now on, unless the run was let go while that one was taken."""
        with self._changing:
            is_mine = run_id in self._lacking if ended is None else self._locks.get(run_id) is ended
            if is_mine:
                self._lacking.discard(run_id)
                self._locks[run_id] = taken
        if not is_mine:
            taken.close()

    def _read(self) -> None:
        self._journal.refresh()
        self._take_in()

    def _follower(self, story: Story) -> Who | None:
        """Return who follows a run; while nobody can be asked, it is who followed it last."""
        holder = self._journal.holder(_lock_uid(story.run_id))
        if holder is None and self._journal.condition.down is not None:
            return story.follower
        return holder.who if holder is not None else None

    def _take_in(self) -> frozenset[str]:
        """Take in what the journal knows more than before; return the ids of the runs of which it tells more."""
        changes = self._journal.changes(self._position)
        if changes.is_anew:
            self.said.forget_all()
        self.said.take(changes.events)
        stories = {} if changes.is_anew else self._stories
        oldest = self._clock() - SECONDS_OFFERED
        told = _lines_by_run(changes.events)
        for run_id, lines in told.items():
            if run_id in stories or lines[-1].at >= oldest:
                story = _told(stories.get(run_id), lines)
                if story is not None:
                    stories[run_id] = story
        self._stories = {run_id: story for run_id, story in stories.items() if story.last_at >= oldest}
        self._position = changes.position
        return frozenset(told)


def _why_no_undo(state: RunState) -> str | None:
    """Return why nothing that a run sent can be taken back, None where something can, or may have been sent."""
    if undoable(state) is not None or is_sending(state):
        return None
    is_left = any(not sent.undone for sent in state.sent)
    return "what it sent last cannot be taken back from here" if is_left else "there is nothing to undo"


def _lock_uid(run_id: str) -> str:
    return f"run:{run_id}"


def _lines_by_run(events: Iterable[Event]) -> dict[str, list[RunLine | Intent]]:
    found: dict[str, list[RunLine | Intent]] = {}
    for event in events:
        if isinstance(event, RunLine):
            found.setdefault(event.run_id, []).append(event)
        elif isinstance(event, Intent):
            found.setdefault(event.reference.run_id, []).append(event)
    return found


def _told(story: Story | None, lines: Iterable[RunLine | Intent]) -> Story | None:
    """Return a story with some lines more; None where its beginning cannot be read."""
    for line in lines:
        if story is not None:
            story = continued(story, line)
        elif isinstance(line, RunLine):
            story = begun_by(line)
    return story
