"""What the command line accepts, what it says of mistakes, and with which exit code it ends."""

from pathlib import Path

import pytest

from console import __version__
from console.cli import COMMANDS, main
from console.command_line.registry import CONSOLE

CAPTURE = pytest.CaptureFixture[str]
A_REFERENCE = "expected a URL, a duration such as 7d, or START/END such as 2026-11-01T00:00:00Z/2026-11-08T00:00:00Z"
AN_ADDRESS = "expected HOST:PORT such as 127.0.0.1:9187 or [::1]:9187"
NO_SOURCE = "no source is named; pass --prometheus URL, --predictions URL or both, or try incident-console demo"


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("INCIDENT_CONSOLE_CONFIG", raising=False)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sumary"], "unknown command 'sumary'; nearest: summary"),
        (
            ["xyz"],
            f"unknown command 'xyz'; expected one of {', '.join(command.name for command in CONSOLE.commands)}",
        ),
        (["config", "chek"], "unknown command 'chek'; nearest: check"),
        (["config"], "the following arguments are required: COMMAND; see incident-console config --help"),
        (["--promethus", "http://a"], "unknown option '--promethus'; nearest: --prometheus"),
        (["summary", "--promethus=http://a"], "unknown option '--promethus'; nearest: --prometheus"),
        (["summary", "--prom", "http://a"], "unknown option '--prom'; nearest: --prometheus"),
        (
            ["playbook", "schema", "--format", "json"],
            "unknown option '--format'; see incident-console playbook schema --help",
        ),
        (["--"], "unknown option '--'; see incident-console --help"),
        (["-v"], "unknown option '-v'; nearest: --version"),
        (["summary", "--zzz"], "unknown option '--zzz'; see incident-console summary --help"),
        (["summary", "fraud"], "unknown argument 'fraud'; see incident-console summary --help"),
        (["summary", "--format", "jsn"], "unknown value of --format 'jsn'; nearest: json"),
        (["summary", "--at"], "argument --at: expected one argument; see incident-console summary --help"),
        (["summary"], NO_SOURCE),
        (["config", "check"], NO_SOURCE),
        (
            ["summary", "--at", "5m", "--write"],
            "--at shows the past, which is always read-only; it does not go with --write",
        ),
        (
            ["--write", "summary", "--at", "5m"],
            "--at shows the past, which is always read-only; it does not go with --write",
        ),
        (["summary", "--at", "2099-01-01T00:00:00Z"], "--at: 2099-01-01T00:00:00Z is in the future"),
        (
            ["summary", "--at", "2026-01-01T00:00:00"],
            "--at: '2026-01-01T00:00:00' has no time zone; write 2026-01-01T00:00:00Z for UTC",
        ),
        (
            ["summary", "--window", "x"],
            "--window: 'x' is not a duration; expected a number and a unit, such as 30s, 15m, 1h30m or 2d",
        ),
        (["watch", "--at", "5m"], "--at: watch follows the present; for the past: incident-console summary --at TIME"),
        (["watch", "--until", "o"], "unknown value of --until 'o'; nearest: ok"),
        (
            ["watch", "--timeout", "5"],
            "--timeout: '5' is not a duration; expected a number and a unit, such as 30s, 15m, 1h30m or 2d",
        ),
        (["summary", "--prometheus", "a:9090"], "--prometheus: 'a:9090' is no URL, expected such as http://host:9090"),
        (
            ["summary", "--prometheus", "http://a", "--write"],
            "--write: no cluster is configured; name the context with --context",
        ),
        (["watch"], NO_SOURCE),
        (
            ["summary", "--predictions", "logs.parquet"],
            "--predictions: 'logs.parquet' names no engine, expected such as duckdb:///logs/*.parquet",
        ),
        (["drift"], "the following arguments are required: MODEL; see incident-console drift --help"),
        (["drift", "fraud"], NO_SOURCE),
        (["drift", "fraud", "--prometheus", "http://a"], "drift needs a store of predictions; pass --predictions URL"),
        (
            ["drift", "fraud", "--predictions", "duckdb:///logs/*.parquet", "--against", "yesterday"],
            f"--against: 'yesterday' is no reference; {A_REFERENCE}",
        ),
        (
            ["drift", "fraud", "--predictions", "duckdb:///logs/*.parquet", "--against", "1d/2099-01-01T00:00:00Z"],
            "--against: '1d/2099-01-01T00:00:00Z' ends after the window that is measured against it",
        ),
        (["exporter"], NO_SOURCE),
        (
            ["exporter", "--at", "5m"],
            "--at: exporter follows the present; for the past: incident-console summary --at TIME",
        ),
        (
            ["exporter", "--listen", "9187"],
            f"--listen: '9187' is no address; {AN_ADDRESS}",
        ),
        (
            ["exporter", "--listen", "::1:9187"],
            f"--listen: '::1:9187' is no address; {AN_ADDRESS}",
        ),
        (
            ["exporter", "--listen", "a:99999"],
            f"--listen: 'a:99999' is no address; {AN_ADDRESS}",
        ),
        (["completion", "zhs"], "unknown value of SHELL 'zhs'; nearest: zsh"),
        ([], "the screen needs a terminal; without one, use incident-console summary"),
        (["demo"], "the demo opens the screen, which needs a terminal"),
        (["summary", "\x1b[31m"], "unknown argument '␛[31m'; see incident-console summary --help"),
    ],
)
def test_wrong_usage_is_one_line_and_64(arguments: list[str], line: str, capsys: CAPTURE) -> None:
    assert main(arguments) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"incident-console: {line}\n"


