"""A server process that a test starts, hangs, wakes and stops."""

import json
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.services.waiting import wait_until

STARTS = 3  # a port that was free may be taken before the server binds it


class Server(ABC):
    """One server; a context manager that is running inside the `with` block.

    `folder` holds its configuration, data and `log`.
    """

    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._port_wanted: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str | Path]:
        """Return the command line that serves on `self.address`."""

    @property
    def working_folder(self) -> Path:
        """Where the process runs."""
        return self.folder

    @property
    def user(self) -> int | None:
        """The id of the user it runs as, None for that of the test; only root may choose."""
        return None

    @property
    def environment(self) -> Mapping[str, str] | None:
        """Its environment variables, None for those of the test."""
        return None

    @property
    def ready_path(self) -> str:
        """The path that answers a GET as soon as the server is ready."""
        return "/-/ready"

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://{self.address}"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.folder / "log").read_text(errors="replace")

    def start(self) -> Self:
        """Start the server and return when it is ready.

        Raises:
            ChildProcessError: It ended instead; the message holds its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for _ in range(STARTS):
            self.port = self._port_wanted or free_port()
            with (self.folder / "log").open("wb") as log:
                self._process = subprocess.Popen(
                    self.command(),
                    cwd=self.working_folder,
                    env=self.environment,
                    user=self.user,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            if wait_until(self._ready_or_ended, f"{self.url} is ready", seconds=60) == "ready":
                return self
            self._process = None
            if "address already in use" not in self.log:
                break
        raise ChildProcessError(f"{type(self).__name__} did not start:\n{self.log}")

    def start_again(self) -> Self:
        """Start a server that was stopped or killed where it was, at the same address."""
        self._port_wanted = self.port
        return self.start()

    def stop(self) -> None:
        """End the server by its signal, hung or not, and wait until it is gone; a second call does nothing."""
        if self._process is None:
            return
        self.resume()
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the server as a crash would: no goodbye, and connections are refused from now on."""
        self._signal(signal.SIGKILL)
        self.stop()

    def suspend(self) -> None:
        """Hang the server: it takes connections and never answers, until `resume`."""
        process = self._signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)  # on a busy machine its threads run on for a while

    def resume(self) -> None:
        """Wake a suspended server."""
        self._signal(signal.SIGCONT)

    def get_json(self, path: str, **parameters: str | float) -> Any:
        """Return the decoded answer to a GET of `path`, whatever its HTTP status."""
        return fetch_json(f"{self.url}{path}?{urllib.parse.urlencode(parameters)}")

    def post_json(self, path: str, body: object) -> Any:
        """Return the decoded answer to a POST of a document, whatever its HTTP status."""
        return fetch_json(self.url + path, body)

    def __enter__(self) -> Self:
        """Start the server."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _signal(self, number: signal.Signals) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise ChildProcessError(f"{type(self).__name__} is not running")
        self._process.send_signal(number)
        return self._process

    def _ready_or_ended(self) -> str | None:
        if self._process is None or self._process.poll() is not None:
            return "ended"
        return "ready" if self.is_ready() else None

    def is_ready(self) -> bool:
        """Return whether the server serves."""
        try:
            with urllib.request.urlopen(self.url + self.ready_path, timeout=5):
                return True
        except OSError:
            return False


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch_json(url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    """Return the decoded answer of a GET, or of a POST where there is a body, whatever its HTTP status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", **(headers or {})}, method="POST" if data else "GET"
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            content = error.read()
    return json.loads(content) if content else None
