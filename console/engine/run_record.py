"""The events of runs on their way into the journal: in order, and never in the way of the loop."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from console.engine.acting import EventLog
from console.journal.events import RunLine
from console.journal.who import Who
from console.playbooks.document import Playbook
from console.playbooks.events import EvidenceSeen, MachineEvent, RolloutSeen
from console.playbooks.story import line_of


class RunRecorder:
    """Writes events of runs one after the other in a thread.

    Evidence comes with every refresh. It is written when it changed something, and else only as the last of it before
    the next event, so that the lines still explain the run. It is not brought to disk at once: losing the last of it in
    a crash loses no decision. `failed` gets the id of the run and the reason when a line cannot be written; the line
    is tried again with the next one, since a story with a gap explains nothing.
    """

    def __init__(self, journal: EventLog, who: Who, failed: Callable[[str, str], None]) -> None:
        self._journal = journal
        self._who = who
        self._failed = failed
        self._held_back: dict[str, tuple[EvidenceSeen, Playbook]] = {}
        self._seen_at: dict[str, float] = {}
        self._written_at: dict[str, float] = {}
        self._waiting: deque[RunLine] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._failure: str | None = None

    def write(self, event: MachineEvent, run_id: str, playbook: Playbook, *, changed: bool = True) -> None:
        """Put an event in line; `changed` says whether the run goes on otherwise than it would have without it."""
        if isinstance(event, EvidenceSeen):
            self._held_back[run_id] = self._spanning(event, run_id), playbook
            if changed:
                self._release(run_id)
        elif changed or not isinstance(event, RolloutSeen):
            self._release(run_id)
            self._put(event, run_id, playbook)

    def forget(self, run_id: str) -> None:
        """Take note that no event of a run comes any more."""
        self._release(run_id)
        self._seen_at.pop(run_id, None)
        self._written_at.pop(run_id, None)

    async def why_not_written(self, run_id: str) -> str | None:
        """Wait until every event of a run is on disk; return why that failed, None when they are."""
        self._release(run_id)
        await self._written()
        return self._failure

    async def close(self) -> None:
        """Wait until everything is written."""
        for run_id in tuple(self._held_back):
            self._release(run_id)
        await self._written()

    async def _written(self) -> None:
        self._begin_to_write()
        if self._writing is not None:
            await self._writing

    def _spanning(self, event: EvidenceSeen, run_id: str) -> EvidenceSeen:
        """Return evidence that speaks for the time since the last line, if what was seen meanwhile has no gap."""
        before = self._seen_at.get(run_id, event.at)
        self._seen_at[run_id] = event.at
        if event.at - before > event.fresh_for:
            return event
        lasting = max(event.fresh_for, event.at - self._written_at.get(run_id, event.at))
        return msgspec.structs.replace(event, fresh_for=lasting)

    def _release(self, run_id: str) -> None:
        held_back = self._held_back.pop(run_id, None)
        if held_back is not None:
            evidence, playbook = held_back
            self._written_at[run_id] = evidence.at
            self._put(evidence, run_id, playbook)

    def _put(self, event: MachineEvent, run_id: str, playbook: Playbook) -> None:
        self._waiting.append(line_of(event, self._who, run_id, playbook))
        self._begin_to_write()

    def _begin_to_write(self) -> None:
        if self._waiting and (self._writing is None or self._writing.done()):
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        self._failure = None
        while self._waiting:
            written, error = await asyncio.to_thread(self._append, tuple(self._waiting))
            for _ in range(written):
                self._waiting.popleft()
            if error is not None:
                self._failure = f"the journal cannot be written: {error.strerror or error}"
                self._failed(self._waiting[0].run_id, self._failure)
                return

    def _append(self, lines: Sequence[RunLine]) -> tuple[int, OSError | None]:
        """Write lines in one thread; return how many were written, and why no more were."""
        for number, line in enumerate(lines):
            try:
                self._journal.append(line, line.name not in _PERISHABLE)
            except OSError as error:
                return number, error
        return len(lines), None


_PERISHABLE = frozenset({str(kind.__struct_config__.tag) for kind in (EvidenceSeen, RolloutSeen)})
