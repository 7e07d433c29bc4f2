"""What a run sent is taken back by a console that never followed it, from what the journal tells."""

from pathlib import Path

import pytest

from console.domain.action import Outcome
from console.domain.command import CommitPlan, EndRun
from console.domain.run import Undoing
from console.engine.run_journal import UnknownRun
from console.journal.events import RunLine
from console.journal.file_journal import FileJournal
from console.playbooks.state import NotNow
from console.playbooks.story import Story, begun_by, continued
from tests.engine.stage import SLOW, Stage
from tests.engine.test_runs_taken_up import BOB, end_without_warning, look, next_to
from tests.engine.test_single_actions import WELL, asked, sent
from tests.engine.walk import shown_plan


async def verified(ann: Stage) -> str:
    """Scale, watch until it is verified, and end that console; return the id of the run, which is over."""
    run = await sent(ann)
    await ann.pass_time(70, WELL)
    assert ann.run.ended is not None
    await end_without_warning(ann)
    return run.id


def story_of(state: Path, run_id: str) -> Story:
    """Return what the journal alone tells of a run."""
    lines = [line for line in FileJournal(state).read() if isinstance(line, RunLine) and line.run_id == run_id]
    story = begun_by(lines[0])
    assert story is not None
    for line in lines[1:]:
        story = continued(story, line)
    return story


async def test_a_run_that_is_over_is_taken_back_and_the_journal_tells_it(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run_id = await verified(ann)
    bob = await next_to(ann, tmp_path)
    await bob.keeper.take_back(run_id)
    await bob.quiet()
    run = bob.runs[run_id]
    assert (run.undoing, run.is_mine, shown_plan(run).changes[0].after) == (Undoing(is_under_way=True), True, "4")
    await bob.send_to(CommitPlan(run_id, shown_plan(run).hash))
    await bob.quiet()
    await bob.pass_time(5, WELL)
    assert bob.runs[run_id].undoing == Undoing(outcome=Outcome.VERIFIED)
    assert [plan.changes[0].after for plan, _ in ann.executor.committed] == ["8", "4"]
    await bob.keeper.close()
    story = story_of(tmp_path, run_id)
    assert (story.unexplained, story.ignored, story.follower) == (None, 0, BOB)
    assert [each.undone for each in story.state.sent] == [True]
    third = Stage(state=tmp_path, beside=ann)
    with pytest.raises(NotNow, match="there is nothing to undo"):
        await third.keeper.take_back(run_id)


async def test_a_run_that_was_left_is_taken_up_and_taken_back(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await sent(ann)
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    await bob.keeper.take_back(left.id)
    await bob.quiet()
    assert bob.runs[left.id].undoing == Undoing(is_under_way=True)


async def test_what_was_being_sent_is_read_first_and_then_taken_back(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await asked(ann)
    ann.executor.gate.clear()
    await ann.send(CommitPlan(left.id, shown_plan(left).hash))
    await ann.quiet()
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    await bob.keeper.take_back(left.id)
    await bob.quiet()
    assert [intent.intent_id for intent in bob.executor.settled] == ["i1"]
    assert shown_plan(bob.runs[left.id]).undoes == shown_plan(left).hash


async def test_what_somebody_follows_is_not_taken_back_by_others(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run = await sent(ann)
    bob = await next_to(ann, tmp_path)
    with pytest.raises(NotNow, match="ann@bastion follows this run"):
        await bob.keeper.take_back(run.id)


async def test_what_has_no_undo_is_said_and_the_run_is_left_to_whom_it_was(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    ann.executor.changes_of_plan = {"undo": None}
    left = await sent(ann)
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    with pytest.raises(NotNow, match="what it sent last cannot be taken back from here"):
        await bob.keeper.take_back(left.id)
    assert story_of(tmp_path, left.id).state.followed_by == "ann@bastion"


async def test_a_run_that_sent_nothing_has_nothing_to_take_back(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run = await asked(ann)
    await ann.send(EndRun(run.id))
    await ann.snapshot(SLOW)
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    with pytest.raises(NotNow, match="there is nothing to undo"):
        await bob.keeper.take_back(run.id)


async def test_a_run_of_which_the_journal_knows_nothing_is_unknown(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    await look(ann)
    with pytest.raises(UnknownRun, match="the journal tells of no run 7f3a"):
        await ann.keeper.take_back("7f3a")
    with pytest.raises(NotNow, match="no journal is kept"):
        await Stage().keeper.take_back("7f3a")
