import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console.simulation.watchdog import guarded_folder
from tests.services import wait_until

GUARDS_AND_WAITS = """
import subprocess, time
from console.simulation.watchdog import guarded_folder
with guarded_folder() as (folder, watchdog):
    (folder / "data").mkdir()
    server = subprocess.Popen(["sleep", "600"], start_new_session=True)
    watchdog.guard(server.pid)
    print(folder, server.pid, flush=True)
    time.sleep(600)
"""


def gone(pid: int) -> bool:
    """Whether a process ended; one that nobody has waited for yet has ended, too."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text() if Path("/proc").is_dir() else not _alive(pid)
    except FileNotFoundError:
        return True


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_nothing_is_left_behind_by_a_process_that_is_killed(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", GUARDS_AND_WAITS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder, pid = process.stdout.readline().split()
        assert Path(folder, "data").is_dir()
        process.send_signal(number)
        process.wait()
    wait_until(lambda: not Path(folder).exists(), "the folder is removed")
    wait_until(lambda: gone(int(pid)), "the server is ended")


def test_the_folder_is_private_and_goes_with_the_block() -> None:
    with guarded_folder() as (folder, _):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "file").touch()
    assert not folder.exists()


def test_a_watchdog_that_stands_down_ends_nobody() -> None:
    with subprocess.Popen(["sleep", "600"]) as bystander:
        with guarded_folder() as (_, watchdog):
            watchdog.guard(bystander.pid)
        assert bystander.poll() is None
        bystander.kill()
