"""The example of the page about drift is what the command prints; `UPDATE_GOLDENS=1` writes it anew.

What moved, at the end of each line, is left out: where a bin ends may change by a digit, and says nothing else then.
"""

import os
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cli import main
from console.simulation.predictions import FRAUD, NullSpike, PopulationShift, write_log

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "ask-whether-the-data-moved.md"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86_400.0
EXAMPLE = re.compile(r"^\$ incident-console (drift .* --at 2026-11-20T12:00:00Z)$", re.MULTILINE)
PRINTED = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Eight days of a model, in which nulls came two hours ago and another population half a day ago."""
    spec = FRAUD.with_faults(
        NullSpike("age", NOON - 2 * HOUR, share=0.62), PopulationShift("amount", NOON - DAY / 2, by=0.6)
    )
    write_log(tmp_path, spec, seed=7, start=NOON - 8 * DAY, end=NOON, rows_per_hour=1000)
    return tmp_path


def test_the_example_prints_what_the_page_shows(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    page = PAGE.read_text(encoding="utf-8")
    example = EXAMPLE.search(page)
    assert example is not None
    arguments = [word.replace("/logs", str(log)) for word in shlex.split(example[1])]
    assert main(arguments) == 2
    printed = capsys.readouterr().out
    if os.environ.get("UPDATE_GOLDENS"):
        page = PRINTED.sub(lambda _: printed, page, count=1)
        PAGE.write_text(page, encoding="utf-8")
    shown = PRINTED.search(page)
    assert shown is not None
    assert verdicts(printed) == verdicts(shown[0])


def verdicts(text: str) -> list[str]:
    """The lines up to what moved."""
    title = next(line for line in text.splitlines() if "what moved" in line)
    return [line[: title.index("what moved")].rstrip() for line in text.splitlines()]
