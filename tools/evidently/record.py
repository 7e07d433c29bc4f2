"""Let real releases of Evidently write the reports that the reader of their files is tested with.

    python -m tools.evidently.record [NAME…]

Each release is installed into a virtual environment of its own and compares the same small seeded data; its files go to
tests/sources/evidently/reports/. Only the data of pictures is left out, which nobody reads and which is most of a file.
Exit status: 0 when all were written, 1 when not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tools.recording.environment import ROOT, provide_environment
from tools.recording.errors import RecordError

REPORTS = ROOT / "tests/sources/evidently/reports"
PICTURES = frozenset(
    {"widget", "widgets", "tests_widgets", "distribution", "small_distribution", "scatter", "correlations"}
)


class Release(NamedTuple):
    """A release with its pins, and the script beside this one that speaks its API."""

    name: str
    requirements: tuple[str, ...]
    script: str


RELEASES = (
    Release("0.7.23", ("evidently==0.7.23", "pandas==2.3.3", "numpy==2.4.6"), "current"),
    Release("0.7.0", ("evidently==0.7.0", "pandas==2.3.3", "numpy==2.0.2", "scikit-learn==1.6.1"), "current"),
    Release("0.6.7", ("evidently==0.6.7", "pandas==2.3.3", "numpy==2.0.2", "scikit-learn==1.6.1"), "legacy"),
    Release("0.4.40", ("evidently==0.4.40", "pandas==2.3.3", "numpy==1.26.4", "scikit-learn==1.9.1"), "legacy"),
)


def main() -> int:
    """Record the releases that were named, or all, and return the exit status."""
    releases = {release.name: release for release in RELEASES}
    parser = argparse.ArgumentParser(prog="tools.evidently.record", description="Record reports of real Evidently.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"one of {', '.join(releases)}; all when none is given"
    )
    names = parser.parse_args().names or list(releases)
    if unknown := sorted(set(names) - set(releases)):
        parser.error(f"no release is called {unknown[0]}; there are {', '.join(releases)}")
    failed = 0
    for name in names:
        try:
            record(releases[name])
        except RecordError as error:
            say(f"{name}: {error}")
            failed += 1
    return int(failed > 0)


def record(release: Release) -> None:
    """Write the reports of one release.

    Raises:
        RecordError: it cannot be installed, or does not write them.
    """
    say(f"{release.name}: installing {' '.join(release.requirements)}")
    programs = provide_environment(f"evidently-{release.name}", release.requirements)
    say(f"{release.name}: comparing")
    script = Path(__file__).with_name(f"{release.script}.py")
    with tempfile.TemporaryDirectory(prefix="record-evidently-") as scratch:
        finished = subprocess.run([programs / "python", script, scratch], capture_output=True, text=True, check=False)
        if finished.returncode:
            raise RecordError(f"{script.name} failed: {(finished.stderr.strip().splitlines() or ['silently'])[-1]}")
        for written in sorted(Path(scratch).iterdir()):
            document = without_pictures(json.loads(written.read_text()))
            file = REPORTS / f"{release.name}-{written.name}"
            file.write_text(json.dumps(document, indent=1) + "\n")
            say(f"{release.name}: wrote {file.relative_to(ROOT)}")


def without_pictures(value: Any) -> Any:
    """Return JSON with nothing in the places of pictures."""
    if isinstance(value, dict):
        return {key: type(inner)() if key in PICTURES else without_pictures(inner) for key, inner in value.items()}
    return [without_pictures(inner) for inner in value] if isinstance(value, list) else value


def say(text: str) -> None:
    """Tell on stderr what happens."""
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
