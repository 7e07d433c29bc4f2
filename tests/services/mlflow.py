"""A real MLflow, in an environment of its own."""

import os
from collections.abc import Mapping
from pathlib import Path

from tests.services.programs import PROJECT, MissingServerError
from tests.services.server import Server

PROGRAM = PROJECT / ".venv-mlflow/bin/mlflow"


class Mlflow(Server):
    """An MLflow tracking server with its registry in a SQLite file.

    Raises:
        MissingServerError: it is not installed. A missing server fails a test, it never skips one.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        if not PROGRAM.is_file():
            raise MissingServerError(f"no {PROGRAM.relative_to(PROJECT)}: run `make test-mlflow`")

    @property
    def environment(self) -> Mapping[str, str]:
        """Its environment variables: it tells nobody that it runs, and starts no processes for jobs beside itself."""
        return {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}

    @property
    def ready_path(self) -> str:
        """The path that answers a GET as soon as the server is ready."""
        return "/health"

    def command(self) -> list[str | Path]:
        """Return the command line: one worker, as it starts fastest."""
        store = f"sqlite:///{self.folder / 'mlflow.db'}"
        artifacts = self.folder / "artifacts"
        where = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        return [PROGRAM, "server", "--backend-store-uri", store, "--artifacts-destination", artifacts, *where]
