"""A real PostgreSQL."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType

import psycopg

from tests.services.programs import UNPACKED, program
from tests.services.server import Server

ADMINISTRATOR = "ops"
PASSWORD = "correct horse"
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "20",
    "shared_buffers": "16MB",
    "timezone": "Australia/Eucla",  # +08:45: what leaves zones to the server gives answers that nobody takes for right
    "unix_socket_directories": "",
}
"""Nothing of a test outlives it, so nothing waits for the disk."""


class PostgreSQL(Server):
    """A PostgreSQL with the role `ops`, which may do everything, and an empty database `postgres`.

    It refuses to run as root, so that then it runs as `nobody`, in a folder that `nobody` can enter.
    """

    stop_signal = signal.SIGINT  # on SIGTERM it waits until its clients leave

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self._settings = SETTINGS | dict(settings or {})
        self._home: Path | None = None
        self._stopped: list[int] = []

    @property
    def user(self) -> int | None:
        """The user it runs as, None for that of the test."""
        return 65534 if os.geteuid() == 0 else None  # nobody

    @property
    def environment(self) -> Mapping[str, str]:
        """What it finds its libraries by."""
        return {"LD_LIBRARY_PATH": str(_programs().parents[2] / "shared"), "LC_ALL": "C", "PATH": os.defpath}

    @property
    def working_folder(self) -> Path:
        """Where its data lies."""
        assert self._home is not None
        return self._home

    @property
    def url(self) -> str:
        """The URL of its database as the administrator uses it, without the password."""
        return f"postgresql://{ADMINISTRATOR}@{self.address}/postgres"

    def command(self) -> list[str | Path]:
        """Return the command line."""
        settings = [f"--{name}={value}" for name, value in self._settings.items()]
        return [_programs() / "postgres", "-D", self.working_folder / "data", f"--port={self.port}", *settings]

    def is_ready(self) -> bool:
        """Return whether it takes connections."""
        return "ready to accept connections" in self.log

    def start(self) -> "PostgreSQL":
        """Create the cluster of databases, start the server and return when it is ready."""
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="incident-console-postgresql-"))
            password = self._home / "password"
            password.write_text(PASSWORD)
            if self.user is not None:
                for path in (self._home, password):
                    os.chown(path, self.user, -1)
            options = ["--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--no-sync"]
            subprocess.run(
                [_programs() / "initdb", "-D", self._home / "data", f"--username={ADMINISTRATOR}", *options],
                cwd=self._home,
                env=dict(self.environment),
                user=self.user,
                check=True,
                capture_output=True,
            )
        super().start()
        return self

    def connect(self) -> psycopg.Connection:
        """Return a connection of the administrator that commits every statement."""
        return psycopg.connect(self.url, password=PASSWORD, autocommit=True)

    def execute(self, *statements: str) -> None:
        """Execute statements as the administrator, each in a transaction of its own."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def kill(self) -> None:
        """End the server and all its connections as a crash of the machine would."""
        connections = self._processes_of_connections()
        super().kill()
        for pid in connections:  # one that computes would not notice before it is done
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def suspend(self) -> None:
        """Hang the server and all its connections: it takes new ones and never answers, until `resume`."""
        self._stopped = self._processes_of_connections()
        for pid in self._stopped:
            os.kill(pid, signal.SIGSTOP)
        super().suspend()

    def resume(self) -> None:
        """Wake a suspended server."""
        super().resume()
        while self._stopped:
            os.kill(self._stopped.pop(), signal.SIGCONT)

    def _processes_of_connections(self) -> list[int]:
        with self.connect() as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            return [pid for (pid,) in connection.execute(query)]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and remove its data."""
        super().__exit__(kind, error, traceback)
        if self._home is not None:
            shutil.rmtree(self._home)


@cache
def _programs() -> Path:
    """Return the folder of the programs, or of copies of them where the user who runs them may not enter theirs."""
    folder = program("initdb").resolve().parent
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in folder.parents):
        return folder
    copies = Path(_kept_until_the_end().name)
    copies.chmod(0o755)
    for part in ("lib/postgresql", "lib/shared", "share/postgresql"):
        if (UNPACKED / part).is_dir():
            shutil.copytree(UNPACKED / part, copies / part, symlinks=True)
    return copies / folder.relative_to(UNPACKED)


@cache
def _kept_until_the_end() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="incident-console-programs-")
