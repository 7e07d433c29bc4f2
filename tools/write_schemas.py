"""Write the JSON Schemas that ship beside the code, as the commands print them from the types.

Editors and the wheel get them; a test of each room holds them to the types.
"""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMAND_OF_FILE = {
    "console/playbooks/playbook.schema.json": ("playbook", "schema"),
    "console/settings/config.schema.json": ("config", "schema"),
}


def main() -> None:
    """Write each schema whose command succeeds.

    Raises:
        CalledProcessError: A command failed; its file is left as it was.
    """
    for name, command in COMMAND_OF_FILE.items():
        schema = subprocess.run([sys.executable, "-m", "console", *command], check=True, stdout=subprocess.PIPE).stdout
        (PROJECT / name).write_bytes(schema)
        print(f"schemas: {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
