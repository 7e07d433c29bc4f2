import msgspec

from console.domain.action import Outcome
from console.journal.events import Event, Verification
from console.journal.intents import (
    last_intent_id,
    outcomes_of,
    recent_intents,
    recorded_outcome,
    unfinished_intents,
)
from tests.journal.samples import ANN, REFERENCE, intent, outcome, scale_plan


def newest_word(events: tuple[Event, ...], intent_id: str) -> Outcome:
    return outcomes_of(events, [intent_id])[intent_id]


def test_an_intent_without_an_outcome_is_unfinished() -> None:
    events: tuple[Event, ...] = (intent("i1"), outcome("i1"), intent("i2", at=200.0))
    assert unfinished_intents(events) == (intent("i2", at=200.0),)


def test_an_intent_of_unknown_outcome_stays_unfinished_until_somebody_knows() -> None:
    unknown = outcome("i1", what=Outcome.UNKNOWN)
    assert unfinished_intents((intent("i1"), unknown)) == (intent("i1"),)
    assert unfinished_intents((intent("i1"), unknown, outcome("i1", what=Outcome.NOT_APPLIED))) == ()


def test_the_outcome_on_record_is_the_newest() -> None:
    assert recorded_outcome((intent("i1"),), "i1") is None
    later = outcome("i1", at=200.0, what=Outcome.NOT_APPLIED)
    events = (intent("i1"), outcome("i1", what=Outcome.UNKNOWN), later, outcome("i2"))
    assert recorded_outcome(events, "i1") == later


def test_a_later_word_replaces_an_earlier_one() -> None:
    verified = Verification(at=9.0, who=ANN, intent_id="i1", run_id="7f3", outcome=Outcome.VERIFIED, detail="")
    assert newest_word((intent(),), "i1") is Outcome.UNKNOWN
    assert (
        newest_word((intent(), outcome(what=Outcome.UNKNOWN), outcome(what=Outcome.APPLIED)), "i1") is Outcome.APPLIED
    )
    assert newest_word((intent(), outcome(), verified, outcome("i2", what=Outcome.WORSE)), "i1") is Outcome.VERIFIED


def test_the_last_intent_of_a_plan_is_the_newest_of_the_run_with_its_hash() -> None:
    other = scale_plan(6, 3)
    elsewhere = msgspec.structs.replace(REFERENCE, run_id="another run")
    events = (
        intent("i1", 1.0),
        intent("i2", 2.0),
        intent("i3", 3.0, other),
        msgspec.structs.replace(intent("i4", 4.0), reference=elsewhere),
    )
    assert last_intent_id(events, scale_plan().hash, "7f3") == "i2"
    assert last_intent_id(events, scale_plan().hash, "another run") == "i4"
    assert last_intent_id(events, "none of them", "7f3") is None


def test_recent_intents_are_those_of_the_target_newest_first() -> None:
    events = (intent("i1", 10.0), intent("i2", 20.0), outcome("i2"), intent("i3", 30.0))
    assert [event.intent_id for event in recent_intents(events, "uid-1", since=20.0)] == ["i3", "i2"]
    assert recent_intents(events, "uid-2", since=0.0) == ()
