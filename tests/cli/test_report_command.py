"""`report` on a journal as a console leaves it."""

import json
import time
from pathlib import Path

import pytest

from console.cli import main
from console.headless.exit_codes import ExitCode
from console.journal.events import Event
from console.journal.file_journal import FileJournal
from console.journal.incident_events import Course, IncidentClosed, Noted
from tests.journal.incident_samples import ANN, ID, ONSET, RECOVERED, night


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileJournal:
    """The journal of the sample night, in the state directory of whoever runs the command."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "incident-console").mkdir()
    made = FileJournal(tmp_path / "incident-console")
    for event in night():
        made.append(event, durable=False)
    return made


Capture = pytest.CaptureFixture[str]


def test_the_last_incident_as_markdown(journal: FileJournal, capsys: Capture) -> None:
    assert main(["report"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith("# fraud: p99 latency and errors, for 31 min\n")
    assert err == ""


def test_json_and_html_of_a_model(journal: FileJournal, capsys: Capture) -> None:
    assert main(["report", "fraud", "--format", "json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["schema"], told["incident"]["id"]) == ("incident-console/report/1", ID)
    assert main(["report", "fraud@2026-11-22", "--format", "html"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("<!doctype html>\n")


def test_lists_and_the_change_of_shift(journal: FileJournal, capsys: Capture) -> None:
    assert main(["report", "--list"]) == ExitCode.OK
    assert capsys.readouterr().out.split()[0] == ID
    assert main(["report", "--list", "--format", "json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["incidents"][0]["id"] == ID
    assert main(["report", "--handoff", "--since", "520w"]) == ExitCode.OK
    assert "| fraud |" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(Noted(at=1.7e12, who=ANN, text="in milliseconds", incident_id=ID), id="year-55840"),
        pytest.param(Noted(at=-1e300, who=ANN, text="long ago", incident_id=ID), id="before-time"),
        pytest.param(IncidentClosed(at=ONSET, who=ANN, incident_id=ID, recovered=1e300), id="never"),
        pytest.param(
            IncidentClosed(
                at=RECOVERED,
                who=ANN,
                incident_id=ID,
                recovered=RECOVERED,
                courses=(Course("latency_p99", "s", ONSET, 0.0, (1.0, 2.0)),),
            ),
            id="no-spacing",
        ),
    ],
)
def test_a_line_that_makes_no_sense_is_left_out_and_counted(journal: FileJournal, capsys: Capture, line: Event) -> None:
    journal.append(line, durable=False)
    for arguments in (["fraud"], ["--list"], ["--handoff"]):
        assert main(["report", *arguments]) == ExitCode.OK
        out, err = capsys.readouterr()
        assert "fraud" in out or arguments == ["--handoff"]
        assert "lines of the journal that this version does not understand were left out: 1" in err
    assert main(["journal", "show"]) == ExitCode.OK
    assert "not known to this version" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["frauds"], "no incident is 'frauds'; nearest: fraud"),
        (["--list", "--handoff"], "report prints one of INCIDENT, --list and --handoff; leave --handoff out"),
        (["fraud", "--list"], "report prints one of INCIDENT, --list and --handoff; leave --list out"),
        (["--since", "8h"], "--since is how long a shift was; it goes with --handoff"),
        (["--handoff", "--format", "json"], "--handoff is Markdown only; leave --format json out"),
        (["--list", "--format", "html"], "--list is lines or --format json; leave --format html out"),
        (["--at", "1h"], "summary --at TIME"),
    ],
)
def test_wrong_usage_is_one_line(journal: FileJournal, arguments: list[str], told: str, capsys: Capture) -> None:
    assert main(["report", *arguments]) == ExitCode.WRONG_USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err
    assert err.count("\n") == 1


def test_without_a_journal_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert main(["report"]) == ExitCode.WRONG_USAGE
    assert capsys.readouterr().err == "incident-console: the journal holds no incident yet\n"
    assert main(["report", "--list"]) == ExitCode.OK
    assert main(["report", "--handoff"]) == ExitCode.OK
    assert not (tmp_path / "state").exists()


def test_a_torn_line_is_told_and_passed_over(journal: FileJournal, capsys: Capture) -> None:
    with journal.path.open("ab") as file:
        file.write(b'{"kind":"noted","at":')
    assert main(["report"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out.startswith("# fraud")
    assert f"journal.jsonl:{len(night()) + 1}: torn" in err


def test_a_journal_that_cannot_be_read_is_unreachable(journal: FileJournal, capsys: Capture) -> None:
    journal.path.unlink()
    journal.path.mkdir()
    assert main(["report"]) == ExitCode.SOURCE_UNREACHABLE
    assert "the journal cannot be read" in capsys.readouterr().err


def test_a_large_journal_takes_a_small_part_of_what_reading_it_takes(tmp_path: Path) -> None:
    """Folding is no more than reading: a report of years is as quick as the disk and the decoder allow."""
    from console.headless.report.tell import tell_incident
    from console.journal.incidents import Incidents

    made = FileJournal(tmp_path)
    content = b""
    for event in night():
        made.append(event, durable=False)
    content = made.path.read_bytes() * 400
    made.path.write_bytes(content)
    began = time.process_time()
    events = made.read()
    read = time.process_time() - began
    incidents = Incidents(events)
    tell_incident(tuple(incidents)[-1], incidents, events, time.time())
    assert time.process_time() - began < 3 * read + 0.1
