"""A run outlives its console: the journal tells another one all that it needs to go on."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from console.domain.action import Outcome
from console.domain.command import Answer, CommitPlan, EndRun, PlanUndo, TakeUpRun
from console.domain.run import Run
from console.journal.events import RunLine
from console.journal.file_journal import FileJournal
from console.journal.who import Who
from console.playbooks.library import Library
from tests.engine.stage import ANN, FINE, SLOW, Stage
from tests.engine.walk import committed, planned, shown_plan, states
from tests.journal.team import emptied, shared_journal
from tests.services import Servers

BOB = Who("bob", "laptop")


async def end_without_warning(stage: Stage) -> None:
    """Let a console end as a crash does: its locks are free, and nothing more is written."""
    shared = stage.keeper._shared
    assert shared is not None
    await shared.close()


async def next_to(stage: Stage, state: Path, library: Library | None = None) -> Stage:
    """Return Bob's console, which shares the journal and has looked into it."""
    bob = Stage(library, state=state, who=BOB, beside=stage)
    await look(bob)
    return bob


async def look(stage: Stage) -> None:
    await stage.snapshot(SLOW)
    await stage.quiet()


async def taken_up(stage: Stage, run_id: str) -> Run:
    await stage.send_to(TakeUpRun(run_id))
    await stage.quiet()
    return stage.runs[run_id]


