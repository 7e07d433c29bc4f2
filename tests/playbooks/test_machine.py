import pytest

from console.domain.action import Commitment, Outcome
from console.domain.run import StepState
from console.playbooks.events import (
    Chosen,
    Committed,
    Committing,
    Ended,
    PlanOutdated,
    PlanReady,
    RolloutSeen,
    TimedOut,
    UndoAsked,
)
from console.playbooks.state import NotNow, Phase, undoable
from tests.playbooks.follower import FINE, SLOW, Follower, phase, plan


def test_a_check_goes_where_its_answer_says() -> None:
    for values, target, word in [(SLOW, "pick", "yes"), (FINE, "note", "no"), ({}, "pick", "unknown")]:
        follower = Follower()
        state = follower.see(1001.0, dict(values))
        assert state.active == target
        assert state.records["slow"].note.startswith(f"{word}: p99 ")


def test_steps_that_cannot_come_any_more_are_skipped() -> None:
    state = Follower().see(1001.0, FINE)
    assert {step for step, record in state.records.items() if record.state is StepState.SKIPPED} == {
        "pick",
        "scale",
        "hold",
        "tell",
    }


@pytest.mark.parametrize("replicas", [None, 0.0])
def test_a_guard_that_is_unknown_blocks_like_one_that_is_false(replicas: float | None) -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    state = follower.see(1003.0, {**SLOW, "replicas": replicas})
    assert phase(state) is Phase.GUARDING
    assert state.attempt is not None
    assert "it has" in state.attempt.reason
    assert phase(follower.see(1004.0, SLOW)) is Phase.PLANNING


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (None, "replicas to run: unknown"),
        (41.0, "replicas to run: 41 is not within 1–40"),
        (2.5, "replicas to run: unknown"),
    ],
)
def test_a_parameter_without_a_good_value_plans_nothing(wanted: float | None, reason: str) -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    state = follower.see(1003.0, {**SLOW, "wanted": wanted})
    assert phase(state) is Phase.GUARDING
    assert state.attempt is not None
    assert state.attempt.reason == reason


def test_a_guard_that_turns_false_withdraws_the_plan() -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    follower.see(1003.0, SLOW)
    follower.take(PlanReady(at=1004.0, step="scale", plan=plan()))
    state = follower.see(1005.0, {**SLOW, "replicas": None})
    assert phase(state) is Phase.GUARDING
    with pytest.raises(NotNow):
        follower.take(Committing(at=1006.0, step="scale", plan_hash=plan().hash))


def test_only_the_plan_that_was_shown_is_sent() -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    follower.see(1003.0, SLOW)
    follower.take(PlanReady(at=1004.0, step="scale", plan=plan()))
    with pytest.raises(NotNow, match="has changed"):
        follower.take(Committing(at=1005.0, step="scale", plan_hash=plan(9).hash))
    assert phase(follower.take(Committing(at=1005.0, step="scale", plan_hash=plan().hash))) is Phase.COMMITTING


def test_a_plan_with_refusals_is_shown_and_never_sent() -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    follower.see(1003.0, SLOW)
    state = follower.take(PlanReady(at=1004.0, step="scale", plan=plan(refusals=("read-only",))))
    assert phase(state) is Phase.HELD
    with pytest.raises(NotNow):
        follower.take(Committing(at=1005.0, step="scale", plan_hash=plan().hash))
    assert phase(follower.take(Chosen(at=1006.0, step="scale", key="r"))) is Phase.GUARDING


def test_recovery_must_last_after_the_rollout_and_its_settling() -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.see(1010.0, FINE)
    follower.roll_out(1020.0)
    for at in (1025.0, 1030.0, 1045.0, 1059.0):
        assert phase(follower.see(at, FINE)) is Phase.VERIFYING
    state = follower.see(1060.0, FINE)
    assert state.active == "hold"
    assert state.sent[0].outcome is Outcome.VERIFIED


def test_no_data_is_never_recovery() -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.roll_out(1001.0)
    for at in range(1015, 1290, 15):
        follower.see(float(at), {**FINE, "p99": None})
    state = follower.take(TimedOut(at=1300.0, step="scale"))
    assert state.sent[0].outcome is Outcome.NOT_VERIFIED
    assert state.records["scale"].state is StepState.UNKNOWN


def test_a_gap_in_the_evidence_begins_recovery_anew() -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.roll_out(1001.0)
    follower.see(1015.0, FINE)
    assert phase(follower.see(1100.0, FINE)) is Phase.VERIFYING
    assert follower.see(1130.0, FINE).active == "hold"


def test_worse_is_measured_against_the_moment_of_the_commit() -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.see(1005.0, {**SLOW, "errors": 0.019})
    follower.see(1010.0, {**SLOW, "errors": 0.03})
    state = follower.see(1020.0, {**SLOW, "errors": 0.03})
    assert state.sent[0].outcome is Outcome.WORSE
    assert state.active == "note"
    assert undoable(state) is not None


def test_a_rollout_that_fails_made_it_worse() -> None:
    follower = Follower()
    follower.commit(1000.0)
    state = follower.take(RolloutSeen(at=1100.0, step="scale", done=False, failed="no room", text="4 of 8"))
    assert state.sent[0].outcome is Outcome.WORSE
    assert state.records["scale"].note == "the rollout failed: no room"


def test_an_unknown_outcome_is_watched_and_stays_undoable() -> None:
    follower = Follower()
    state = follower.commit(1000.0, Outcome.UNKNOWN)
    assert phase(state) is Phase.ROLLING_OUT
    assert undoable(state) is not None


def test_what_was_not_applied_may_be_planned_again() -> None:
    follower = Follower()
    state = follower.commit(1000.0, Outcome.NOT_APPLIED)
    assert phase(state) is Phase.HELD
    assert undoable(state) is None
    assert phase(follower.take(Chosen(at=1001.0, step="scale", key="r"))) is Phase.GUARDING


def test_an_undo_ends_the_watch_of_what_it_takes_back() -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.take(UndoAsked(at=1010.0, step="scale"))
    undo = plan(4)
    follower.take(PlanReady(at=1011.0, step="scale", plan=undo, undo=True))
    follower.take(Committing(at=1012.0, step="scale", plan_hash=undo.hash, undo=True))
    applied = Commitment(Outcome.APPLIED, "sent", 1013.0)
    state = follower.take(Committed(at=1013.0, step="scale", commitment=applied, undo=True))
    assert state.active == "note"
    assert undoable(state) is None
    state = follower.take(RolloutSeen(at=1020.0, step="scale", done=True, failed=None, text="4 of 4", undo=True))
    assert state.records["scale"].note == "taken back before it was verified; taken back"
    assert state.undo is None


def test_a_run_is_not_left_while_a_request_is_on_its_way() -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    follower.see(1003.0, SLOW)
    follower.take(PlanReady(at=1004.0, step="scale", plan=plan()))
    follower.take(Committing(at=1005.0, step="scale", plan_hash=plan().hash))
    with pytest.raises(NotNow):
        follower.take(Ended(at=1006.0))


def test_a_plan_that_is_too_old_is_made_anew_with_the_same_arguments() -> None:
    follower = Follower()
    follower.see(1001.0, SLOW)
    follower.take(Chosen(at=1002.0, step="pick", key="s"))
    follower.see(1003.0, SLOW)
    follower.take(PlanReady(at=1004.0, step="scale", plan=plan()))
    state = follower.take(PlanOutdated(at=1060.0, step="scale", plan_hash=plan().hash))
    assert phase(state) is Phase.PLANNING
    assert state.attempt is not None
    assert state.attempt.arguments == {"replicas": 8}
