"""Each format against a file that people read before they change it; `UPDATE_GOLDENS=1` writes them anew."""

import os
from pathlib import Path

import pytest

from tests.headless.report.telling import every_format
from tests.journal.incident_samples import ONSET, night

GOLDENS = Path(__file__).parent / "goldens"
AT_FIRST = ONSET + 120.0


def rendered() -> dict[str, str]:
    """The sample night when it was over, and two minutes after its onset."""
    begun = [event for event in night() if event.at <= AT_FIRST]
    return every_format() | {f"open_{name}": text for name, text in every_format(begun, AT_FIRST).items()}


NAMES = sorted(name for name in rendered() if name not in ("open_list.json", "open_incident.html", "open_list.txt"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_printed_as_it_was_read(name: str) -> None:
    golden = GOLDENS / name
    text = rendered()[name]
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
