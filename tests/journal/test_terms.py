import msgspec
import pytest

from console.domain.action import Outcome
from console.journal.events import Approved, Event, Intent
from console.journal.terms import (
    NO_TERMS,
    Terms,
    actions_within,
    approvals_of,
    cooldown_until,
    why_not_approved,
    why_not_now,
)
from console.journal.who import Who
from tests.journal.samples import REFERENCE, intent, outcome, scale_plan

TARGET = scale_plan().target
NEXT_RUN = msgspec.structs.replace(REFERENCE, run_id="8a1")
BO, CY = Who("bo", "bastion"), Who("cy", "laptop")


def approved(who: Who, at: float = 50.0, plan_hash: str = "abc", run_id: str = "7f3") -> Approved:
    return Approved(at=at, who=who, run_id=run_id, step_id="scale", plan_hash=plan_hash)


def test_a_target_is_left_alone_after_another_run_of_the_playbook_acted_on_it() -> None:
    events = (intent("i1", 100.0), outcome("i1"))
    found = cooldown_until(events, "uid-1", NEXT_RUN, 600.0, now=400.0)
    assert found is not None
    assert (found.until, found.because.intent_id) == (700.0, "i1")
    assert cooldown_until(events, "uid-1", NEXT_RUN, 600.0, now=700.0) is None
    assert cooldown_until(events, "uid-2", NEXT_RUN, 600.0, now=400.0) is None


def test_neither_the_own_run_nor_another_playbook_has_to_wait() -> None:
    events = (intent("i1", 100.0), outcome("i1"))
    other = msgspec.structs.replace(NEXT_RUN, playbook_id="roll-back-version")
    assert cooldown_until(events, "uid-1", REFERENCE, 600.0, now=400.0) is None
    assert cooldown_until(events, "uid-1", other, 600.0, now=400.0) is None


@pytest.mark.parametrize(
    ("events", "counts"),
    [
        ((intent("i1", 100.0),), True),
        ((intent("i1", 100.0), outcome("i1", what=Outcome.UNKNOWN)), True),
        ((intent("i1", 100.0), outcome("i1", what=Outcome.NOT_APPLIED)), False),
        ((intent("i1", 100.0), outcome("i1"), outcome("i2", what=Outcome.NOT_APPLIED)), True),
        ((intent("i1", 100.0, msgspec.structs.replace(scale_plan(), undoes="abc")), outcome("i1")), False),
    ],
)
def test_what_may_have_been_applied_counts_and_an_undo_does_not(events: tuple[Event, ...], counts: bool) -> None:
    assert bool(actions_within(events, "uid-1", "scale-out", 0.0)) is counts
    assert (cooldown_until(events, "uid-1", NEXT_RUN, 600.0, now=400.0) is not None) is counts


def test_a_playbook_acts_on_a_target_so_often_and_no_oftener() -> None:
    terms = Terms(most_actions=2, within=3600.0)
    sent: tuple[Intent, ...] = (intent("i1", 100.0),)
    assert why_not_now(sent, TARGET, REFERENCE, terms, now=200.0) == ()
    sent = (*sent, intent("i2", 300.0))
    (reason,) = why_not_now(sent, TARGET, REFERENCE, terms, now=400.0)
    assert reason == (
        "scale-out may act on ml/fraud at most 2 times within 1 h, and did: again at 01:01:40 UTC;"
        " last ann@bastion, 00:05:00 UTC: Scale fraud from 3 to 6"
    )
    assert why_not_now(sent, TARGET, REFERENCE, terms, now=3701.0) == ()


def test_who_has_to_wait_is_told_until_when_and_why() -> None:
    (reason,) = why_not_now((intent("i1", 100.0),), TARGET, NEXT_RUN, Terms(cooldown=600.0), now=200.0)
    assert reason == (
        "scale-out leaves ml/fraud alone until 00:11:40 UTC (cooldown 10 min): ann@bastion, 00:01:40 UTC:"
        " Scale fraud from 3 to 6"
    )
    assert why_not_now((intent("i1", 100.0),), TARGET, NEXT_RUN, NO_TERMS, now=200.0) == ()


def test_an_approval_is_for_one_plan_of_one_run() -> None:
    events = (approved(BO), approved(CY, plan_hash="other"), approved(CY, run_id="other"))
    assert approvals_of(events, "abc", "7f3") == (approved(BO),)


def test_a_person_counts_once_whatever_terminal_they_use() -> None:
    elsewhere = approved(Who("bo", "laptop", tty="/dev/pts/9"), at=60.0)
    assert approvals_of((approved(BO), elsewhere), "abc", "7f3") == (elsewhere,)


def test_nobody_approves_what_they_send_themselves() -> None:
    terms = Terms(approvals=1)
    own = (approved(Who("ann", "laptop")),)
    told = why_not_approved(own, "abc", "7f3", terms, "ann", now=60.0)
    assert told == "plan abc needs 1 approval by another person, has none"
    assert why_not_approved((*own, approved(BO)), "abc", "7f3", terms, "ann", now=60.0) is None
    assert why_not_approved(own, "abc", "7f3", Terms(approvals=1, sender_counts=True), "ann", now=60.0) is None
    told = why_not_approved((approved(BO),), "abc", "7f3", Terms(approvals=2), "ann", now=60.0)
    assert told == "plan abc needs 2 approvals by other people, has that of bo@bastion"


def test_an_old_approval_counts_no_more() -> None:
    terms = Terms(approvals=1, approvals_last=1800.0)
    assert why_not_approved((approved(BO, at=50.0),), "abc", "7f3", terms, "ann", now=1850.0) is None
    assert why_not_approved((approved(BO, at=50.0),), "abc", "7f3", terms, "ann", now=1851.0) is not None
