"""The wheel alone: built from this tree, beside what its users get and nothing that a developer has."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parents[2]


class WheelEnvironment:
    """A virtual environment that holds the pinned runtime requirements and the wheel.

    The requirements are those that are installed here, linked: `make install` took the same pins with the same hashes
    from requirements-dev.txt, and to install them a second time takes longer than all tests of the wheel.
    """

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.wheel = wheel
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))
        for requirement in runtime_requirements():
            _link(distribution(requirement.name), requirement, packages)
        pip = (sys.executable, "-m", "pip", "--python", folder / "bin/python")
        subprocess.run([*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", wheel], check=True)

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


def build_wheel(folder: Path) -> Path:
    """Return the wheel of this tree, built into `folder` with the hatchling that is installed here."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def runtime_requirements() -> list[Requirement]:
    """Return the pins of requirements.txt that are meant for this interpreter."""
    lines = (PROJECT / "requirements.txt").read_text().splitlines()
    pins = [Requirement(line.removesuffix("\\")) for line in lines if line[:1].isalnum()]
    return [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]


def _link(installed: Distribution, pin: Requirement, packages: Path) -> None:
    """Make what a distribution put beside each other importable from another folder, too."""
    assert pin.specifier.contains(installed.version), f"{pin.name} {installed.version} is installed; run `make install`"
    names = {file.parts[0] for file in installed.files or ()} - {"..", "__pycache__"}
    for name in names:
        (packages / name).symlink_to(Path(str(installed.locate_file(name))))
