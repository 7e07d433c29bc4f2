"""Runs one program: no shell, nothing on stdin, a clean environment, a process group of its own that ends in time."""

import asyncio
import os
import uuid
from collections.abc import Mapping, Sequence

import msgspec

from console.transport.marked import end_marked
from console.transport.programs import Heard, end_in_time

LARGEST_OUTPUT_BYTES = 64 * 1024
"""What is kept of what a program says; the rest is read, so that the program goes on, and dropped."""
GRACE_SECONDS = 2.0
"""Time between TERM and KILL."""
INHERITED = ("PATH", "HOME", "LANG")
"""All that a program sees of the environment of the console."""
MARK = "INCIDENT_CONSOLE_RUN"
"""The variable by which what a program starts is found again, whatever process group it is in."""


class Finished(msgspec.Struct, frozen=True):
    """How a program ended: its exit code (negative: the signal that killed it) and what it said.

    `is_cut` says that it said more; `timed_out` that it was ended because it took too long.
    """

    exit_code: int
    output: bytes
    is_cut: bool = False
    timed_out: bool = False


def clean_environment(environment: Mapping[str, str], declared: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a program: three variables of the console's, and what is declared."""
    return {name: environment[name] for name in INHERITED if name in environment} | dict(declared)


async def run(
    argv: Sequence[str], environment: Mapping[str, str], seconds: float, grace_seconds: float = GRACE_SECONDS
) -> Finished:
    """Run a program to its end, or to the end of its time; then its whole process group is ended.

    Children that it leaves behind are ended as well: what goes on afterwards nobody would watch. What left the group is
    ended only where the program did not end by itself: a service that it started for good stays.

    Raises:
        OSError: it cannot be started: nothing was run.
    """
    mark = uuid.uuid4().hex
    heard, writing_end = await Heard.open(LARGEST_OUTPUT_BYTES)
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing_end,
            stderr=writing_end,
            env={**environment, MARK: mark},
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(writing_end)  # without a program the listening ends with it
    timed_out = True
    try:
        timed_out = await end_in_time(process, seconds, grace_seconds, (heard,))
    finally:
        if timed_out:
            await asyncio.to_thread(end_marked, MARK, mark)
    return Finished(process.returncode or 0, bytes(heard.kept), heard.is_cut, timed_out)
