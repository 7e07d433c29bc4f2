"""How long it takes to lint a thousand playbooks: `python benchmarks/lint_playbooks.py [PLAYBOOKS]`.

They are copies of the shipped ones under ids of their own. Told are the seconds of CPU, and how many times those that
libyaml alone takes to parse the same files into plain values. The budget is 5 s.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import yaml

from console.playbooks.files import playbook_files
from console.playbooks.library import Library, shipped_directory

PLAYBOOKS = 1000
BUDGET_SECONDS = 5.0


def write_copies(directory: Path, count: int) -> list[str]:
    """Write so many playbooks into a directory and return their texts."""
    shipped = [path.read_text(encoding="utf-8") for path in playbook_files(shipped_directory())]
    texts = []
    for number in range(count):
        text = shipped[number % len(shipped)].replace("\n  id: ", f"\n  id: copy-{number}-of-", 1)
        (directory / f"{number}.yaml").write_text(text, encoding="utf-8")
        texts.append(text)
    return texts


def lint_all(directory: Path, count: int) -> None:
    """Lint a directory as `playbook lint DIR` does.

    Raises:
        ValueError: not all playbooks are sound.
    """
    library = Library.load([directory], shipped=False, today=datetime.now(UTC).date())
    if library.problems or len(library.playbooks) != count:
        raise ValueError(f"{len(library.playbooks)} of {count} are sound: {library.problems[:3]}")


def parse_all(texts: list[str]) -> None:
    """Parse texts into plain values, and nothing more."""
    for text in texts:
        yaml.load(text, Loader=yaml.CSafeLoader)


def cpu_seconds(work: Callable[[], None]) -> float:
    """Return how long some work keeps the processor busy."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PLAYBOOKS
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        texts = write_copies(directory, count)
        lint_all(directory, count)
        linted = cpu_seconds(lambda: lint_all(directory, count))
        parsed = cpu_seconds(lambda: parse_all(texts))
    size = sum(map(len, texts)) / 1e6
    print(f"{count} playbooks, {size:.1f} MB: linted in {linted:.2f} s of CPU, {linted / parsed:.2f}× of parsing alone")
    if linted > BUDGET_SECONDS * count / PLAYBOOKS:
        sys.exit(f"over the budget of {BUDGET_SECONDS:.0f} s for {PLAYBOOKS}")


if __name__ == "__main__":
    main()
