"""The reference of keys is that of the program."""

import os
from pathlib import Path

from console.tui.actions.registry import ACTIONS
from console.tui.key_reference import key_reference

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "keys.md"


def test_the_reference_is_fresh() -> None:
    if os.environ.get("UPDATE_GOLDENS") == "1":
        REFERENCE.parent.mkdir(parents=True, exist_ok=True)
        REFERENCE.write_text(key_reference(), encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == key_reference(), "run UPDATE_GOLDENS=1 pytest tests/tui"


def test_the_reference_tells_every_action() -> None:
    written = key_reference()
    assert all(action.help in written for action in ACTIONS)
