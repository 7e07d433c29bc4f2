"""Nothing is left behind: a small process that ends servers and removes their folder when this process is gone."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# It reads pids until the pipe closes. "done" says that all was tidied up already; without it, whoever held the other
# end died, by whatever signal, and the servers must not outlive it.
_SCRIPT = """
pids=
while read -r word; do
  case $word in done) exit 0;; *) pids="$pids $word";; esac
done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
rm -rf -- "$1"
"""


class Watchdog:
    """Guards a folder and the servers that work in it."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "sh", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the terminal is meant for the console
        )

    def guard(self, pid: int) -> None:
        """End this process, too, if ours is gone."""
        self._tell(str(pid))

    def stand_down(self) -> None:
        """Leave everything as it is: it was tidied up."""
        with suppress(BrokenPipeError):  # somebody ended the watchdog; there is nothing left for it to do
            self._tell("done")
        self._process.communicate()

    def _tell(self, word: str) -> None:
        if self._process.stdin is None:
            raise ChildProcessError("the watchdog has no pipe")
        self._process.stdin.write(f"{word}\n".encode())
        self._process.stdin.flush()


@contextmanager
def guarded_folder() -> Iterator[tuple[Path, Watchdog]]:
    """Give a private folder (mode 0700) that is removed at the end, even when this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="incident-console-"))
    watchdog = Watchdog(folder)
    try:
        yield folder, watchdog
    finally:
        shutil.rmtree(folder)
        watchdog.stand_down()
