"""The contract of actions, held by a command that declares a dry run, an undo and a check, and by a bare one."""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import msgspec
import pytest

from console.actions.command.command import Command
from console.actions.contract import Case, Lacking, Obligation, obligations
from console.settings.commands import CommandSettings
from console.settings.secrets import Secret
from console.settings.slots import ChoiceSlot
from tests.actions.occasions import OCCASION, Clock

PROGRAM = """#!/bin/sh
cd "$(dirname "$0")"
case "$1" in
  run) echo >> sent; [ -e cut-before ] && kill -9 $$; echo "$2" > state; [ -e cut-after ] && kill -9 $$; echo done;;
  undo) echo >> sent; echo idle > state;;
  rehearse) echo >> rehearsed;;
  check) [ "$(cat state)" = "$2" ];;
esac
"""


class BatchStand:
    """The batch is idle, and is to run."""

    def __init__(self, folder: Path, *, is_bare: bool) -> None:
        self.clock = Clock()
        self.occasion = OCCASION
        self.arguments: dict[str, object] = {"to": "running"}
        self._folder = folder
        self._environment = {**os.environ, "BATCH_TOKEN": "t0ken"}
        program = folder / "batch"
        program.write_text(PROGRAM)
        program.chmod(0o700)
        (folder / "state").write_text("idle\n")
        bare = CommandSettings(
            title="Run the batch",
            argv=(str(program), "run", "$to"),
            environment={"BATCH_TOKEN": Secret(env="BATCH_TOKEN")},
            slots={"to": ChoiceSlot("what it shall do", ("running",))},
        )
        whole = msgspec.structs.replace(
            bare,
            dry_run_argv=(str(program), "rehearse", "$to"),
            undo_argv=(str(program), "undo", "$to"),
            check_argv=(str(program), "check", "$to"),
        )
        self.action = Command("batch", bare if is_bare else whole, self._environment, self.clock)

    @property
    def sent(self) -> int:
        return self._lines("sent")

    @property
    def rehearsed(self) -> int:
        return self._lines("rehearsed")

    async def state(self) -> object:
        return (self._folder / "state").read_text()  # a few bytes in a test

    async def pass_time(self, seconds: float) -> None:
        self.clock.now += seconds

    async def change_before_commit(self) -> str:
        return self._set("running", "running")

    async def change_after_commit(self) -> str:
        return self._set("idle", "the check says that it is not in effect")

    async def forbid(self) -> None:
        del self._environment["BATCH_TOKEN"]

    async def lose_answer(self) -> None:
        (self._folder / "cut-after").touch()

    async def lose_request(self) -> None:
        (self._folder / "cut-before").touch()

    def _set(self, state: str, told: str) -> str:
        (self._folder / "state").write_text(f"{state}\n")
        return told

    def _lines(self, name: str) -> int:
        path = self._folder / name
        return len(path.read_text().splitlines()) if path.exists() else 0


@contextlib.asynccontextmanager
async def stand(*, is_bare: bool) -> AsyncIterator[BatchStand]:
    with tempfile.TemporaryDirectory() as folder:
        yield BatchStand(Path(folder), is_bare=is_bare)


WHOLE = Lacking(
    precondition="a declared command compares nothing",
    late_arrival="a program that has ended does nothing any more",
)
UNREADABLE = "it declares no check"
BARE = Lacking(
    precondition=WHOLE.precondition,
    dry_run="it declares none",
    undo="it declares none",
    proof_of_effect=UNREADABLE,
    proof_of_absence=UNREADABLE,
)
CASES = (
    Case(name="batch", action="command.batch", make=partial(stand, is_bare=False), lacking=WHOLE),
    Case(name="bare batch", action="command.batch", make=partial(stand, is_bare=True), lacking=BARE),
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
