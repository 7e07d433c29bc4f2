"""Waiting for something to become true, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found | None], what: str, seconds: float = 15) -> Found:
    """Ask `condition` every 20 ms until its answer is true, and return that answer.

    Raises:
        TimeoutError: It never was within `seconds`; the message says `what` was waited for.
    """
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.02)
    return found
