"""A thread that does one thing after another, for libraries that block."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")


class Worker:
    """One thread; a daemon, because a thread that hangs in a library must not keep the process from ending."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def do(self, call: Callable[[], Result]) -> "Future[Result]":
        """Return what a call gives, as soon as those before it are done."""
        future: Future[Result] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  # whoever waits for the call is told
                future.set_exception(error)
            else:
                future.set_result(result)

        self._jobs.put(job)
        return future

    def end(self, last: Callable[[], None] | None = None) -> "Future[None]":
        """End the thread after what it was given so far and a last call."""
        ended = self.do(last or (lambda: None))
        self._jobs.put(None)
        return ended

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # what it holds (rows, a connection) is not kept until the next one comes
