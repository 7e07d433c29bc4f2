"""Pictures of the screen as text files; `UPDATE_GOLDENS=1 pytest tests/tui` draws them anew."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

Golden = Callable[[str, list[str]], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a function that compares lines with `goldens/NAME.txt` beside the test.

    Lines end with a bar in the file, so that blanks at the end are seen and kept by editors.
    """
    folder = Path(request.path).parent / "goldens"

    def compare(name: str, lines: list[str]) -> None:
        path = folder / f"{name}.txt"
        drawn = "".join(f"{line}|\n" for line in lines)
        if os.environ.get("UPDATE_GOLDENS") == "1":
            path.write_text(drawn, encoding="utf-8")
        assert drawn == path.read_text(encoding="utf-8")

    return compare
