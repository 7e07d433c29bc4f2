"""A program on a real terminal (a pty) that a test reads, or deliberately does not."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which a test gives up; far more than anything here takes on a busy machine."""


class Terminal:
    """The other side of the pty; `seen` is all that was read so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int, slave: int) -> None:
        self.process = process
        self.seen = b""
        self._master = master
        self._slave = slave

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def read_until(self, wanted: bytes) -> None:
        self.wait_for(lambda: wanted in self.seen)

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Read until something has happened."""
        until = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < until, f"never happened; the screen got {self.seen[-2000:]!r}"
            self.read(0.05)

    def read(self, seconds: float) -> None:
        """Read what there is, waiting at most some seconds for it."""
        if select.select([self._master], [], [], seconds)[0]:
            self.seen += os.read(self._master, 65536)

    def wait_until_full(self) -> None:
        """Read nothing until the program can write no more."""
        waiting = struct.pack("i", 0)
        before, since = -1, time.monotonic()
        while time.monotonic() - since < 1.0:
            now = struct.unpack("i", fcntl.ioctl(self._master, termios.FIONREAD, waiting))[0]
            if now != before:
                before, since = now, time.monotonic()
            select.select([], [], [], 0.05)
        assert before > 0

    def hang_up(self) -> None:
        """Close our side, as an SSH server does whose connection was killed."""
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        if self._master >= 0:
            self.hang_up()
        os.close(self._slave)

    def wait_for_end(self) -> int:
        """Return the exit code; what the program still writes is read."""
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < until, "it does not end"
            self.read(0.05)
        self.read(0.05)
        return self.process.returncode

    @property
    def echoes(self) -> bool:
        """Return whether the terminal shows what is typed, as a shell's does."""
        return bool(termios.tcgetattr(self._slave)[3] & termios.ECHO)


@contextmanager
def on_terminal(
    script: Path, *arguments: str, size: tuple[int, int] = (80, 24), environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run a Python script on a terminal; it is killed at the end if it still runs."""
    command = [sys.executable, str(script), *arguments]
    with command_on_terminal(command, size=size, environment=environment) as terminal:
        yield terminal


@contextmanager
def command_on_terminal(
    command: Sequence[str], *, size: tuple[int, int] = (80, 24), environment: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run a program on a terminal; it is killed at the end if it still runs."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **(environment or {})}
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=variables,
        start_new_session=True,
    )
    terminal = Terminal(process, master, slave)
    try:
        yield terminal
    finally:
        process.kill()
        process.wait()
        terminal.close()
