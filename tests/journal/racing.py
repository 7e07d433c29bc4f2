"""Processes that race for the lock of one target, again and again, as consoles of several people would.

`python -m tests.journal.racing` races 1,000 times in a PostgreSQL and 1,000 times in a file, as `make soak` does.
"""

import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import msgspec

from console.journal.events import Intent
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder, TargetBusy
from console.journal.journal import Journal
from console.journal.who import Who
from tests.journal.samples import intent
from tests.journal.team import shared_journal
from tests.services import Servers

PATIENCE_SECONDS = 60.0


class Result(msgspec.Struct, frozen=True):
    """What races came to: `winners` counts how many got the lock in each, `told` who the losers were told holds it."""

    races: int
    winners: tuple[int, ...]
    told: tuple[str, ...]
    seconds: float

    @property
    def is_fair(self) -> bool:
        """Return whether each race had exactly one winner, and no loser was told that it is somebody who lost."""
        return self.winners == (1,) * self.races


def race(url: str | None, directory: Path, races: int, racers: int = 2) -> Result:
    """Let consoles in processes of their own race for one lock, in a database or, without its URL, in a file."""
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(racers), context.SimpleQueue()
    begun = time.monotonic()
    processes = [
        context.Process(target=_run, args=(url, str(directory), name, races, barrier, results), daemon=True)
        for name in ("ann", "bob", "cy", "dee")[:racers]
    ]
    for process in processes:
        process.start()
    won: Counter[int] = Counter()
    told: list[str] = []
    for _ in processes:
        winning, holders = results.get()
        won.update(winning)
        told += holders
    for process in processes:
        process.join(PATIENCE_SECONDS)
    winners = tuple(won[number] for number in range(races))
    return Result(races, winners, tuple(told), time.monotonic() - begun)


def _run(url: str | None, directory: str, name: str, races: int, barrier: Barrier, results: Any) -> None:
    who = Who(name, "bastion")
    journal: Journal = (
        FileJournal(Path(directory)) if url is None else shared_journal(url, Path(directory) / name, who, seconds=30.0)
    )
    won, told = [], []
    for number in range(races):
        barrier.wait(PATIENCE_SECONDS)
        try:
            lock = journal.lock("uid-1", Holder(who, float(number), name, "ml/fraud"))
        except TargetBusy as busy:
            lock = None
            told.append(busy.holder.who.user if busy.holder is not None else "somebody")
        if lock is not None:
            lock.append(msgspec.structs.replace(intent(f"{number}"), who=who))
            won.append(number)
        barrier.wait(PATIENCE_SECONDS)  # it is held until everybody has tried
        if lock is not None:
            lock.close()
    journal.close()
    results.put((won, told))


def intents_of(journal: Journal) -> Sequence[str]:
    """Return the ids of the intents of a journal: in each race, the winner wrote its number."""
    journal.refresh()
    return [event.intent_id for event in journal.read() if isinstance(event, Intent)]


def main(races: int) -> int:
    """Race in a file and in a database, print what came of it, and return 1 when a race was not fair."""
    failed = 0
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        server = Servers(Path(folder) / "servers", stack).postgresql()
        for name, url in (("file", None), ("postgresql", server.url)):
            directory = Path(folder) / name
            directory.mkdir()
            result = race(url, directory, races)
            each = result.seconds / races * 1000
            print(
                f"{name}: {races} races of 2 consoles, {sum(result.winners)} winners, one each: {result.is_fair}",
                end="",
            )
            print(f"; losers were told {dict(Counter(result.told))}; {each:.1f} ms a race")
            failed += not result.is_fair
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
