"""Put Prometheus and Alertmanager into .services/, for the demo and the tests.

With --for-tests VictoriaMetrics and PostgreSQL come, too; with --for-spark nothing but a Java runtime.

The binaries come from the Debian or Ubuntu packages of this machine's own apt sources. Nothing is installed,
no daemon starts, root is not needed: the packages are unpacked into this folder, with package lists of its own.
A machine without apt uses the servers on PATH, or is told what to install.

Exit status: 0 when the servers are there, 1 when they are not.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SERVICES = Path(__file__).resolve().parent.parent / ".services"
ASSETS = b"/usr/share/prometheus/alertmanager"
TEMPLATES = ASSETS.decode().removeprefix("/usr/")


class Package(NamedTuple):
    """A Debian package; `programs` are those that are needed of it, each with the names it goes by elsewhere."""

    name: str
    called: str
    programs: tuple[tuple[str, ...], ...]
    formula: str
    """What Homebrew calls it."""
    folder: str = "bin"
    """Where its programs are, a glob below usr/."""
    trees: tuple[str, ...] = ()
    """Globs of the folders that are moved as they are, what is needed before what needs it; without any, programs."""
    later_names: tuple[str, ...] = ()
    """What it is called in later distributions, which hold another major version."""
    takes_libraries: bool = False
    """Whether shared libraries are fetched with it that this machine lacks."""


PROMETHEUS = Package("prometheus", "Prometheus", (("prometheus",), ("promtool",)), "prometheus")
ALERTMANAGER = Package(
    "prometheus-alertmanager", "Alertmanager", (("prometheus-alertmanager", "alertmanager"),), "alertmanager"
)
VICTORIA_METRICS = Package(
    "victoria-metrics", "VictoriaMetrics", (("victoria-metrics", "victoria-metrics-prod"),), "victoriametrics"
)
POSTGRESQL = Package(
    "postgresql-15",
    "PostgreSQL",
    (("initdb",), ("postgres",)),
    "postgresql@15",
    folder="lib/postgresql/*/bin",
    trees=("usr/share/postgresql", "usr/lib/postgresql"),
    later_names=("postgresql-17", "postgresql-16", "postgresql-18"),
    takes_libraries=True,
)
JAVA = Package(
    "openjdk-17-jre-headless",
    "Java 17",
    (("java",),),
    "openjdk@17",
    folder="lib/jvm/java-*/bin",
    trees=("etc/java-*", "usr/lib/jvm"),
    later_names=("openjdk-21-jre-headless", "openjdk-25-jre-headless"),
)
FOR_THE_DEMO = (PROMETHEUS, ALERTMANAGER)
FOR_TESTS = (*FOR_THE_DEMO, VICTORIA_METRICS, POSTGRESQL)
FOR_SPARK = (JAVA,)
BY_ARGUMENT = {"--for-tests": FOR_TESTS, "--for-spark": FOR_SPARK}

NO_LIBRARIES = ("libperl", "libllvm", "-perl", "-dev", "-bin")
"""Parts of the names of packages that are called lib… and that no program here loads."""


class FetchError(Exception):
    """The servers cannot be had; the message says in one line what to do."""


def main(arguments: Sequence[str]) -> int:
    """Make the servers available and return the exit status."""
    if unknown := [argument for argument in arguments if argument not in BY_ARGUMENT]:
        say(f"unknown argument {unknown[0]!r}; expected {' or '.join(BY_ARGUMENT)}")
        return 64
    SERVICES.mkdir(exist_ok=True)
    # Two test processes may find the servers missing at the same moment.
    with (SERVICES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            provide(BY_ARGUMENT[arguments[0]] if arguments else FOR_THE_DEMO)
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
    return all(any((SERVICES / "usr").glob(f"{package.folder}/{names[0]}")) for names in package.programs)


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
        names = {package: available_name(package, scratch) for package in packages}
        say(f"fetching {' and '.join(names.values())}")
        libraries = [
            library
            for package in packages
            if package.takes_libraries
            for library in libraries_of(names[package], scratch)
        ]
        run(apt_get(scratch, "download", *names.values(), *libraries), scratch)
        for archive in sorted(scratch.glob("*.deb")):
            run(["dpkg", "-x", archive.name, "unpacked"], scratch)
        for package in packages:
            publish(package, scratch / "unpacked")
    say(f"{' and '.join(package.called for package in packages)}: unpacked into {SERVICES}")


def available_name(package: Package, scratch: Path) -> str:
    """Return the first name of a package that the package lists know, its first where they know none."""
    for name in (package.name, *package.later_names) if package.later_names else ():
        command = ["apt-cache", f"-oDir::State::Lists={scratch / 'lists'}", f"-oDir::Cache={scratch / 'cache'}", "show"]
        if subprocess.run([*command, name], capture_output=True, check=False).returncode == 0:
            return name
    return package.name


def libraries_of(name: str, scratch: Path) -> list[str]:
    """Return the packages of shared libraries that installing a package would bring to this machine."""
    simulated = subprocess.run(
        apt_get(scratch, "install", "--simulate", "--no-install-recommends", name),
        capture_output=True,
        text=True,
        check=False,
    )
    new = [line.split()[1] for line in simulated.stdout.splitlines() if line.startswith("Inst ")]
    return [found for found in new if found.startswith("lib") and not any(part in found for part in NO_LIBRARIES)]


def publish(package: Package, unpacked: Path) -> None:
    """Move the programs of a package, and before them what they read, into place: a program that is there is whole."""
    if package is ALERTMANAGER:
        make_relocatable(unpacked / "usr/bin/prometheus-alertmanager")
        if (unpacked / "usr" / TEMPLATES).is_dir():
            move(unpacked, f"usr/{TEMPLATES}")
    if package.takes_libraries:
        publish_libraries(unpacked)
    trees = [path for tree in package.trees for path in sorted(unpacked.glob(tree))]
    for tree in trees:
        make_links_relative(tree, unpacked)
    for tree in trees:
        move(unpacked, str(tree.relative_to(unpacked)))
    for program, *_ in () if trees else package.programs:
        move(unpacked, f"usr/bin/{program}")


def move(unpacked: Path, path: str) -> None:
    """Move a file or a folder from where it was unpacked into .services/, in place of what is there."""
    place = SERVICES / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        shutil.rmtree(place)
    (unpacked / path).rename(place)


def publish_libraries(unpacked: Path) -> None:
    """Gather unpacked shared libraries, which lie below lib/ and usr/lib/, in one folder for LD_LIBRARY_PATH."""
    folder = SERVICES / "usr/lib/shared"
    folder.mkdir(parents=True, exist_ok=True)
    for below in ("lib", "usr/lib"):
        for library in (unpacked / below).glob("*-linux-*/*.so*"):
            library.rename(folder / library.name)


def make_links_relative(tree: Path, unpacked: Path) -> None:
    """Let symbolic links that name a file of the same packages by its absolute path find it where it is unpacked."""
    for link in tree.rglob("*"):
        if link.is_symlink() and (target := link.readlink()).is_absolute():
            here = unpacked / target.relative_to("/")
            if here.exists() or here.is_symlink():
                link.unlink()
                link.symlink_to(os.path.relpath(here, link.parent))


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
