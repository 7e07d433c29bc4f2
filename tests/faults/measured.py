"""The command line, which says at its end on stderr how much memory it held at most."""

import atexit
import re
import sys
from pathlib import Path

from console.cli import main


def _tell() -> None:
    # Not resource.getrusage: that also counts what the parent held before this program was loaded.
    (kibibytes,) = re.findall(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    print(f"most memory: {int(kibibytes) * 1024}", file=sys.stderr)


if __name__ == "__main__":
    atexit.register(_tell)
    sys.exit(main())
