"""A virtual environment for each server, kept in .cache/recording/ until its pins change."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tools.recording.errors import RecordError

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".cache/recording"


def provide_environment(name: str, requirements: Sequence[str]) -> Path:
    """Return the folder of programs of an environment with these pins, made when it is missing or out of date.

    Raises:
        RecordError: there is no Python for it, or pip failed.
    """
    folder = ENVIRONMENTS / name
    installed = folder / "installed.txt"
    pins = "".join(f"{requirement}\n" for requirement in requirements)
    if not installed.is_file() or installed.read_text() != pins:
        shutil.rmtree(folder, ignore_errors=True)
        python = _run(["sh", str(ROOT / "tools/find_python.sh")])
        _run([python, "-m", "venv", str(folder)])
        _run([str(folder / "bin/python"), "-m", "pip", "install", "--quiet", *requirements])
        installed.write_text(pins)
    return folder / "bin"


def _run(command: Sequence[str]) -> str:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        said = [line for line in finished.stderr.splitlines() if line.strip()] or [f"status {finished.returncode}"]
        raise RecordError(f"{Path(command[0]).name} failed: {said[-1]}")
    return finished.stdout.strip()
