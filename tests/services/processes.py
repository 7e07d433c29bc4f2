"""Whether a process that was killed has ended, which it does a moment later: once it is its turn on the processor."""

from pathlib import Path

from tests.services.waiting import wait_until


def runs(pid: int) -> bool:
    """Return whether a process is there and more than what its parent has not looked at yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def until_gone(pid: int) -> None:
    """Wait until the kernel is done with a process that was killed."""
    wait_until(lambda: not runs(pid), f"process {pid} to be gone")
