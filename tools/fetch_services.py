"""Put Prometheus and Alertmanager into .services/, for the demo and the tests; with --for-tests VictoriaMetrics, too.

The binaries come from the Debian or Ubuntu packages of this machine's own apt sources. Nothing is installed,
no daemon starts, root is not needed: the packages are unpacked into this folder, with package lists of its own.
A machine without apt uses the servers on PATH, or is told what to install.

Exit status: 0 when the servers are there, 1 when they are not.
"""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SERVICES = Path(__file__).resolve().parent.parent / ".services"
ASSETS = b"/usr/share/prometheus/alertmanager"


class Package(NamedTuple):
    """A Debian package; `programs` are those that are needed of it, each with the names it goes by elsewhere."""

    name: str
    called: str
    programs: tuple[tuple[str, ...], ...]
    formula: str
    """What Homebrew calls it."""


PROMETHEUS = Package("prometheus", "Prometheus", (("prometheus",), ("promtool",)), "prometheus")
ALERTMANAGER = Package(
    "prometheus-alertmanager", "Alertmanager", (("prometheus-alertmanager", "alertmanager"),), "alertmanager"
)
VICTORIA_METRICS = Package(
    "victoria-metrics", "VictoriaMetrics", (("victoria-metrics", "victoria-metrics-prod"),), "victoriametrics"
)
FOR_THE_DEMO = (PROMETHEUS, ALERTMANAGER)
FOR_TESTS = (*FOR_THE_DEMO, VICTORIA_METRICS)


class FetchError(Exception):
    """The servers cannot be had; the message says in one line what to do."""


def main(arguments: Sequence[str]) -> int:
    """Make the servers available and return the exit status."""
    if unknown := [argument for argument in arguments if argument != "--for-tests"]:
        say(f"unknown argument {unknown[0]!r}; only --for-tests is known")
        return 64
    SERVICES.mkdir(exist_ok=True)
    # Two test processes may find the servers missing at the same moment.
    with (SERVICES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            provide(FOR_TESTS if arguments else FOR_THE_DEMO)
        except FetchError as error:
            say(str(error))
            return 1
    return 0


def provide(packages: Sequence[Package]) -> None:
    """Unpack the packages that were not unpacked before, or settle for the programs on PATH.

    Raises:
        FetchError: There is neither.
    """
    missing = [package for package in packages if not is_unpacked(package)]
    if not missing:
        return
    if shutil.which("apt-get") and shutil.which("dpkg"):
        fetch(missing)
        return
    absent = {package: names for package in missing if (names := not_on_path(package))}
    if absent:
        raise FetchError(
            f"not found: {', '.join(name for names in absent.values() for name in names)};"
            f" install {' and '.join(package.called for package in absent)},"
            f" e.g. `brew install {' '.join(package.formula for package in absent)}`, so that they are on PATH"
        )


def not_on_path(package: Package) -> list[str]:
    """Return the programs of a package that are not on PATH, under the names that upstream gives them."""
    return [names[-1] for names in package.programs if not any(map(shutil.which, names))]


def is_unpacked(package: Package) -> bool:
    """Return whether every program of a package is in .services/."""
    return all((SERVICES / "usr/bin" / names[0]).is_file() for names in package.programs)


def fetch(packages: Sequence[Package]) -> None:
    """Download packages and put what is needed of them into .services/.

    Raises:
        FetchError: apt-get or dpkg failed.
    """
    with tempfile.TemporaryDirectory(dir=SERVICES, prefix="fetch-") as name:
        scratch = Path(name)
        say("reading the package lists")
        # Its status is not asked: a third-party source that is down does not matter, the download will tell.
        subprocess.run(apt_get(scratch, "update"), cwd=scratch, capture_output=True, check=False)
        say(f"fetching {' and '.join(package.name for package in packages)}")
        run(apt_get(scratch, "download", *(package.name for package in packages)), scratch)
        for archive in sorted(scratch.glob("*.deb")):
            run(["dpkg", "-x", archive.name, "unpacked"], scratch)
        for package in packages:
            publish(package, scratch / "unpacked/usr")
    say(f"the servers are in {SERVICES / 'usr/bin'}")


def publish(package: Package, unpacked: Path) -> None:
    """Move the programs of a package, and before them what they read, into place: a program that is there is whole."""
    if package is ALERTMANAGER:
        make_relocatable(unpacked / "bin/prometheus-alertmanager")
        assets = ASSETS.decode().removeprefix("/usr/")
        (SERVICES / "usr" / assets).parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(SERVICES / "usr" / assets, ignore_errors=True)
        if (unpacked / assets).is_dir():
            (unpacked / assets).rename(SERVICES / "usr" / assets)
    (SERVICES / "usr/bin").mkdir(parents=True, exist_ok=True)
    for program, *_ in package.programs:
        (unpacked / "bin" / program).rename(SERVICES / "usr/bin" / program)


def apt_get(scratch: Path, *arguments: str) -> list[str]:
    """Return an apt-get command that reads this machine's sources and writes to `scratch` only."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State::Lists": scratch / "lists",
        "Dir::Cache": scratch / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        "APT::Sandbox::User": "root",  # root's `_apt` user cannot enter a project folder under a home
        "Debug::NoLocking": 1,
    }
    return ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items()), *arguments]


def make_relocatable(alertmanager: Path) -> None:
    """Let Debian's Alertmanager read its templates from its working directory.

    Debian compiles the absolute path of these into the program; where the package is only unpacked, there is
    nothing at that path. A relative one of the same length takes its place: a mount namespace would do too, but
    containers and Ubuntu forbid them. Start it in `.services/usr/share/prometheus/alertmanager`.
    A build that carries its templates is left as it is.
    """
    here = (b"./" * len(ASSETS))[: len(ASSETS)]
    alertmanager.write_bytes(alertmanager.read_bytes().replace(ASSETS, here))


def run(command: list[str], folder: Path) -> None:
    """Run a command in a folder.

    Raises:
        FetchError: It failed; the message holds the last line that it said.
    """
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if finished.returncode:
        said = finished.stderr.strip().splitlines() or [f"status {finished.returncode}"]
        raise FetchError(f"{command[0]} failed: {said[-1]}")


def say(text: str) -> None:
    """Narrate on stderr."""
    print(f"services: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
