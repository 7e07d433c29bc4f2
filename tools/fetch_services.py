"""Put Prometheus and Alertmanager into .services/, for the demo and the tests.

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
from pathlib import Path

SERVICES = Path(__file__).resolve().parent.parent / ".services"
PACKAGES = ("prometheus", "prometheus-alertmanager")
# What the packages call their programs, and what upstream and Homebrew call them.
PROGRAMS = (("prometheus",), ("promtool",), ("prometheus-alertmanager", "alertmanager"))
ASSETS = b"/usr/share/prometheus/alertmanager"


class FetchError(Exception):
    """The servers cannot be had; the message says in one line what to do."""


def main() -> int:
    """Make the servers available and return the exit status."""
    SERVICES.mkdir(exist_ok=True)
    # Two test processes may find the servers missing at the same moment.
    with (SERVICES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            provide()
        except FetchError as error:
            say(str(error))
            return 1
    return 0


def provide() -> None:
    """Unpack the packages unless that was done before, or settle for the programs on PATH.

    Raises:
        FetchError: There is neither.
    """
    if (SERVICES / "usr").is_dir():
        return
    if shutil.which("apt-get") and shutil.which("dpkg"):
        fetch()
    elif missing := [names[-1] for names in PROGRAMS if not any(map(shutil.which, names))]:
        raise FetchError(
            f"not found: {', '.join(missing)}; install Prometheus and Alertmanager,"
            " e.g. `brew install prometheus alertmanager`, so that they are on PATH"
        )


def fetch() -> None:
    """Download the packages and put their `usr` tree into .services/ in one step.

    Raises:
        FetchError: apt-get or dpkg failed.
    """
    with tempfile.TemporaryDirectory(dir=SERVICES, prefix="fetch-") as name:
        scratch = Path(name)
        say("reading the package lists")
        # Its status is not asked: a third-party source that is down does not matter, the download will tell.
        subprocess.run(apt_get(scratch, "update"), cwd=scratch, capture_output=True, check=False)
        say(f"fetching {' and '.join(PACKAGES)}")
        run(apt_get(scratch, "download", *PACKAGES), scratch)
        for package in sorted(scratch.glob("*.deb")):
            run(["dpkg", "-x", package.name, "unpacked"], scratch)
        make_relocatable(scratch / "unpacked/usr/bin/prometheus-alertmanager")
        (scratch / "unpacked/usr").rename(SERVICES / "usr")
    say(f"the servers are in {SERVICES / 'usr/bin'}")


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
    sys.exit(main())
