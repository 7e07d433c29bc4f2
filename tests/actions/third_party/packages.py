"""Installed packages that add providers: the example of the documents, and broken ones."""

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "docs/examples/switchboard"
FAILING = '''
class Failing:
    """Does what a provider must, but for one method."""

    name = "acme"

    def specifications(self):
        return ()

    def why_closed(self, settings):
        return None

    def open(self, surroundings):
        return ()
'''


def install_example(folder: Path) -> None:
    """Install the example as a user would, into a folder of its own, with its entry point."""
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    subprocess.run([*pip, "--no-compile", "--target", folder, EXAMPLE], check=True)


def install_module(folder: Path, source: str, entry_point: str, name: str = "acme") -> None:
    """Lay a package into a folder as pip does: one module, its metadata, its entry point."""
    (folder / f"{name}_console.py").write_text(source)
    metadata = folder / f"{name}_console-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-console\nVersion: 1.2\n")
    (metadata / "entry_points.txt").write_text(f"[incident_console.providers]\n{entry_point}\n")
