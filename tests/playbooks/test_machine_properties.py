from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.action import Commitment, Outcome
from console.domain.run import StepState
from console.playbooks.events import (
    Chosen,
    CommitRefused,
    Committed,
    Committing,
    Ended,
    EvidenceSeen,
    MachineEvent,
    PlanDropped,
    PlanFailed,
    PlanOutdated,
    PlanReady,
    RolloutSeen,
    TimedOut,
    UndoAsked,
)
from console.playbooks.machine import replay
from console.playbooks.state import NotNow, Phase, RunState, deadline
from tests.playbooks.follower import FINE, PLAYBOOK, SLOW, STARTED, Follower, plan

numbers = st.sampled_from([None, 0.0, 0.2, 0.6, 2.0, 4.0, 8.0])
evidence = st.one_of(st.sampled_from([SLOW, FINE]), st.fixed_dictionaries(dict.fromkeys(SLOW, numbers)))
steps = st.sampled_from([step.id for step in PLAYBOOK.steps])
hints = st.sampled_from(["see", "choose", "plan", "commit", "committed", "rollout", "other"])
EXPECTED = {
    Phase.GUARDING: "see",
    Phase.PLANNING: "plan",
    Phase.PLANNED: "commit",
    Phase.HELD: "choose",
    Phase.COMMITTING: "committed",
    Phase.ROLLING_OUT: "rollout",
    Phase.VERIFYING: "see",
}


def draw_event(data: st.DataObject, state: RunState, at: float) -> MachineEvent:
    """Return an event that may or may not fit: mostly for the active step, sometimes for any."""
    undo = data.draw(st.sampled_from([False, False, True]))
    attempt = state.undo if undo else state.attempt
    active = attempt.step if attempt is not None else state.active or "note"
    step = active if data.draw(st.integers(0, 9)) else data.draw(steps)
    shown = attempt.plan if attempt is not None and attempt.plan is not None else plan(8)
    outcome = data.draw(st.sampled_from([Outcome.APPLIED, Outcome.UNKNOWN, Outcome.NOT_APPLIED]))
    failed = data.draw(st.sampled_from([None, None, "no room"]))
    done = data.draw(st.sampled_from([True, False, None]))
    made: dict[str, Any] = {
        "see": lambda: EvidenceSeen(at=at, values=data.draw(evidence), fresh_for=45.0),
        "choose": lambda: Chosen(at=at, step=step, key=data.draw(st.sampled_from("sedrxq"))),
        "plan": lambda: PlanReady(at=at, step=step, plan=plan(data.draw(st.integers(4, 9))), undo=undo),
        "commit": lambda: Committing(at=at, step=step, plan_hash=shown.hash, undo=undo),
        "committed": lambda: Committed(at=at, step=step, commitment=Commitment(outcome, "told", at), undo=undo),
        "rollout": lambda: RolloutSeen(at=at, step=step, done=done, failed=failed, text="told", undo=undo),
        "other": lambda: data.draw(
            st.sampled_from(
                [
                    TimedOut(at=at, step=step, undo=undo),
                    UndoAsked(at=at, step=step),
                    PlanFailed(at=at, step=step, reason="refused", undo=undo),
                    PlanDropped(at=at, step=step, undo=undo),
                    PlanOutdated(at=at, step=step, plan_hash=shown.hash, undo=undo),
                    CommitRefused(at=at, step=step, reason="busy", undo=undo),
                    Ended(at=at),
                    STARTED,
                ]
            )
        ),
    }
    waits_for = EXPECTED[attempt.phase] if attempt is not None else "choose" if active in ("pick", "note") else "see"
    event: MachineEvent = made[waits_for if data.draw(st.integers(0, 3)) else data.draw(hints)]()
    return event


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_run_is_explained_by_its_events(data: st.DataObject) -> None:
    follower = Follower()
    start = data.draw(st.sampled_from(["at the beginning", "after the commit", "before the undo"]))
    if start != "at the beginning":
        follower.commit(1000.0)
    if start == "before the undo":
        follower.take(UndoAsked(at=1000.0, step="scale"))
    at = 1000.0
    for _ in range(data.draw(st.integers(1, 30))):
        at += data.draw(st.sampled_from([1.0, 15.0, 40.0, 120.0]))
        before, event = follower.state, draw_event(data, follower.state, at)
        try:
            after = follower.take(event)
        except NotNow:
            assert follower.state is before
            continue
        newly_verified = [sent for sent in after.sent if sent.outcome is Outcome.VERIFIED]
        if newly_verified and not any(sent.outcome is Outcome.VERIFIED for sent in before.sent):
            assert isinstance(event, EvidenceSeen)
            seen = event.values
            assert seen["p99"] is not None
            assert seen["p99.objective"] is not None
            assert seen["p99"] < seen["p99.objective"]
        until = deadline(PLAYBOOK, after)
        assert until is None or until > after.started.at
    assert_explained(follower)
    assert_sent_once(follower.events)


def assert_explained(follower: Follower) -> None:
    """Assert that the events, as a journal keeps them, give the very state; and that at most one step is active."""
    journalled = msgspec.json.decode(msgspec.json.encode(follower.events), type=list[MachineEvent])
    assert replay(PLAYBOOK, tuple(journalled)) == follower.state
    active = [step for step, record in follower.state.records.items() if record.state is StepState.ACTIVE]
    assert active == ([] if follower.state.ended is not None else [follower.state.active])


def assert_sent_once(events: list[MachineEvent]) -> None:
    """Assert that no action was sent twice, and an undo only after the one before it was seen to end without effect."""
    sent = [event for event in events if isinstance(event, Committed)]
    effective = [event for event in sent if event.commitment.outcome is not Outcome.NOT_APPLIED]
    assert len([event for event in effective if not event.undo]) <= 1
    ends = [
        isinstance(event, TimedOut) or event.failed is not None
        for event in events
        if isinstance(event, TimedOut | RolloutSeen) and event.undo
    ]
    assert len([event for event in effective if event.undo]) <= 1 + sum(ends)
    commits = sum(isinstance(event, Committing) for event in events)
    answers = sum(isinstance(event, Committed | CommitRefused) for event in events)
    assert 0 <= commits - answers <= 2


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([None, 0.2, 2.0]), min_size=1, max_size=30))
def test_only_unbroken_known_recovery_verifies(seen: list[float | None]) -> None:
    follower = Follower()
    follower.commit(1000.0)
    follower.roll_out(1000.0)
    at, lasting = 1000.0, 0
    for p99 in seen:
        at += 10.0
        lasting = lasting + 1 if p99 == 0.2 else 0
        state = follower.see(at, {**SLOW, "p99": p99})
        if state.sent[0].outcome is Outcome.VERIFIED:
            assert lasting >= 4  # 30 s between the first and the last of four looks
            return
        assert lasting < 4
