"""Write the files that are made from others.

They are JSON Schemas from the types, the manual page and the reference of commands from their table, and what start-up
reads instead of YAML. Editors and the wheel get them; a test of each room holds them to what they are made from.
"""

import subprocess
import sys
from pathlib import Path

from console.command_line.reference import command_reference
from console.command_line.registry import CONSOLE
from console.playbooks.library import COMPILED_HEADS, compile_heads
from console.playbooks.reference import playbook_reference
from console.sources.prometheus.preset import COMPILED, compile_shipped

PROJECT = Path(__file__).resolve().parent.parent
COMMAND_OF_FILE = {
    "console/playbooks/playbook.schema.json": ("playbook", "schema"),
    "console/playbooks/playbook-test.schema.json": ("playbook", "schema", "--test"),
    "console/settings/config.schema.json": ("config", "schema"),
    "docs/incident-console.1": ("man",),
}


def main() -> None:
    """Write each file whose making succeeds.

    Raises:
        CalledProcessError: A command failed; its file is left as it was.
        BadDocument: A shipped preset holds a mistake; the file of presets is left as it was.
    """
    for name, command in COMMAND_OF_FILE.items():
        printed = subprocess.run([sys.executable, "-m", "console", *command], check=True, stdout=subprocess.PIPE).stdout
        write(PROJECT / name, printed)
    write(PROJECT / "docs/reference/commands.md", command_reference(CONSOLE).encode())
    write(PROJECT / "docs/reference/playbooks.md", playbook_reference().encode())
    write(COMPILED, compile_shipped())
    write(COMPILED_HEADS, compile_heads())


def write(path: Path, content: bytes) -> None:
    """Write one file and say so."""
    path.write_bytes(content)
    print(f"generated: {path.relative_to(PROJECT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
