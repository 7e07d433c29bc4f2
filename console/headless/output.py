"""Data on stdout: whole, in UTF-8 where a format asks for it, silent when the reader has gone."""

import os
import stat
import sys
from collections.abc import Mapping
from typing import NamedTuple


class OutputFailed(Exception):
    """Stdout takes no data; the text says why."""


class Terminal(NamedTuple):
    """What stdout can show: `width` in cells, None when it is no terminal."""

    width: int | None
    colours: bool


def find_terminal(environment: Mapping[str, str]) -> Terminal:
    """Return what stdout can show; NO_COLOR (https://no-color.org) and TERM=dumb take the colours away."""
    if sys.stdout is None or not sys.stdout.isatty():
        return Terminal(None, False)
    try:
        width = os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        width = 80
    colours = not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    return Terminal(width or 80, colours)


def write_data(text: str, *, encoding: str | None = None) -> bool:
    """Write text to stdout, in its own encoding if none is given; what that cannot show becomes `?`.

    A reader that has gone (`| head`) ends the output without a word; the exit code stays what the command found.
    Return whether somebody still reads.

    Raises:
        OutputFailed: the disk is full, or stdout was closed before this process began.
    """
    if sys.stdout is None:
        raise OutputFailed("it is closed")
    data = text.encode(encoding or sys.stdout.encoding or "utf-8", errors="replace")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _send_the_rest_nowhere()
        return False
    except OSError as error:
        _send_the_rest_nowhere()
        raise OutputFailed(error.strerror or "no reason given") from None
    return True


def _send_the_rest_nowhere() -> None:
    """Give stdout an end that takes everything: the interpreter flushes it once more at its end, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def is_pipe() -> bool:
    """Return whether stdout is a pipe, whose reader may leave while nothing is written."""
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (AttributeError, OSError):  # it is closed, or has no descriptor
        return False
