"""What a run shows of what it sent and of what was taken back."""

import msgspec

from console.domain.action import Commitment, Outcome
from console.domain.run import Run, Undoing
from console.engine.evidence import Observation
from console.engine.run_view import view_of
from console.playbooks.events import Committed, Committing, PlanReady, RolloutSeen, UndoAsked
from tests.playbooks.follower import PLAYBOOK, Follower, plan


def shown(follower: Follower) -> Run:
    return view_of(PLAYBOOK, follower.state, Observation(1100.0, {}, (), 45.0), 1100.0, None)


def take_back(follower: Follower, at: float, *, failed: str | None = None) -> None:
    """Ask for the undo of what was sent last and not taken back, send it, and see what becomes of it."""
    follower.take(UndoAsked(at=at, step="scale"))
    follower.take(PlanReady(at=at, step="scale", plan=plan(4), undo=True))
    follower.take(Committing(at=at, step="scale", plan_hash=plan(4).hash, undo=True))
    applied = Commitment(Outcome.APPLIED, "sent", at)
    follower.take(Committed(at=at, step="scale", commitment=applied, undo=True))
    follower.take(RolloutSeen(at=at + 5.0, step="scale", done=failed is None, failed=failed, text="4 of 4", undo=True))


def test_a_run_shows_that_what_it_sent_last_was_taken_back() -> None:
    follower = Follower()
    follower.commit(1000.0)
    assert shown(follower).commitment is not None
    assert shown(follower).taken_back is None
    take_back(follower, 1010.0)
    assert shown(follower).taken_back is Outcome.VERIFIED
    assert shown(follower).undoing == Undoing(outcome=Outcome.VERIFIED)


def test_the_undo_that_ended_last_is_told_though_a_later_plan_was_taken_back_before_it() -> None:
    follower = Follower()
    first = follower.commit(1000.0).sent[0]
    # A second plan of the run, which is applied as the first was.
    follower.state = msgspec.structs.replace(follower.state, sent=(first, first))
    take_back(follower, 1010.0)
    take_back(follower, 1030.0, failed="no room")
    assert shown(follower).undoing == Undoing(outcome=Outcome.NOT_VERIFIED)
    assert shown(follower).taken_back is Outcome.VERIFIED
