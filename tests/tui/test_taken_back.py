"""What was sent and taken back is not shown as if it still held."""

import msgspec
import pytest

from console.domain.action import Outcome
from console.domain.command import StartRun
from tests.tui import scenes
from tests.tui.stage import on_stage


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (Outcome.VERIFIED, "✔ taken back"),
        (Outcome.NOT_VERIFIED, "▲ not seen to be taken back"),
        (Outcome.UNKNOWN, "? unknown whether it was taken back"),
    ],
)
async def test_the_undo_stands_below_the_outcome(outcome: Outcome, told: str) -> None:
    run = msgspec.structs.replace(scenes.verifying(), undo=None, taken_back=outcome)
    async with on_stage(answers={StartRun: (run,)}) as stage:
        await stage.press("2")
        lines = [line.strip() for line in stage.lines]
        (place,) = [number for number, line in enumerate(lines) if line.startswith("outcome  ")]
        assert any(line.startswith(told) for line in lines[place : place + 3]), lines
