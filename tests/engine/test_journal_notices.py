from console.engine.journal_notices import journal_notices
from console.journal.journal import Condition


def test_a_journal_that_is_well_is_not_told() -> None:
    assert journal_notices(Condition()) == ()


def test_a_shared_journal_out_of_reach_is_told_in_words_that_do_not_change_with_every_refresh() -> None:
    (told,) = journal_notices(Condition("postgresql://host/db: no answer\x1b within 5 s", 1_763_781_660.0, waiting=1))
    assert told == (
        "the shared journal is out of reach since 03:21:00 UTC: postgresql://host/db: no answer␛ within 5 s;"
        " what is written is kept here until it is back, and nothing can be committed"
    )
    assert journal_notices(Condition("postgresql://host/db: no answer\x1b within 5 s", 1_763_781_660.0, 2)) == (told,)


def test_conflicts_are_told_one_line_each() -> None:
    assert journal_notices(Condition(conflicts=("a and b both advanced run 7f3",))) == (
        "conflict: a and b both advanced run 7f3",
    )


def test_a_clock_that_counts_cooldowns_wrongly_is_told() -> None:
    assert journal_notices(Condition(clock_ahead=4.0)) == journal_notices(Condition(clock_ahead=-4.0)) == ()
    ahead, behind = (journal_notices(Condition(clock_ahead=seconds)) for seconds in (240.0, -240.0))
    wrong = "cooldowns, limits and approvals are counted wrongly until it is set"
    assert ahead == (f"the clock of this machine is 4 min ahead of that of the shared journal: {wrong}",)
    assert behind == (f"the clock of this machine is 4 min behind that of the shared journal: {wrong}",)
