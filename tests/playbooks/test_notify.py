"""Steps that tell people: the message to copy, and what a person says came of it."""

import pytest

from console.domain.run import StepState
from console.playbooks.choices import choices
from console.playbooks.events import Chosen, TimedOut
from console.playbooks.state import RunState
from tests.playbooks.follower import PLAYBOOK, SLOW, Follower


def at_the_step() -> Follower:
    follower = Follower()
    follower.commit(1000.0)
    follower.roll_out(1010.0)
    for at in (1030.0, 1060.0, 1075.0):
        follower.see(at, {**SLOW, "p99": 0.2})
    assert follower.state.active == "hold"
    follower.see(1680.0, SLOW)
    follower.take(TimedOut(at=1700.0, step="hold"))
    assert follower.state.active == "tell"
    return follower


def told(state: RunState) -> tuple[StepState, str, str]:
    record = state.records["tell"]
    return record.state, record.title, record.note


@pytest.mark.parametrize(
    ("key", "state", "note"), [("d", StepState.DONE, "sent"), ("x", StepState.SKIPPED, "not sent")]
)
def test_a_person_says_whether_the_message_was_sent(key: str, state: StepState, note: str) -> None:
    follower = at_the_step()
    assert [(choice.key, choice.label) for choice in choices(PLAYBOOK, follower.state)] == [
        ("d", "sent"),
        ("x", "not sent"),
    ]
    follower.take(Chosen(at=1701.0, step="tell", key=key))
    assert told(follower.state) == (state, "tell ml-serving", note)
    assert follower.state.active == "note"
