"""Which run a command that does one action goes on with, and when it begins one."""

from typing import Any, cast

import msgspec
import pytest

from console.domain.command import Command, StartAction, TakeUpRun
from console.domain.run import Run
from console.engine.parts import Parts
from console.headless.commands.action_run import SECONDS_TO_GO_ON, ActionBeginning
from tests.engine.stage import Stage
from tests.engine.test_single_actions import SCALE_TO_8, asked

LEFT: dict[str, Any] = {"is_mine": False, "followed_by": None, "sent": "0a6272140804", "rests_since": 1000.0}


class Runs:
    """Stands for the runs of a console: remembers what it was asked for, and begins a run."""

    def __init__(self, runs: dict[str, Run], begun: Run) -> None:
        self.asked: list[Command] = []
        self._runs = runs
        self._begun = begun

    @property
    def runs(self) -> "Runs":
        return self

    async def handle(self, command: Command) -> None:
        self.asked.append(command)
        if isinstance(command, StartAction):
            self._runs["of-bob"] = msgspec.structs.replace(self._begun, id="of-bob", is_mine=False)
            self._runs[self._begun.id] = self._begun


@pytest.mark.parametrize(
    ("changes", "goes_on"),
    [
        ({}, True),
        ({"sent": "another"}, False),
        ({"sent": None}, False),
        ({"model_id": "fraud"}, False),
        ({"action": None}, False),
        ({"ended": 900.0}, False),
        ({"followed_by": "bob@laptop"}, False),
        ({"rests_since": 1000.0 - SECONDS_TO_GO_ON - 1}, False),
    ],
)
async def test_only_a_run_that_sent_the_confirmed_plan_just_now_is_gone_on_with(
    changes: dict[str, Any], goes_on: bool
) -> None:
    run = await asked(Stage())
    left = msgspec.structs.replace(run, id="left", **{**LEFT, **changes})
    runs = {"left": left}
    parts = Runs(runs, run)
    beginning = ActionBeginning(SCALE_TO_8, "0a6272140804", clock=lambda: 1000.0)
    begun = await beginning.begin(cast(Parts, parts), runs)
    assert (begun, parts.asked) == (("left", [TakeUpRun("left")]) if goes_on else (run.id, [SCALE_TO_8]))
