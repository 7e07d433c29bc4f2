"""The engine: its own event loop in its own thread, so that a stalled terminal stalls neither polling nor actions."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress

from console.domain.command import Command
from console.domain.run import Run
from console.engine.session import Session
from console.engine.working_parts import Parts, Published

SECONDS_TO_STOP = 2.0


class Engine:
    """Refreshes the fleet, follows runs and obeys commands until it is stopped.

    `publish` and `crashed` are called on the engine's thread and must not block. `crashed` gets the error that ended
    the engine, after which nothing is published any more.
    """

    def __init__(
        self,
        parts: Callable[[Callable[[Run], None]], AbstractAsyncContextManager[Parts]],
        publish: Callable[[Published], None],
        crashed: Callable[[BaseException], None],
    ) -> None:
        self._make_parts = parts
        self._publish = publish
        self._crashed = crashed
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._commands: asyncio.Queue[Command | None] = asyncio.Queue()

    def start(self) -> None:
        """Start the thread; the first snapshot is published when it is there."""
        self._thread.start()
        self._started.wait()

    def send(self, command: Command) -> None:
        """Hand over a command from any thread; what it leads to is published. Without effect once stopped."""
        self._put(command)

    def stop(self, seconds: float = SECONDS_TO_STOP) -> bool:
        """Ask the engine to end and return whether it did within some seconds.

        An action in flight is finished first, for which it may take longer: ask again to wait on. The process must not
        end before, or the outcome stays unknown until the next start.
        """
        self._put(None)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _put(self, command: Command | None) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has closed: there is nobody left to obey
                self._loop.call_soon_threadsafe(self._commands.put_nowait, command)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 -- the thread's last word: the face reports it and ends
            self._crashed(error)
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started.set()
        async with AsyncExitStack() as stack:
            parts = await stack.enter_async_context(self._make_parts(self._publish))
            async with asyncio.TaskGroup() as tasks:
                session = Session(parts, self._publish, tasks)
                polling = tasks.create_task(session.poll())
                while (command := await self._commands.get()) is not None:
                    await session.obey(command)
                polling.cancel()
                session.stop()
