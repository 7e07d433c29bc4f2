"""A server that runs for as long as it is recorded."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tools.recording.environment import ROOT
from tools.recording.errors import RecordError
from tools.recording.system import System

SECONDS_TO_START = 180.0
SECONDS_TO_STOP = 20.0
SECONDS_TO_COUNT = 60.0
SECONDS_TO_ASK = 60.0
SECONDS_BETWEEN_LOOKS = 0.5


@contextmanager
def running(system: System, programs: Path, scratch: Path) -> Iterator[Mapping[str, int]]:
    """Run a system's server in a folder of its own and yield its ports, by what they are for.

    Raises:
        RecordError: it ended, or is not ready in time.
    """
    ports = _free_ports(system.ports)
    log = scratch / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(system, system.server, programs, ports),
            cwd=scratch,
            env=_environment(system, programs, scratch),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        path, says = system.ready
        url = f"http://127.0.0.1:{ports['http']}{path}"
        wait_for(lambda: _is_ready(server, url, says, log), SECONDS_TO_START, f"{system.title} is not ready")
        yield ports
    finally:
        _stop(server)


def run_client(system: System, programs: Path, scratch: Path, ports: Mapping[str, int]) -> None:
    """Let a system's client ask its server.

    Raises:
        RecordError: it failed, or takes too long.
    """
    command = _command(system, system.client, programs, ports)
    environment = _environment(system, programs, scratch)
    try:
        subprocess.run(
            command, cwd=scratch, env=environment, check=True, capture_output=True, text=True, timeout=SECONDS_TO_ASK
        )
    except subprocess.CalledProcessError as error:
        said = str(error.stderr).strip().splitlines() or [f"status {error.returncode}"]
        raise RecordError(f"{system.client} failed: {said[-1]}") from None
    except subprocess.TimeoutExpired:
        raise RecordError(f"{system.client} did not end within {SECONDS_TO_ASK:g} s") from None


def wait_for(happened: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Return once something has happened.

    Raises:
        RecordError: it did not happen within `seconds`.
    """
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            raise RecordError(f"{otherwise} after {seconds:g} s")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _command(system: System, module: str, programs: Path, ports: Mapping[str, int]) -> list[str]:
    numbers = (str(port) for port in ports.values())
    return [str(programs / "python"), "-m", f"tools.recording.servers.{module}", *system.arguments, *numbers]


def _environment(system: System, programs: Path, scratch: Path) -> dict[str, str]:
    # A home of its own: none of these systems reads or leaves anything in that of whoever records.
    return {
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        **system.environment,
    }


def _free_ports(names: Sequence[str]) -> dict[str, int]:
    with ExitStack() as taken:  # all are held until the last is known, so that no two are the same
        sockets = {name: taken.enter_context(socket.socket()) for name in names}
        for listener in sockets.values():
            listener.bind(("127.0.0.1", 0))
        return {name: listener.getsockname()[1] for name, listener in sockets.items()}


def _is_ready(server: subprocess.Popen[bytes], url: str, says: str, log: Path) -> bool:
    if server.poll() is not None:
        said = log.read_text(errors="replace").strip().splitlines() or [f"status {server.returncode}"]
        raise RecordError(f"the server ended: {said[-1]}")
    try:
        answer = httpx.get(url, timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK and says in answer.text


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, number)
        except ProcessLookupError:
            return
        try:
            server.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            continue
