"""Runs a program of the desktop or of tmux beside the screen: without a shell, and without the screen's terminal."""

from collections.abc import Mapping, Sequence
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired


class ProgramFailed(Exception):
    """A program did not do what it was started for; the message says which and why."""


def run_program(
    command: Sequence[str], environment: Mapping[str, str], *, given: bytes = b"", patience_seconds: float
) -> "Popen[bytes] | None":
    """Give a program some bytes to read and return None once it ended well, or the process if it still runs.

    The program has a session of its own and nothing to write to: it can neither paint over the screen nor take keys
    from it, whatever it is.

    Raises:
        ProgramFailed: it cannot be started, or ended with another exit code than 0.
    """
    name = command[0].rpartition("/")[2]
    try:
        process = Popen(
            command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env=dict(environment), start_new_session=True
        )
    except OSError as error:
        raise ProgramFailed(f"{name} cannot be started: {error.strerror or 'no reason given'}") from None
    try:
        process.communicate(given, timeout=patience_seconds)
    except TimeoutExpired:
        return process
    if process.returncode:
        raise ProgramFailed(f"{name} ended with the exit code {process.returncode}")
    return None


def run_to_its_end(
    command: Sequence[str], environment: Mapping[str, str], *, given: bytes, patience_seconds: float
) -> None:
    """Give a program some bytes to read and wait until it ended well.

    Raises:
        ProgramFailed: it cannot be started, ended with another exit code than 0, or did not end, and was killed.
    """
    process = run_program(command, environment, given=given, patience_seconds=patience_seconds)
    if process is not None:
        process.kill()
        process.communicate()
        raise ProgramFailed(f"{command[0].rpartition('/')[2]} did not end within {patience_seconds:g} s")
