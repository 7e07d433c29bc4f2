"""Consoles in processes of their own race for one lock: in each race exactly one gets it."""

from pathlib import Path

import pytest

from console.journal.file_journal import FileJournal
from tests.journal.racing import intents_of, race
from tests.journal.team import shared_journal
from tests.services import Servers

RACES = 50


@pytest.mark.parametrize("kind", ["file", "postgresql"])
def test_each_race_has_exactly_one_winner_and_one_intent(kind: str, servers: Servers, tmp_path: Path) -> None:
    url = servers.postgresql().url if kind == "postgresql" else None
    result = race(url, tmp_path, RACES)
    assert result.winners == (1,) * RACES
    assert len(result.told) == RACES
    assert set(result.told) <= {"ann", "bob", "somebody"}
    journal = shared_journal(url, tmp_path / "looking") if url else FileJournal(tmp_path)
    assert sorted(intents_of(journal), key=int) == [str(number) for number in range(RACES)]
    assert journal.load().problems == ()
    journal.close()
