"""Runs one program: no shell, nothing on stdin, a clean environment, a process group of its own that ends in time."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Self

import msgspec

LARGEST_OUTPUT_BYTES = 64 * 1024
"""What is kept of what a program says; the rest is read, so that the program goes on, and dropped."""
GRACE_SECONDS = 2.0
"""Time between TERM and KILL."""
INHERITED = ("PATH", "HOME", "LANG")
"""All that a program sees of the environment of the console."""
_CHUNK_BYTES = 16 * 1024


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

    Children that it leaves behind are ended as well: what goes on afterwards nobody would watch.

    Raises:
        OSError: it cannot be started: nothing was run.
    """
    # A pipe of asyncio's own would hold up `wait` until the last child that has it is gone, too.
    reading_end, writing_end = os.pipe()
    try:
        heard = await _Heard.from_pipe(reading_end)
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=writing_end,
            stderr=writing_end,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
    finally:
        os.close(writing_end)  # without a program the reading ends with it
    timed_out = False
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        timed_out = True
        await _end(process, grace_seconds)
    finally:
        _signal(process.pid, signal.SIGKILL)
        await process.wait()
        await heard.close(grace_seconds)
    return Finished(process.returncode or 0, bytes(heard.kept), heard.is_cut, timed_out)


class _Heard:
    """The beginning of what a program says."""

    def __init__(self, stream: asyncio.StreamReader, transport: asyncio.ReadTransport) -> None:
        self.kept = bytearray()
        self.is_cut = False
        self._transport = transport
        self._listening = asyncio.create_task(self._listen(stream))

    @classmethod
    async def from_pipe(cls, reading_end: int) -> Self:
        """Listen at an end of a pipe, which is closed with this."""
        loop = asyncio.get_running_loop()
        stream = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading_end, "rb", buffering=0)
        )
        return cls(stream, transport)

    async def close(self, seconds: float) -> None:
        """Hear the rest, but not for longer than some seconds: a stranger may hold the pipe open."""
        await asyncio.wait([self._listening], timeout=seconds)
        self._listening.cancel()
        self._transport.close()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(_CHUNK_BYTES):
            room = LARGEST_OUTPUT_BYTES - len(self.kept)
            self.kept += chunk[:room]
            self.is_cut = self.is_cut or len(chunk) > room


async def _end(process: asyncio.subprocess.Process, grace_seconds: float) -> None:
    _signal(process.pid, signal.SIGTERM)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace_seconds):
            await process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group; one that is gone needs none."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
