"""Ends the process within a deadline when it is told to or its terminal is gone, even while nobody reads that."""

import contextlib
import os
import select
import signal
import termios
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

SECONDS_TO_END = 1.5
"""How long the orderly end may take; systemd and SSH servers wait longer, a person waits shorter."""

_RESTORE = (
    "\x1b[?2004l"  # bracketed paste
    "\x1b[?2048l"  # reports of the window's size
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2026l"  # synchronised output
    "\x1b[?1004l"  # focus reports
    "\x1b[<u"  # Kitty keyboard protocol
    "\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"  # line wrap, the other screen, the cursor, colours
)
_KEEPS_ORDER, _ORDERS_AGAIN = "\x1b[8l", "\x1b[8h"
"""Bidirectional support mode of ECMA-48: whether cells stay where they are written, also those of Hebrew names."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
HUNG_UP = 128 + signal.SIGHUP
"""The exit code of a process whose terminal is gone."""
_SECONDS_BETWEEN_LOOKS = 1.0


class Terminal:
    """The terminal as it was before the application changed it."""

    def __init__(self, descriptor: int) -> None:
        self._name: str | None = None
        self._modes: list[Any] | None = None
        self._descriptor = descriptor
        with contextlib.suppress(OSError, termios.error):  # no terminal: there is nothing to restore
            self._name = os.ttyname(descriptor)
            self._modes = termios.tcgetattr(descriptor)

    @property
    def is_gone(self) -> bool:
        """Return whether nobody is on the other side any more."""
        return self.wait_until_gone(0.0)

    def wait_until_gone(self, seconds: float) -> bool:
        """Wait at most some seconds for the other side to go, and return whether it has; what is no terminal stays."""
        if self._name is None:
            time.sleep(seconds)
            return False
        looks = select.poll()
        looks.register(self._descriptor, 0)  # what is typed or can be written wakes nobody
        found = next((events for _, events in looks.poll(seconds * 1000)), 0)
        if found & select.POLLNVAL:  # some systems cannot look at terminals
            time.sleep(seconds)
        return bool(found & (select.POLLHUP | select.POLLERR))

    def restore(self) -> None:
        """Put it back without ever waiting: what a full terminal does not take at once is lost."""
        if self._name is None:
            return
        with contextlib.suppress(OSError, termios.error):  # the terminal is gone, which is why we end
            descriptor = os.open(self._name, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                if self._modes is not None:
                    termios.tcsetattr(descriptor, termios.TCSANOW, self._modes)
                os.write(descriptor, (_RESTORE + _ORDERS_AGAIN).encode())
            finally:
                os.close(descriptor)

    @contextlib.contextmanager
    def keeping_order(self) -> Iterator[None]:
        """Let nothing move the cells of a line meanwhile, where the terminal would order text by its direction."""
        self._write(_KEEPS_ORDER)
        yield
        self._write(_ORDERS_AGAIN)

    def _write(self, text: str) -> None:
        if self._name is None:
            return
        with contextlib.suppress(OSError):  # as above
            descriptor = os.open(self._name, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)


class EndOnSignal:
    """Asks for an orderly end when SIGTERM or SIGHUP comes, and ends the process itself when that takes too long.

    `leave` asks for the end and may be called on any thread; it must not raise, nor take longer than `seconds`. A
    handler of Python's own `signal` runs even while the main thread waits for a terminal that nobody reads, which one
    of the event loop does not. A killed connection may close the terminal without SIGHUP, as for a process that has no
    controlling terminal: then the process sends it to itself.
    """

    def __init__(
        self,
        leave: Callable[[], None],
        terminal: Terminal,
        *,
        seconds: float = SECONDS_TO_END,
        end_process: Callable[[int], object] = os._exit,
    ) -> None:
        self._leave = leave
        self._terminal = terminal
        self._seconds = seconds
        self._end_process = end_process
        self._is_over = threading.Event()
        self._before: dict[signal.Signals, Any] = {}
        self.exit_code: int | None = None
        """128 and the number of the signal that came, None while none has."""

    def __enter__(self) -> "EndOnSignal":
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._handle)
        threading.Thread(target=self._watch_terminal, name="terminal", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.exit_code is not None:
            return
        self.exit_code = 128 + number
        # A process in the background that touches the terminal's modes would be stopped instead of ended.
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        threading.Thread(target=self._end, args=(self.exit_code,), name="end", daemon=True).start()

    def _watch_terminal(self) -> None:
        while not self._is_over.is_set():
            if self._terminal.wait_until_gone(_SECONDS_BETWEEN_LOOKS):
                os.kill(os.getpid(), signal.SIGHUP)
                return

    def _end(self, exit_code: int) -> None:
        until = time.monotonic() + self._seconds
        self._leave()
        if not self._is_over.wait(max(0.0, until - time.monotonic())):
            self._terminal.restore()
            self._end_process(exit_code)
