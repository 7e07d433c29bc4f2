"""How programs that this console starts are listened to and ended: by their own end, never by that of a pipe.

A program may leave a child that goes on and holds its output open: a browser that a login opened, an agent. Whoever
waits for the end of the pipe waits for that child; what asyncio's own pipes do.
"""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Self

_CHUNK_BYTES = 64 * 1024


class Heard:
    """The beginning of what a program says: at most `most` bytes are kept, the rest is read and dropped."""

    def __init__(self, most: int, stream: asyncio.StreamReader, transport: asyncio.ReadTransport) -> None:
        self.kept = bytearray()
        self.is_cut = False
        self._most = most
        self._transport = transport
        self._listening = asyncio.create_task(self._listen(stream))

    @classmethod
    async def open(cls, most: int) -> tuple[Self, int]:
        """Return what listens, and the end of its pipe for the program: close it here once the program has it."""
        reading_end, writing_end = os.pipe()
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading_end, "rb", buffering=0)
        )
        return cls(most, stream, transport), writing_end

    async def close(self, seconds: float) -> None:
        """Hear the rest, but not for longer than some seconds: a stranger may hold the pipe open."""
        await asyncio.wait([self._listening], timeout=seconds)
        self._listening.cancel()
        self._transport.close()
        with suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(_CHUNK_BYTES):
            room = self._most - len(self.kept)
            self.kept += chunk[:room]
            self.is_cut = self.is_cut or len(chunk) > room


async def end_in_time(
    process: asyncio.subprocess.Process, seconds: float, grace_seconds: float, heard: tuple[Heard, ...]
) -> bool:
    """Wait for the end of a program that leads a process group, or end it; return whether its time was over.

    Then its whole group is ended, for nobody would watch what goes on. None of its pipes may be asyncio's own.
    """
    timed_out = False
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        timed_out = True
        _signal(process.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_seconds):
                await process.wait()
    finally:
        _signal(process.pid, signal.SIGKILL)
        await process.wait()
        for each in heard:
            await each.close(grace_seconds)
    return timed_out


def _signal(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group; one that is gone needs none."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
