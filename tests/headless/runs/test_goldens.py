"""What is printed of a run against files that people read before they change them: `UPDATE_GOLDENS=1` writes them."""

import os
from pathlib import Path

import pytest

from console.actions.provider import RolloutProgress
from console.domain.command import CommitPlan, PlanUndo
from console.domain.run import Run
from console.headless.commands.action_run import ActionBeginning
from console.headless.output import Terminal
from console.headless.runs import telling
from console.headless.runs.consent import Consent
from console.headless.runs.decisions import Decider
from console.headless.runs.stop import Stop
from console.headless.runs.telling import Format, RunTeller
from console.headless.runs.undoing import UndoDecider
from tests.engine.stage import Stage
from tests.engine.test_single_actions import SCALE_TO_8, WELL, asked
from tests.engine.walk import shown_plan

GOLDENS = Path(__file__).parent / "goldens"
CAPTURE = pytest.CaptureFixture[str]
KINDS: dict[str, tuple[Format, int | None]] = {
    "text": ("text", None),
    "text_80_columns": ("text", 80),
    "text_40_columns": ("text", 40),
    "json": ("json", None),
}


def told(
    stage: Stage,
    runs: list[Run],
    stop: Stop,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    of_undo: bool = False,
    dropped: Run | None = None,
) -> None:
    """Print runs as they were published one after the other, and how the command ended."""
    chosen, width = KINDS[kind]
    monkeypatch.setattr(telling, "find_terminal", lambda _: Terminal(width, colours=False))
    teller = RunTeller(chosen, of_undo=of_undo, clock=lambda: stage.now)
    for run in runs:
        teller.tell(run)
    if dropped is not None:
        teller.take_as_told(dropped)
    teller.stopped(stop)


def compare(name: str, capture: CAPTURE) -> None:
    """Compare what was printed on both streams with its file."""
    printed = capture.readouterr()
    rendered = f"{printed.out}--- stderr\n{printed.err}"
    path = GOLDENS / name
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(rendered, encoding="utf-8")
    assert rendered == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_plan_that_was_not_confirmed(kind: str, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    stage.executor.changes_of_plan = {"notes": ("a quota has room for 2 more pods", "ann scaled it 2 min ago")}
    run = await asked(stage)
    stop = Decider(Consent()).next(run)
    assert isinstance(stop, Stop)
    shown = [*stage.published]
    dropped = ActionBeginning(SCALE_TO_8, None).drop(run)
    assert dropped is not None
    told(stage, shown, stop, kind, monkeypatch, dropped=await stage.send(dropped))
    compare(f"plan_{kind}.txt", capsys)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_action_that_was_verified(kind: str, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    run = await asked(stage)
    stage.executor.progress = RolloutProgress(False, None, "4 of 8 ready")
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    stage.executor.progress = RolloutProgress(True, None, "8 of 8 ready")
    await stage.pass_time(70, WELL)
    stop = Decider(Consent()).next(stage.run)
    assert isinstance(stop, Stop)
    told(stage, stage.published, stop, kind, monkeypatch)
    compare(f"verified_{kind}.txt", capsys)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_undo(kind: str, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    run = await asked(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.pass_time(70, WELL)
    seen = len(stage.published)
    await stage.send(PlanUndo(run.id))
    await stage.until(lambda run: run.plan is not None)
    await stage.send(CommitPlan(run.id, shown_plan(stage.run).hash))
    await stage.pass_time(5, WELL)
    stop = UndoDecider(Consent()).next(stage.run)
    assert isinstance(stop, Stop)
    told(stage, stage.published[seen:], stop, kind, monkeypatch, of_undo=True)
    compare(f"undo_{kind}.txt", capsys)


def test_no_golden_is_left_over() -> None:
    names = {f"{what}_{kind}.txt" for what in ("plan", "verified", "undo") for kind in KINDS}
    assert {path.name for path in GOLDENS.iterdir()} == names
