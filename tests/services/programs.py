"""Where the programs of the servers are."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
UNPACKED = PROJECT / ".services/usr"


class MissingServerError(Exception):
    """A server that the tests need is not on this machine; the message says what to do."""


@cache
def program(*names: str) -> Path:
    """Return the path of a program that goes by any of `names`, fetching the servers first if need be.

    With CI in the environment nothing is fetched behind the back of the job: its own set-up must have done that.

    Raises:
        MissingServerError: The program is not there. A missing server fails a test, it never skips one.
    """
    found = _find(names)
    if found is None and not os.environ.get("CI"):
        subprocess.run([sys.executable, PROJECT / "tools/fetch_services.py", "--for-tests"], check=False)
        found = _find(names)
    if found is None:
        raise MissingServerError(f"no {' or '.join(names)} in .services/ or on PATH: run `make services-for-tests`")
    return found


def _find(names: tuple[str, ...]) -> Path | None:
    for name in names:
        for folder in ("bin", "lib/postgresql/*/bin", "lib/jvm/java-*/bin"):
            if unpacked := next(UNPACKED.glob(f"{folder}/{name}"), None):
                return unpacked
        if on_path := shutil.which(name):
            return Path(on_path)
    return None
