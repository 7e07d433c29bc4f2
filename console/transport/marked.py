"""Ends what a program left behind in other process groups, by a variable that all its descendants bear."""

import os
import signal
from contextlib import suppress
from pathlib import Path

_PROCESSES = Path("/proc")
_ROUNDS = 10
"""One that forks while it is looked for is found in the next round."""


def end_marked(name: str, value: str) -> None:
    """Kill every process of this user that bears a variable of the environment with a value.

    Linux alone tells of them. One that took the variable out, or is another user's by now, is not found.
    """
    wanted = f"{name}={value}".encode()
    for _ in range(_ROUNDS):
        if sum(_end_if_marked(int(path.name), wanted) for path in _PROCESSES.glob("[0-9]*")) == 0:
            return


def _end_if_marked(process_id: int, wanted: bytes) -> bool:
    """Kill a process if it bears a variable, and return whether it did; the handle is of the one that was looked at."""
    try:
        handle = os.pidfd_open(process_id)
    except OSError:  # it has ended
        return False
    try:
        if wanted not in (_PROCESSES / str(process_id) / "environ").read_bytes().split(b"\0"):
            return False
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except OSError:  # it ended meanwhile, or is another user's
        return False
    finally:
        os.close(handle)
