"""What people say of runs, on every console that shares the journal."""

from pathlib import Path

import msgspec

from console.domain.command import AddNote, Answer, ApprovePlan, CommitPlan, TakeUpRun
from console.domain.run import Run
from console.journal.file_journal import FileJournal
from console.journal.incident_events import Noted
from console.journal.who import Who
from console.playbooks.document import Approvals, ApprovalsWhen, Limits, MaxRuns
from console.playbooks.library import Library
from console.playbooks.terms import terms_of
from tests.engine.scaling import scale_out
from tests.engine.stage import SLOW, Stage
from tests.engine.walk import planned, shown_plan

BOB = Who("bob", "laptop")


def approved_library(**how: object) -> Library:
    """Return a library whose playbook needs another person."""
    playbook = scale_out()
    approvals = msgspec.structs.replace(Approvals(), **how)
    return Library((msgspec.structs.replace(playbook, approvals=approvals),))


async def look(stage: Stage) -> None:
    await stage.snapshot(SLOW)
    await stage.quiet()


async def two_at_a_plan(state: Path, library: Library | None = None) -> tuple[Stage, Stage, Run]:
    """Return Ann's console before a plan, Bob's that sees it, and Ann's run."""
    ann = Stage(library, state=state)
    run = await planned(ann)
    await ann.quiet()
    bob = Stage(library, state=state, who=BOB, beside=ann)
    await look(bob)
    return ann, bob, run


async def test_notes_are_seen_by_all_whoever_follows_the_run(tmp_path: Path) -> None:
    ann, bob, run = await two_at_a_plan(tmp_path)
    await ann.send_to(AddNote("called the data team", run_id=run.id))
    await bob.send_to(AddNote("raise the \x1b[2Jquota", run_id=run.id, follow_up=True))
    await ann.quiet()
    await look(ann)
    await look(bob)
    for stage in (ann, bob):
        notes = [(note.by, note.text, note.follow_up) for note in stage.runs[run.id].notes]
        assert notes == [
            ("ann@bastion", "called the data team", False),
            ("bob@laptop", "raise the ␛[2Jquota", True),
        ]
    kept = [event for event in FileJournal(tmp_path).read() if isinstance(event, Noted)]
    assert {(note.incident_id, note.step_id) for note in kept} == {(run.incident_id, "scale")}
    await ann.send_to(AddNote("  ", run_id=run.id))
    assert ann.runs[run.id].message == "a note needs a text"


async def test_a_second_person_approves_the_plan_that_is_shown_and_no_other(tmp_path: Path) -> None:
    ann, bob, run = await two_at_a_plan(tmp_path, approved_library())
    shown = bob.runs[run.id]
    assert (shown.approvals_needed, shown.approved_by) == (1, ())
    await bob.send_to(ApprovePlan(run.id, "another"))
    assert bob.runs[run.id].message == "the plan has changed since it was shown"
    await bob.send_to(ApprovePlan(run.id, shown_plan(shown).hash))
    await look(bob)
    await look(ann)
    assert bob.runs[run.id].approved_by == ann.runs[run.id].approved_by == ("bob@laptop",)
    until = ann.runs[run.id].approved_until
    assert until is not None
    ann.now = until + 1
    await look(ann)
    assert (ann.runs[run.id].approved_by, ann.runs[run.id].approved_until) == ((), None)


async def test_the_terms_of_the_playbook_go_with_every_plan_and_commit(tmp_path: Path) -> None:
    ann, _, run = await two_at_a_plan(tmp_path, approved_library(count=2, expires="10m"))
    await ann.send(CommitPlan(run.id, shown_plan(run).hash))
    await ann.quiet()
    assert [(terms.approvals, terms.approvals_last) for terms in ann.executor.terms] == [(2, 600.0), (2, 600.0)]


async def test_one_who_takes_up_the_run_does_not_approve_for_themselves(tmp_path: Path) -> None:
    ann, bob, run = await two_at_a_plan(tmp_path, approved_library())
    await bob.send_to(ApprovePlan(run.id, shown_plan(run).hash))
    await ann.keeper.close()
    await look(bob)
    await bob.send_to(TakeUpRun(run.id))
    await bob.quiet()
    assert bob.runs[run.id].plan is not None
    assert (bob.runs[run.id].approvals_needed, bob.runs[run.id].approved_by) == (1, ())


async def test_a_plan_that_needs_nobody_says_so(tmp_path: Path) -> None:
    _, bob, run = await two_at_a_plan(tmp_path)
    await bob.send_to(ApprovePlan(run.id, shown_plan(run).hash))
    assert bob.runs[run.id].message == "this plan needs nobody's approval"


async def test_a_console_that_lost_its_lock_gives_way_to_who_took_up_the_run(tmp_path: Path) -> None:
    ann, bob, run = await two_at_a_plan(tmp_path)
    assert ann.keeper._shared is not None
    await ann.keeper._shared.release(run.id)
    ann.now += 5
    await bob.send_to(TakeUpRun(run.id))
    await bob.quiet()
    assert bob.runs[run.id].is_mine
    await look(ann)
    await look(ann)
    assert (ann.runs[run.id].is_mine, ann.runs[run.id].followed_by) == (False, "bob@laptop")
    await ann.send_to(Answer(run.id, "scale", "x"))
    assert ann.runs[run.id].message == "bob@laptop follows this run"


def test_terms_are_those_of_the_playbook_and_the_model() -> None:
    playbook = scale_out()
    limits = Limits(cooldown="10m", max_runs=MaxRuns(2, "1h"))
    limited = msgspec.structs.replace(playbook, limits=limits)
    terms = terms_of(limited, SLOW)
    assert (terms.cooldown, terms.most_actions, terms.within, terms.approvals) == (600.0, 2, 3600.0, 0)
    regulated = Approvals(count=1, when=ApprovalsWhen(labels={"tier": ("regulated*",)}))
    asked = msgspec.structs.replace(playbook, approvals=regulated)
    assert terms_of(asked, SLOW).approvals == 0
    assert terms_of(asked, None).approvals == 1
    model = msgspec.structs.replace(SLOW.model, labels={"tier": "regulated-eu"})
    assert terms_of(asked, msgspec.structs.replace(SLOW, model=model)).approvals == 1
