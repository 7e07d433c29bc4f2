"""The command line, which says at its end on stderr how much memory it held at most."""

import atexit
import resource
import sys

from console.cli import main


def _tell() -> None:
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(f"most memory: {most}", file=sys.stderr)


if __name__ == "__main__":
    atexit.register(_tell)
    sys.exit(main())
