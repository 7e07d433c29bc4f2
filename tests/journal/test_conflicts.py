"""What two consoles did at once to the same thing is told; what one did knowing of the other is not."""

import itertools

import msgspec
import pytest

from console.journal.chain import Link
from console.journal.contents import Entry
from console.journal.events import Event, RunLine
from console.journal.incident_events import Acknowledged, Noted
from console.journal.postgresql.conflicts import TOLD_SECONDS, Conflicts
from console.journal.who import Who
from tests.journal.samples import ANN, intent, scale_plan

BO = Who("bo", "laptop")


def chosen(who: Who, name: str = "chosen") -> RunLine:
    return RunLine(at=60.0, who=who, run_id="7f3", name=name)


def acknowledged(who: Who) -> Acknowledged:
    return Acknowledged(at=60.0, who=who, incident_id="fraud@x")


def told(*lines: tuple[str, int, Event]) -> tuple[str, ...]:
    """Return the conflicts of lines in the order of the journal: (writer, how much it had seen, event)."""
    conflicts = Conflicts()
    conflicts.take(
        Entry(event, Link("", writer, number, seen), number) for number, (writer, seen, event) in enumerate(lines, 1)
    )
    return conflicts.told


@pytest.mark.parametrize(
    ("ann", "bo", "sentence"),
    [
        (chosen(ANN), chosen(BO), "both advanced run 7f3"),
        (acknowledged(ANN), acknowledged(BO), "both acknowledged fraud@x"),
        (intent("i1", 60.0), intent("i2", 60.0), "both acted on ml/fraud in prod-eu"),
    ],
)
def test_what_was_done_unseen_is_told(ann: Event, bo: Event, sentence: str) -> None:
    (found,) = told(("a", 0, ann), ("b", 0, bo))
    assert sentence in found
    assert found.endswith("without seeing each other")
    assert told(("a", 0, ann), ("b", 1, bo)) == ()
    assert told(("a", 0, ann), ("a", 0, ann)) == ()


def test_a_pair_of_consoles_is_told_once_for_a_thing() -> None:
    assert len(told(("a", 0, chosen(ANN)), ("b", 0, chosen(BO)), ("b", 0, chosen(BO)), ("a", 1, chosen(ANN)))) == 1


def test_what_nobody_did_is_no_conflict() -> None:
    assert told(("a", 0, chosen(ANN, "evidence")), ("b", 0, chosen(BO, "evidence"))) == ()
    noted = Noted(at=1.0, who=ANN, text="x", incident_id="fraud@x")
    assert told(("a", 0, noted), ("b", 0, noted)) == ()


def test_only_what_was_unseen_counts_of_a_console_that_had_seen_the_rest() -> None:
    assert told(("a", 0, chosen(ANN)), ("a", 0, chosen(ANN)), ("b", 1, chosen(BO))) != ()
    assert told(("a", 0, chosen(ANN)), ("a", 0, chosen(ANN)), ("b", 2, chosen(BO))) == ()


def test_what_is_longer_ago_than_a_week_is_not_told_with_every_start() -> None:
    for now, is_told in ((60.0 + TOLD_SECONDS, True), (61.0 + TOLD_SECONDS, False)):
        conflicts = Conflicts(itertools.repeat(now).__next__)
        conflicts.take(Entry(chosen(who), Link("", who.user, 1, 0), number) for number, who in ((1, ANN), (2, BO)))
        assert bool(conflicts.told) is is_told


def test_namesakes_in_two_clusters_are_two_targets() -> None:
    plan = scale_plan()
    elsewhere = msgspec.structs.replace(plan, target=msgspec.structs.replace(plan.target, context="prod-us"))
    assert told(("a", 0, intent("i1", plan=plan)), ("b", 0, intent("i2", plan=elsewhere))) == ()


def test_words_from_outside_cannot_steer_the_terminal() -> None:
    hostile = Acknowledged(at=60.0, who=Who("b\x1b[2J", "h"), incident_id="x\r\x07")
    (found,) = told(("a", 0, acknowledged(ANN)), ("b", 0, acknowledged(BO)))
    assert found.isprintable()
    (found,) = told(("a", 0, hostile), ("b", 0, hostile))
    assert found.isprintable()