def test_the_nearest_playbook_is_named(capsys: CAPTURE) -> None:
    assert main(["playbook", "show", "scale-ut"]) == 64
    assert "no playbook has the id 'scale-ut'" in (told := capsys.readouterr().err)
    assert told.endswith("; nearest: scale-out\n")


def test_bad_configuration_is_a_line_each_and_78(tmp_path: Path, capsys: CAPTURE) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("refresh: 5\nwindw: 1h\n")
    assert main(["summary", "--config", str(path)]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line.split(": ")[1] for line in captured.err.splitlines()] == [f"{path}:1:10", f"{path}:2:1"]


def test_a_configuration_without_a_source_says_what_to_write_there(tmp_path: Path, capsys: CAPTURE) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("refresh: 5s\n")
    assert main(["summary", "--config", str(path)]) == 78
    advice = "write prometheus: {urls: [URL]} or predictions: URL there, or pass one as a flag"
    expected = f"no source is named; {advice}"
    assert capsys.readouterr().err == f"incident-console: {path}: {expected}\n"


@pytest.mark.parametrize("arguments", [["--prometheus", "http://127.0.0.1:1"], ["demo"]])
@pytest.mark.parametrize("name", ["dumb", "unknown"])
def test_a_terminal_that_shows_no_screen_is_refused_with_what_works_there(
    arguments: list[str], name: str, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", name)
    assert main(arguments) == 64
    advice = "use incident-console summary, or incident-console watch to stay"
    assert capsys.readouterr().err == f"incident-console: TERM={name} shows no screen; {advice}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "prometheus: {urls: ['http://127.0.0.1:1'], bearer: {env: ABSENT_TOKEN}}",
            "environment variable ABSENT_TOKEN is not set",
        ),
        ("prometheus: {urls: ['http://127.0.0.1:1']}\npresets: [absent.yaml]", "absent.yaml: cannot be read"),
        ("prometheus: {urls: ['http://127.0.0.1:1/?x=y']}", "must not hold a query or a fragment"),
    ],
)
def test_what_the_configuration_points_to_must_be_usable(tmp_path: Path, text: str, told: str, capsys: CAPTURE) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    assert main(["summary", "--config", str(path)]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert told in captured.err
    assert captured.err.count("\n") == 1


def test_a_secret_is_in_no_message(tmp_path: Path, capsys: CAPTURE, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "canary-4711")
    path = tmp_path / "config.yaml"
    path.write_text(
        "prometheus: {urls: ['http://user:canary-4712@127.0.0.1:1'], bearer: {env: TOKEN}, headers: {X: {env: TOKEN}}}"
    )
    for command in (["summary"], ["summary", "--format", "json"], ["config", "check"]):
        main([*command, "--config", str(path)])
        captured = capsys.readouterr()
        assert "canary" not in captured.out + captured.err


def test_a_source_that_is_down_is_unknown_to_summary_and_69_to_config_check(capsys: CAPTURE) -> None:
    assert main(["summary", "--prometheus", "http://127.0.0.1:1"]) == 3
    assert "DOWN prometheus  127.0.0.1:1: connection refused" in capsys.readouterr().out
    assert main(["config", "check", "--prometheus", "http://127.0.0.1:1"]) == 69
    assert "does not answer: 127.0.0.1:1: connection refused" in capsys.readouterr().out


def test_a_glob_without_a_model_is_unknown_and_told(capsys: CAPTURE) -> None:
    assert main(["summary", "--prometheus", "http://127.0.0.1:1", "--model", "zzz"]) == 3
    assert capsys.readouterr().err == "incident-console: no model has an id that matches zzz\n"


def test_interruption_is_130(monkeypatch: pytest.MonkeyPatch, capsys: CAPTURE) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("console.headless.commands.summary.print_summary", interrupt)
    assert main(["summary", "--prometheus", "http://127.0.0.1:1"]) == 130
    assert capsys.readouterr().out == ""


def test_the_version_and_the_help_are_data(capsys: CAPTURE) -> None:
    for flag, told in (("--version", f"incident-console {__version__}\n"), ("--help", "usage: incident-console")):
        with pytest.raises(SystemExit) as ended:
            main([flag])
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(told)


def test_flags_count_before_and_after_the_command(capsys: CAPTURE) -> None:
    assert main(["--prometheus", "http://127.0.0.1:1", "summary"]) == 3
    assert main(["summary", "--prometheus", "http://127.0.0.1:1"]) == 3
    assert capsys.readouterr().out.count("DOWN prometheus") == 2


def test_the_schemas_are_printed_as_shipped(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    package = Path(main.__code__.co_filename).parent
    assert main(["config", "schema"]) == 0
    assert capsysbinary.readouterr().out == (package / "settings" / "config.schema.json").read_bytes()
    assert main(["playbook", "schema"]) == 0
    assert capsysbinary.readouterr().out == (package / "playbooks" / "playbook.schema.json").read_bytes()
    assert main(["playbook", "schema", "--test"]) == 0
    assert capsysbinary.readouterr().out == (package / "playbooks" / "playbook-test.schema.json").read_bytes()


def test_playbooks_are_listed_shown_and_checked(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["playbook", "list"]) == 0
    assert "scale-out " in capsys.readouterr().out
    assert main(["playbook", "show", "scale-out"]) == 0
    assert capsys.readouterr().out.startswith("scale-out v")
    assert main(["playbook", "lint"]) == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text("apiVersion: incident-console/v1\nkind: Playbok\n")
    capsys.readouterr()
    assert main(["playbook", "lint", str(broken)]) == 78
    assert "broken.yaml:" in capsys.readouterr().out
    assert main(["playbook", "lint", str(tmp_path)]) == 78
    assert main(["playbook", "list", "--playbooks", str(tmp_path)]) == 78


def test_the_scenarios_of_the_demo_are_listed(capsys: CAPTURE) -> None:
    assert main(["demo", "--list"]) == 0
    assert capsys.readouterr().out.startswith("surge ")


def test_a_crash_is_no_status_of_a_fleet_and_tells_where_but_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: CAPTURE
) -> None:
    def crash(_: object) -> int:
        raise RuntimeError("token-of-somebody")

    monkeypatch.setitem(COMMANDS, ("man",), crash)
    assert main(["man"]) == 70
    told = capsys.readouterr()
    assert told.out == ""
    first, *report = told.err.splitlines()
    assert first.startswith("incident-console: it crashed: RuntimeError at ")
    assert any("in crash" in line for line in report)
    assert "token-of-somebody" not in told.err
