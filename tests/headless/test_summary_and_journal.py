"""Who takes care of an incident, as a cold summary reads it from the journal; nothing is written for it."""

from pathlib import Path

import msgspec
import pytest

from console.domain.anomaly import Incident
from console.domain.snapshot import Snapshot
from console.headless.commands.said import with_the_journal
from console.headless.summary.json_document import summary_json
from console.headless.summary.markdown import summary_markdown
from console.headless.summary.text import summary_text
from console.journal.file_journal import FILE_NAME, FileJournal
from console.journal.incident_events import Acknowledged, IncidentOpened, Noted
from console.journal.who import Who
from console.settings.settings import ServerSettings, Settings
from tests.headless.fleets import AT, PROMETHEUS, fraud, healthy

ANN = Who("ann", "bastion")
Capture = pytest.CaptureFixture[str]


def incident() -> Incident:
    found = fraud().incident
    assert found is not None
    return found


def settings(directory: Path) -> Settings:
    server = ServerSettings("prometheus", urls=("http://127.0.0.1:1",))
    return Settings(prometheus=server, state_directory=str(directory))


@pytest.fixture
def journal(tmp_path: Path) -> FileJournal:
    """A journal in which `fraud` broke, was acknowledged a minute ago and noted about just now."""
    made, seen = FileJournal(tmp_path), incident()
    made.append(
        IncidentOpened(
            at=seen.onset + 60,
            who=ANN,
            incident_id=seen.id,
            model_id="fraud",
            model_name="fraud",
            onset=seen.onset,
            anomalies=seen.anomalies,
        )
    )
    made.append(Acknowledged(at=AT - 60, who=ANN, incident_id=seen.id))
    made.append(Noted(at=AT - 10, who=ANN, text="feature store\x1b[2J is slow", incident_id=seen.id, follow_up=True))
    return made


def fleet(at: float = AT) -> Snapshot:
    return Snapshot(at, (PROMETHEUS,), (fraud(), healthy("ads")))


def test_every_format_tells_who_takes_care(journal: FileJournal) -> None:
    told = with_the_journal(fleet(), settings(journal.path.parent))
    assert "; ann@bastion takes care since 03:19:14 UTC  -> " in summary_text(told)
    assert "follow-up, 03:20:04 UTC ann@bastion: feature store␛[2J is slow\n" in summary_text(told, details=True)
    assert "ann\\@bastion takes care since 03:19:14 UTC" in summary_markdown(told)
    models = msgspec.json.decode(summary_json(told))["models"]
    assert models[0]["acknowledged"] == {"by": "ann@bastion", "at": "2026-11-22T03:19:14Z"}
    assert [note["text"] for note in models[0]["notes"]] == ["feature store\x1b[2J is slow"]
    assert (models[1]["acknowledged"], models[1]["notes"]) == (None, [])


def test_the_past_tells_what_was_said_by_then(journal: FileJournal) -> None:
    told = with_the_journal(fleet(AT - 30), settings(journal.path.parent)).models[0]
    assert told.acknowledged is not None
    assert told.notes == ()
    assert with_the_journal(fleet(AT - 90), settings(journal.path.parent)).models[0].acknowledged is None


def test_where_nothing_is_wrong_no_journal_is_looked_at(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / FILE_NAME).mkdir()
    well = Snapshot(AT, (PROMETHEUS,), (healthy("ads"),))
    assert with_the_journal(well, settings(tmp_path)) is well
    assert capsys.readouterr().err == ""


def test_a_journal_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    snapshot = fleet()
    assert with_the_journal(snapshot, settings(tmp_path / "state")) is snapshot
    assert not (tmp_path / "state").exists()


def test_a_journal_that_cannot_be_read_is_one_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / FILE_NAME).mkdir()
    snapshot = fleet()
    assert with_the_journal(snapshot, settings(tmp_path)) is snapshot
    assert "the journal cannot be read, who takes care is not told" in capsys.readouterr().err


def test_reading_changes_nothing(journal: FileJournal) -> None:
    before = journal.path.read_bytes(), journal.path.stat().st_mtime_ns
    with_the_journal(fleet(), settings(journal.path.parent))
    assert (journal.path.read_bytes(), journal.path.stat().st_mtime_ns) == before
    assert [path.name for path in journal.path.parent.iterdir()] == [FILE_NAME]
