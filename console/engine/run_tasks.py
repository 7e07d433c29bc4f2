"""What is under way for the runs of a console: what is only being read, and what is being sent."""

import asyncio
import logging
from collections.abc import Coroutine

from console.engine.failures import log_failure

_log = logging.getLogger(__name__)

Work = Coroutine[None, None, None]


class RunTasks:
    """Tasks of two kinds: reading can be given up at any time, sending is waited for."""

    def __init__(self) -> None:
        self._reading: set[asyncio.Task[None]] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self.closing = False

    def read(self, work: Work) -> asyncio.Task[None]:
        """Begin to read something that nobody misses when the console closes."""
        return _begin(self._reading, work)

    def send(self, work: Work) -> asyncio.Task[None]:
        """Begin something that must be finished before the console closes."""
        return _begin(self._sending, work)

    async def sent(self) -> None:
        """Wait until nothing is being sent any more, and what became of it is taken in."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def close(self) -> None:
        """End what is only being read and wait for what is being sent."""
        self.closing = True
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)
        while self._sending:
            for result in await asyncio.gather(*self._sending, return_exceptions=True):
                if isinstance(result, Exception):
                    log_failure(_log, "a run could not take the outcome of what was sent", result)


def _begin(tasks: set[asyncio.Task[None]], work: Work) -> asyncio.Task[None]:
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task
