"""Runs the program that gives a secret, and waits for its end: not for that of a child which holds its output open."""

import os
import selectors
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

SECONDS = 10.0
"""How long a program may take to give its secret."""
MOST_BYTES = 64 * 1024
_LOOK_SECONDS = 0.05
_CHUNK_BYTES = 4096


class ProgramFailed(Exception):
    """A program gives no secret; the text says why and never holds a part of what it said."""


def output_of(argv: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """Return what a program says on stdout, started without a shell and with nothing on stdin.

    Raises:
        ProgramFailed: it failed, said too much, or did not end in time.
        OSError: it cannot be started.
    """
    reading_end, writing_end = os.pipe()
    try:
        try:
            process = subprocess.Popen(
                argv, env=dict(environment), stdin=subprocess.DEVNULL, stdout=writing_end, stderr=subprocess.DEVNULL
            )
        finally:
            os.close(writing_end)
        try:
            said = _hear(reading_end, process, time.monotonic() + SECONDS)
        finally:
            process.kill()  # one that has ended needs none
            process.wait()
    finally:
        os.close(reading_end)
    if process.returncode != 0:
        raise ProgramFailed(f"failed with exit code {process.returncode}")
    return said


def _hear(pipe: int, process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """Return what a process writes into a pipe until it has ended."""
    said = bytearray()
    is_open = True
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            has_ended = process.poll() is not None  # asked first: what it wrote before is in the pipe by now
            if is_open and selector.select(0.0 if has_ended else _LOOK_SECONDS):
                chunk = os.read(pipe, _CHUNK_BYTES)
                said += chunk
                is_open = bool(chunk)
                if len(said) > MOST_BYTES:
                    raise ProgramFailed(f"says more than {MOST_BYTES // 1024} KiB")
            elif has_ended:
                return bytes(said)
            elif not is_open:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_SECONDS)
            if time.monotonic() > deadline:
                raise ProgramFailed(f"gave nothing within {SECONDS:.0f} s")
