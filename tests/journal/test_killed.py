"""Consoles that are killed without warning while they write: what they were told is kept is there, once."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.journal.events import OutcomeRecorded
from console.journal.file_journal import FileJournal
from console.journal.journal import Journal
from tests.journal.cut_network import CutNetwork
from tests.journal.team import shared_journal
from tests.services import Servers

ROOT = Path(__file__).parents[2]
WRITE = """
import sys
from itertools import count
from pathlib import Path
from console.journal.file_journal import FileJournal
from tests.journal.samples import outcome
from tests.journal.team import shared_journal
directory, url = Path(sys.argv[1]), sys.argv[2]
journal = shared_journal(url, directory, seconds=1.0) if url else FileJournal(directory)
for number in count():
    journal.append(outcome(f"{sys.argv[3]}-{number}"))
    print(number, flush=True)
"""


def killed_while_writing(directory: Path, url: str, name: str, after: int) -> int:
    """Let a console write until it told of some lines, kill it, and return how many lines it told of."""
    command = [sys.executable, "-c", WRITE, str(directory), url, name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as console:
        assert console.stdout is not None
        for told in console.stdout:
            if int(told) >= after:
                console.send_signal(signal.SIGKILL)
                break
        rest = console.stdout.read().split()
    return int(rest[-1]) + 1 if rest else after + 1


def ids(journal: Journal, name: str) -> list[str]:
    journal.refresh()
    return [e.intent_id for e in journal.read() if isinstance(e, OutcomeRecorded) and e.intent_id.startswith(name)]


@pytest.mark.parametrize("kind", ["file", "postgresql", "out of reach"])
def test_nothing_that_was_written_is_lost_or_comes_twice(kind: str, servers: Servers, tmp_path: Path) -> None:
    server = servers.postgresql() if kind != "file" else None
    chances = random.Random(7)
    told = {}
    for name in ("a", "b"):
        url = server.url if server is not None else ""
        if kind == "out of reach" and server is not None:
            with CutNetwork(server.address) as network:
                network.cut()
                url = url.replace(server.address, network.address)
                told[name] = killed_while_writing(tmp_path, url, name, chances.randrange(1, 20))
        else:
            told[name] = killed_while_writing(tmp_path, url, name, chances.randrange(1, 20))
    journal = shared_journal(server.url, tmp_path) if server is not None else FileJournal(tmp_path)
    for name, count in told.items():
        found = ids(journal, name)
        assert found == [f"{name}-{number}" for number in range(len(found))]
        assert len(found) in (count, count + 1)  # the last may be on disk although nobody was told any more
    assert all(problem.is_torn for problem in journal.load().problems)
    journal.close()