async def test_a_run_that_nobody_follows_is_listed_and_goes_on_where_it_stood(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.quiet()
    await end_without_warning(ann)
    ann.now += 600
    bob = await next_to(ann, tmp_path)
    listed = bob.runs[left.id]
    assert (listed.is_mine, listed.followed_by, listed.choices) == (False, None, ())
    assert (listed.left_by, listed.rests_since) == ("ann@bastion", ann.now - 600)
    assert (listed.active, listed.by, listed.playbook_version) == (left.active, "ann@bastion", left.playbook_version)
    assert states(listed) == states(left)
    run = await taken_up(bob, left.id)
    assert (run.is_mine, run.followed_by, run.by) == (True, "bob@laptop", "ann@bastion")
    assert [choice.key for choice in run.choices] == ["s", "e"]
    await bob.send_to(Answer(left.id, "decide", "s"))
    await bob.quiet()
    assert bob.runs[left.id].plan is not None
    lines = [event for event in FileJournal(tmp_path).read() if isinstance(event, RunLine)]
    assert [(line.name, line.who.user) for line in lines if line.name in ("started", "taken_over")] == [
        ("started", "ann"),
        ("taken_over", "bob"),
    ]


async def test_a_run_keeps_the_playbook_that_it_began_with(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.quiet()
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path, library=Library())
    run = await taken_up(bob, left.id)
    assert (run.title, [step.title for step in run.steps]) == (left.title, [step.title for step in left.steps])


async def test_of_a_run_that_somebody_follows_others_see_how_far_it_is(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run = await ann.start()
    bob = await next_to(ann, tmp_path)
    assert (bob.runs[run.id].followed_by, bob.runs[run.id].is_mine) == ("ann@bastion", False)
    await ann.send(Answer(run.id, "decide", "s"))
    await ann.until(lambda run: run.plan is not None)
    await ann.quiet()
    await look(bob)
    assert bob.runs[run.id].plan == ann.runs[run.id].plan
    refused = await taken_up(bob, run.id)
    assert (refused.is_mine, refused.message) == (False, "ann@bastion follows this run")
    await bob.send_to(CommitPlan(run.id, shown_plan(ann.run).hash))
    assert bob.runs[run.id].message == "ann@bastion follows this run"
    assert ann.executor.committed == []
    await ann.send(EndRun(run.id))
    await ann.quiet()
    await look(bob)
    assert bob.runs[run.id].ended == ann.now
    before = len(bob.published)
    await look(bob)
    assert len(bob.published) == before


async def test_nothing_is_sent_to_a_run_that_nobody_follows(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run = await planned(ann)
    await ann.quiet()
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    await bob.send_to(CommitPlan(run.id, shown_plan(run).hash))
    assert bob.runs[run.id].message == "nobody follows this run: take it up"
    assert bob.executor.committed == []


async def test_a_plan_that_waited_for_its_key_is_planned_anew(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await planned(ann)
    await ann.quiet()
    await end_without_warning(ann)
    ann.now += 3600
    bob = await next_to(ann, tmp_path)
    run = await taken_up(bob, left.id)
    assert shown_plan(run).made_at == ann.now > shown_plan(left).made_at
    assert bob.executor.committed == []


@pytest.mark.parametrize("outcome", [Outcome.APPLIED, Outcome.NOT_APPLIED, Outcome.UNKNOWN])
async def test_what_was_being_sent_is_settled_by_reading_and_never_sent_again(tmp_path: Path, outcome: Outcome) -> None:
    ann = Stage(state=tmp_path)
    left = await planned(ann)
    ann.executor.gate.clear()
    await ann.send(CommitPlan(left.id, shown_plan(left).hash))
    await ann.quiet()
    await end_without_warning(ann)
    ann.executor.outcome = outcome
    bob = await next_to(ann, tmp_path)
    assert bob.runs[left.id].progress == "stands still: nobody follows it"
    run = await taken_up(bob, left.id)
    assert [intent.intent_id for intent in bob.executor.settled] == ["i1"]
    assert len(bob.executor.committed) == 1
    if outcome is Outcome.NOT_APPLIED:
        assert run.active_step is not None
        assert run.active_step.note == "read again"
        assert [choice.key for choice in run.choices] == ["r", "x"]
    else:
        assert run.commitment is not None
        assert run.commitment.outcome is outcome


async def test_what_cannot_be_settled_is_unknown_and_watched(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await planned(ann)
    ann.executor.gate.clear()
    await ann.send(CommitPlan(left.id, shown_plan(left).hash))
    await ann.quiet()
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    bob.executor.refuse_settling = "no cluster is configured"
    run = await taken_up(bob, left.id)
    assert run.commitment is not None
    assert run.commitment.outcome is Outcome.UNKNOWN
    assert run.commitment.detail == "unknown whether it was applied: no cluster is configured"


async def test_a_confirmed_plan_that_never_left_is_not_sent_by_the_next_console(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await planned(ann)
    ann.executor.refuse_commit = "the console fell asleep"
    await ann.send(CommitPlan(left.id, shown_plan(left).hash))
    await ann.quiet()
    await end_without_warning(ann)
    drop_lines_behind(tmp_path, "committing")
    ann.executor.refuse_commit = None
    bob = await next_to(ann, tmp_path)
    run = await taken_up(bob, left.id)
    assert (bob.executor.settled, bob.executor.committed) == ([], [])
    assert run.active_step is not None
    assert run.active_step.note == "the console ended before it was sent: nothing was sent"


def drop_lines_behind(state: Path, name: str) -> None:
    """Cut the journal behind the last line of a name, as a crash at that instant would have left it."""
    path = state / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(index for index, line in enumerate(lines) if msgspec.json.decode(line).get("name") == name)
    path.write_bytes(b"".join(lines[: last + 1]))


async def test_a_rollout_that_was_watched_is_watched_on_for_its_whole_time(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await committed(ann)
    await ann.quiet()
    await end_without_warning(ann)
    ann.now += 7200
    bob = await next_to(ann, tmp_path)
    run = await taken_up(bob, left.id)
    assert run.active == "scale"
    await bob.pass_time(20, FINE)
    await bob.quiet()
    run = bob.runs[left.id]
    assert run.active == "hold"
    assert bob.executor.recorded[-1][1] is Outcome.VERIFIED
    await bob.send_to(PlanUndo(left.id))
    await bob.quiet()
    assert bob.executor.undone == ["i1"]


async def test_a_run_is_taken_up_again_by_the_person_who_left(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.keeper.close()
    again = Stage(state=tmp_path, beside=ann)
    await look(again)
    run = await taken_up(again, left.id)
    assert (run.is_mine, run.active) == (True, "decide")
    assert again.runs[left.id].message is None


async def test_of_two_that_take_up_a_run_one_follows_it(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.keeper.close()
    first, second = await next_to(ann, tmp_path), Stage(state=tmp_path, beside=ann, who=Who("eve", "desk"))
    await look(second)
    assert (await taken_up(first, left.id)).is_mine
    refused = await taken_up(second, left.id)
    assert (refused.is_mine, refused.message) == (False, "bob@laptop follows this run")
    await look(second)
    assert second.runs[left.id].followed_by == "bob@laptop"


async def test_a_run_of_last_month_is_not_offered(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    await ann.start()
    await ann.keeper.close()
    ann.now += 8 * 86_400
    assert (await next_to(ann, tmp_path)).runs == {}


async def test_a_run_whose_lines_do_not_fit_says_so(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.keeper.close()
    line = RunLine(at=ann.now, who=ANN, run_id=left.id, name="committing", payload={"at": 1.0, "step": "scale"})
    FileJournal(tmp_path).append(line)
    bob = await next_to(ann, tmp_path)
    message = bob.runs[left.id].message
    assert message is not None
    assert message.startswith("this console cannot follow it: the journal's line 'committing' does not fit")
    refused = await taken_up(bob, left.id)
    assert refused.message is not None
    assert refused.message.startswith("it cannot be taken up: ")
    assert not refused.is_mine


async def test_what_somebody_wrote_without_the_lock_does_not_count(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    left = await ann.start()
    await ann.quiet()
    await end_without_warning(ann)
    bob = await next_to(ann, tmp_path)
    await taken_up(bob, left.id)
    await bob.send_to(Answer(left.id, "decide", "e"))
    await ann.send(Answer(left.id, "decide", "s"))  # her connection was cut: she did not see that Bob took it up
    await ann.quiet()
    await bob.quiet()
    eve = Stage(state=tmp_path, beside=ann, who=Who("eve", "desk"))
    await look(eve)
    run = eve.runs[left.id]
    assert (run.active, run.followed_by) == (bob.runs[left.id].active, "bob@laptop")
    assert run.message is not None
    assert run.message.endswith("lines do not count: whoever wrote that did not follow the run any more")


async def test_two_consoles_of_a_team_share_runs_in_their_database(session_servers: Servers, tmp_path: Path) -> None:
    server = emptied(session_servers.postgresql())
    with closing(shared_journal(server.url, tmp_path / "ann", ANN, clock=lambda: 1000.0)) as first:
        ann = Stage(journal=first)
        left = await planned(ann)
        await ann.quiet()
        with closing(shared_journal(server.url, tmp_path / "bob", BOB, clock=lambda: 1000.0)) as second:
            bob = Stage(journal=second, who=BOB, beside=ann)
            await look(bob)
            assert bob.runs[left.id].followed_by == "ann@bastion"
            assert bob.runs[left.id].plan == left.plan
            assert (await taken_up(bob, left.id)).message == "ann@bastion follows this run"
            await ann.keeper.close()
            run = await taken_up(bob, left.id)
            assert (run.is_mine, run.followed_by, bob.executor.committed) == (True, "bob@laptop", [])
            await bob.keeper.close()


async def test_a_run_that_is_over_needs_no_lock_until_its_undo_is_asked_for(tmp_path: Path) -> None:
    ann = Stage(state=tmp_path)
    run = await committed(ann)
    file = FileJournal(tmp_path)
    assert file.holder(f"run:{run.id}") is not None
    await ann.send(EndRun(run.id))
    await ann.pass_time(5, FINE)
    assert file.holder(f"run:{run.id}") is None
    assert ann.run.is_mine
    await ann.send(PlanUndo(run.id))
    await ann.until(lambda run: run.plan is not None)
    holder = file.holder(f"run:{run.id}")
    assert holder is not None
    assert holder.who == ANN
