"""The wheel alone: built from this tree, installed with what its users get and nothing that a developer has."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / ".cache"


class WheelEnvironment:
    """A virtual environment that holds the pinned runtime requirements and the wheel.

    It stays under .cache/ for as long as the requirements do not change: only the wheel is installed anew.
    """

    def __init__(self, wheel: Path) -> None:
        self.wheel = wheel
        requirements = PROJECT / "requirements.txt"
        key = hashlib.sha256(sys.version.encode() + requirements.read_bytes()).hexdigest()[:12]
        self.folder = CACHE / f"wheel-{key}"
        with _locked(self.folder.with_suffix(".lock")):
            self._once("requirements", key, lambda: self._create(requirements))
            contents = hashlib.sha256(wheel.read_bytes()).hexdigest()
            self._once("wheel", contents, lambda: self._pip("--no-deps", "--force-reinstall", wheel))

    @property
    def members(self) -> frozenset[str]:
        """The names of the files in the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return frozenset(archive.namelist())

    def run(self, *command: str, home: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in `home`, with no configuration and no terminal, whatever its status."""
        environment = {"PATH": f"{self.folder / 'bin'}:{os.defpath}", "HOME": str(home), "LANG": "C.UTF-8"}
        return subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _once(self, step: str, input_hash: str, action: Callable[[], None]) -> None:
        """Do a step of the set-up unless it was completed for the same input before."""
        done = self.folder / f"{step}.done"
        if not (done.is_file() and done.read_text() == input_hash):
            action()
            done.write_text(input_hash)

    def _create(self, requirements: Path) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.folder], check=True)
        self._pip("--require-hashes", "--requirement", requirements)

    def _pip(self, *arguments: str | Path) -> None:
        """Install from outside, compiling nothing: most of what is installed is never imported."""
        pip = (sys.executable, "-m", "pip", "--python", self.folder / "bin/python")
        subprocess.run([*pip, "install", "--quiet", "--no-compile", *arguments], check=True)


def build_wheel(folder: Path) -> Path:
    """Return the wheel of this tree, built into `folder` with the hatchling that is installed here."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that other test processes of this tree wait for."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
