"""`journal show` and `journal verify`, as a person calls them."""

import json
from pathlib import Path

import msgspec
import pytest

from console.cli import main
from console.headless.exit_codes import ExitCode
from console.journal.events import RunLine
from console.journal.file_journal import FileJournal
from console.journal.incident_events import Acknowledged, Noted
from tests.journal.cut_network import CutNetwork
from tests.journal.samples import ANN, REFERENCE, intent, outcome
from tests.journal.team import shared_journal
from tests.services import Servers
from tests.services.postgresql import PASSWORD

INCIDENT = "fraud@2026-11-22T03:08:15Z"


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A configuration with a journal of two runs, of which one is for an incident."""
    state = tmp_path / "state"
    state.mkdir()
    journal = FileJournal(state)
    journal.append(Acknowledged(at=90.0, who=ANN, incident_id=INCIDENT))
    journal.append(RunLine(at=95.0, who=ANN, run_id="7f3", name="started", payload={"incident_id": INCIDENT}))
    journal.append(intent())
    journal.append(outcome())
    elsewhere = msgspec.structs.replace(REFERENCE, run_id="8a1", incident_id=None)
    journal.append(msgspec.structs.replace(intent("i2", 200.0), reference=elsewhere))
    journal.append(Noted(at=300.0, who=ANN, text="ask \x1b[2J the platform team", run_id="8a1", follow_up=True))
    path = tmp_path / "config.yaml"
    path.write_text(f"state_directory: {state}\n")
    return path


def journal_of(configured: Path) -> FileJournal:
    return FileJournal(configured.parent / "state")


def test_every_line_is_told_with_time_person_and_kind(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "show", "--config", str(configured)]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()
    plan, title = intent().plan_hash, "Scale fraud from 3 to 6"
    assert lines == [
        f"1970-01-01 00:01:30  ann@bastion       acknowledged     {INCIDENT}",
        "1970-01-01 00:01:35  ann@bastion       run              7f3 started",
        f"1970-01-01 00:01:41  ann@bastion       intent           {title} (plan {plan}, run 7f3 of scale-out, i1)",
        "1970-01-01 00:01:42  ann@bastion       outcome          applied: replicas are 6 (i1)",
        f"1970-01-01 00:03:20  ann@bastion       intent           {title} (plan {plan}, run 8a1 of scale-out, i2)",
        "1970-01-01 00:05:00  ann@bastion       noted            run 8a1: ask ␛[2J the platform team (follow up)",
    ]


@pytest.mark.parametrize(
    ("chosen", "kinds"),
    [
        (["--incident", INCIDENT], ["acknowledged", "run", "intent", "outcome"]),
        (["--run", "8a1"], ["intent", "noted"]),
        (["--since", "1970-01-01T00:02:00Z"], ["intent", "noted"]),
        (["--run", "7f3", "--since", "1970-01-01T00:01:42Z"], ["outcome"]),
        (["--run", "nobody"], []),
    ],
)
def test_lines_are_chosen(
    configured: Path, capsys: pytest.CaptureFixture[str], chosen: list[str], kinds: list[str]
) -> None:
    assert main(["journal", "show", "--config", str(configured), "--format", "json", *chosen]) == ExitCode.OK
    assert [json.loads(line)["kind"] for line in capsys.readouterr().out.splitlines()] == kinds


def test_an_unbroken_chain_is_told(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "verify", "--config", str(configured)]) == ExitCode.OK
    assert capsys.readouterr().out == f"{journal_of(configured).path}: 6 lines, unbroken\n"


def test_a_line_that_was_changed_is_named(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = journal_of(configured).path
    path.write_bytes(path.read_bytes().replace(b"replicas are 6", b"replicas are 9"))
    assert main(["journal", "verify", "--config", str(configured)]) == ExitCode.WARNING
    assert capsys.readouterr().out.splitlines() == [
        f"{path}:5: does not follow the line before it: a line was changed or removed",
        f"{path}: 6 lines, broken",
    ]


def test_a_line_that_a_crash_cut_off_is_told_and_no_failure(
    configured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = journal_of(configured).path
    path.write_bytes(path.read_bytes()[:-30])
    assert main(["journal", "verify", "--config", str(configured)]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        f"{path}:6: torn: the write was cut off, by a crash or a full disk",
        f"{path}: 5 lines, unbroken",
    ]


def test_no_journal_is_made_to_look_at_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"state_directory: {tmp_path / 'none'}\n")
    assert main(["journal", "verify", "--config", str(path)]) == ExitCode.OK
    assert main(["journal", "show", "--config", str(path)]) == ExitCode.OK
    assert capsys.readouterr().out == "the journal is empty\n"
    assert not (tmp_path / "none").exists()


def test_a_shared_journal_is_shown_and_verified(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers.postgresql()
    with CutNetwork(server.address) as network:
        ann = shared_journal(server.url.replace(server.address, network.address), tmp_path / "state")
        ann.append(intent())
        network.cut()
        ann.append(outcome())
        ann.close()
    path = tmp_path / "config.yaml"
    path.write_text(
        f"state_directory: {tmp_path / 'state'}\n"
        f"journal: {{postgresql: '{server.url}', password: {{env: JOURNAL_PASSWORD}}}}\n"
    )
    monkeypatch.setenv("JOURNAL_PASSWORD", PASSWORD)
    assert main(["journal", "verify", "--config", str(path)]) == ExitCode.OK
    told = capsys.readouterr().out
    assert told.startswith("ann@bastion-")
    assert told.endswith(": 2 lines, unbroken, 1 of them on this machine only\n")
    assert main(["journal", "show", "--config", str(path)]) == ExitCode.OK
    assert len(capsys.readouterr().out.splitlines()) == 2
    server.kill()
    assert main(["journal", "verify", "--config", str(path)]) == ExitCode.SOURCE_UNREACHABLE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "the journal cannot be read: postgresql://" in captured.err
    assert PASSWORD not in captured.err


def test_the_sql_of_a_shared_journal_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "schema"]) == ExitCode.OK
    assert "CREATE SCHEMA incident_console;" in capsys.readouterr().out


def test_config_check_tells_where_the_journal_is_and_makes_nothing(
    servers: Servers, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = servers.postgresql()
    monkeypatch.setenv("JOURNAL_PASSWORD", PASSWORD)
    path = tmp_path / "config.yaml"
    there = f"state_directory: {tmp_path / 'state'}\npredictions: 'duckdb://{tmp_path}/none.csv'\n"
    path.write_text(there)

    def told() -> str:
        main(["config", "check", "--config", str(path)])
        return next(line for line in capsys.readouterr().out.splitlines() if line.startswith("journal"))

    assert told() == f"journal        a file: {tmp_path / 'state' / 'journal.jsonl'}"
    path.write_text(f"{there}journal: {{postgresql: '{server.url}', password: {{env: JOURNAL_PASSWORD}}}}\n")
    address = server.url.replace("ops@", "")
    missing = "there is no journal yet; the first screen that uses it makes the tables"
    assert told() == f"journal        shared, {address}: {missing}"
    assert main(["journal", "show", "--config", str(path)]) == ExitCode.OK
    assert capsys.readouterr().out == ""
    ann = shared_journal(server.url, tmp_path / "ann")
    ann.append(intent())
    ann.close()
    assert told() == "journal        shared, answers: 1 line"
    assert not (tmp_path / "state").exists()
