"""What the screen says of a copy, and what a copy leaves alone."""

import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from console.tui.outside.surroundings import Surroundings
from tests.tui.stage import on_stage


@pytest.mark.parametrize(
    ("surroundings", "said"),
    [
        (Surroundings(clipboard="off"), "not copied: the settings say clipboard: off"),
        (Surroundings(clipboard="native"), "not copied: the settings say clipboard: native, and there is no desktop"),
        (Surroundings({"TERM": "linux"}), "not copied: a terminal of the type 'linux' has no clipboard"),
        (Surroundings({"TERM": "xterm"}), "copied: fraud critical: p99 2.40 s"),
    ],
)
async def test_it_says_whether_something_was_copied(surroundings: Surroundings, said: str) -> None:
    async with on_stage(size=(200, 40), surroundings=surroundings) as stage:
        await stage.press("c")
        assert said in stage.lines[1]


async def test_two_copies_reach_a_program_in_their_order(tmp_path: Path) -> None:
    """The first is slow; what was copied last is what is pasted."""
    script = (
        f"#!{sys.executable}\nimport sys, time\ntext = sys.stdin.read()\ntime.sleep(0.3 * text.startswith('first'))\n"
    )
    program = tmp_path / "xclip"
    program.write_text(script + f"open({str(tmp_path / 'got')!r}, 'a').write(text + ';')\n", encoding="utf-8")
    program.chmod(0o700)
    surroundings = Surroundings({"PATH": str(tmp_path), "DISPLAY": ":0"})
    async with on_stage(surroundings=surroundings) as stage:
        stage.app.ways_out.copy("first")
        stage.app.ways_out.copy("second")
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "copied: second" in stage.lines[1]
    assert (tmp_path / "got").read_text(encoding="utf-8") == "first;second;"


async def test_a_copy_can_be_pasted_into_a_field() -> None:
    async with on_stage() as stage:
        stage.app.copy_to_clipboard("eta")
        await stage.press("slash", "ctrl+v")
        assert stage.app.screen.query_one(Input).value == "eta"
