"""What a lint costs, beside what libyaml alone takes to parse the same files."""

import time
from collections.abc import Callable
from datetime import date

import yaml

from console.playbooks.files import playbook_files
from console.playbooks.library import shipped_directory
from console.playbooks.load import load_text

ROUNDS = 4
MOST_TIMES_PARSING = 8.0
"""Measured: 3.6 (benchmarks/lint_playbooks.py: 2.5 s for a thousand); 10.4 where every annotation is resolved anew."""


def test_a_lint_takes_a_few_times_what_parsing_takes() -> None:
    texts = [path.read_text(encoding="utf-8") for path in playbook_files(shipped_directory())]

    def lint() -> None:
        assert all(load_text(text, "p.yaml", date(2026, 11, 27)).playbook is not None for text in texts)

    def parse() -> None:
        assert all(yaml.load(text, Loader=yaml.CSafeLoader) for text in texts)

    lint()
    assert least(lint) < MOST_TIMES_PARSING * least(parse)


def least(work: Callable[[], None]) -> float:
    """Return the least seconds of CPU of some rounds of work."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)
