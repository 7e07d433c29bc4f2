"""Playbooks that are read again while a program stays; a directory that does not answer holds up nothing."""

import asyncio
from concurrent.futures import Future

from console.playbooks.library import LiveLibrary
from console.settings.settings import Settings
from console.transport.worker import Worker

PATIENCE_SECONDS = 0.5
"""How long a refresh waits for the directories: a thousand files take a few milliseconds, a dead NFS for ever."""
LATE = "playbook: their directories do not answer; what was read last is offered"


def live_library(settings: Settings) -> LiveLibrary:
    """Return the library of the settings; its playbooks may name the actions that these declare."""
    if not settings.playbooks:
        return LiveLibrary()
    from console.actions.registry import known_actions  # a summary of shipped playbooks does without

    return LiveLibrary(settings.playbooks, known_actions(settings))


class PlaybookReading:
    """Reads a library again in a thread of its own, which is given up with the program if it hangs."""

    def __init__(self, library: LiveLibrary, patience: float = PATIENCE_SECONDS) -> None:
        self._library = library
        self._patience = patience
        self._worker: Worker | None = None
        self._reading: Future[None] | None = None

    async def renew(self) -> None:
        """Read what has changed; what takes too long is there with a later refresh."""
        if self._library.is_fixed:
            return
        self._worker = self._worker or Worker("playbooks")
        if self._reading is None or self._reading.done():
            self._reading = self._worker.do(self._library.reread)
        done, _ = await asyncio.wait([asyncio.wrap_future(self._reading)], timeout=self._patience)
        for reading in done:
            reading.result()

    @property
    def notices(self) -> tuple[str, ...]:
        """What a person must know of the playbooks of the configured directories, a line each."""
        is_late = self._reading is not None and not self._reading.done()
        problems = self._library.now.own_problems
        broken = tuple(f"playbook: {problem}" for problem in problems if not problem.is_warning)
        return (*broken, LATE) if is_late else broken

    async def aclose(self) -> None:
        """Let the thread end."""
        if self._worker is not None:
            self._worker.end()
