"""What only a real terminal shows: typed-ahead keys, signals, crashes, colours."""

import signal
from base64 import b64encode
from pathlib import Path

import pytest

from console.tui.signals import SECONDS_TO_END
from tests.tui.program import CANARY
from tests.tui.terminal import Terminal, on_terminal

PROGRAM = Path(__file__).parent / "program.py"


def commands(directory: Path) -> list[str]:
    file = directory / "commands"
    return file.read_text(encoding="utf-8").split() if file.exists() else []


def leave(terminal: Terminal) -> None:
    terminal.type(b"q")
    assert terminal.wait_for_end() == 0


def test_keys_typed_ahead_of_a_plan_commit_nothing_and_later_ones_do(tmp_path: Path) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        terminal.type(b"2yyyy\r y")
        terminal.read_until(b"dry run")
        terminal.read(0.3)
        assert commands(tmp_path) == ["StartRun"]

        def is_committed() -> bool:
            terminal.type(b"y")
            terminal.read(0.2)
            return "CommitPlan" in commands(tmp_path)

        terminal.wait_for(is_committed)
        assert commands(tmp_path) == ["StartRun", "CommitPlan"]
        leave(terminal)


@pytest.mark.parametrize("pasted", [b"y\ny\n", b"red \x1b[31m\ry\ry\r", b"\x1b y"])
def test_a_bracketed_paste_commits_nothing(tmp_path: Path, pasted: bytes) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        terminal.type(b"2")
        terminal.read_until(b"dry run")
        terminal.read(0.6)
        terminal.type(b"\x1b[200~" + pasted + b"\x1b[201~")
        terminal.read(0.3)
        leave(terminal)
    assert commands(tmp_path) == ["StartRun"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_also_when_nobody_reads_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    with on_terminal(PROGRAM, "chatty", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        terminal.wait_until_full()
        terminal.process.send_signal(number)
        assert terminal.process.wait(timeout=SECONDS_TO_END * 10) == 128 + number
        assert terminal.echoes


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_a_terminal_that_is_read(tmp_path: Path, number: signal.Signals) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        terminal.process.send_signal(number)
        assert terminal.wait_for_end() == 128 + number
        assert terminal.echoes
        assert b"\x1b[?1049l" in terminal.seen


def test_a_person_waits_less_than_two_seconds() -> None:
    assert SECONDS_TO_END < 2


@pytest.mark.parametrize("kind", ["raises", "crashes"])
def test_a_crash_tells_its_place_and_no_secret(tmp_path: Path, kind: str) -> None:
    with on_terminal(PROGRAM, kind, str(tmp_path)) as terminal:
        if kind == "raises":
            terminal.read_until(b"fraud")
            terminal.type(b"r")
        assert terminal.wait_for_end() == 70
        told = terminal.seen.rpartition(b"\x1b[?1049l")[2]
    assert b"it crashed: RuntimeError at program.py:" in told
    assert CANARY.encode() not in terminal.seen
    (log,) = (tmp_path / "state").glob("crash-*.log")
    written = log.read_text(encoding="utf-8")
    assert "builtins.RuntimeError" in written
    assert "program.py:" in written
    assert CANARY not in written
    assert log.stat().st_mode & 0o077 == 0


def test_it_opens_without_colours(tmp_path: Path) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path), environment={"NO_COLOR": "1"}) as terminal:
        terminal.read_until(b"fraud")
        leave(terminal)


def test_an_address_is_a_hyperlink_of_the_terminal(tmp_path: Path) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        terminal.type(b"o")
        terminal.read_until(b";https://wiki.example/runbooks/latency\x1b\\")
        terminal.read_until(b"\x1b]8;;\x1b\\")
        leave(terminal)


def test_the_terminal_orders_no_cells_while_it_shows_the_screen(tmp_path: Path) -> None:
    with on_terminal(PROGRAM, "plain", str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        leave(terminal)
        before, begun, after = terminal.seen.partition(b"\x1b[?1049h")
    assert b"\x1b[8l" in before
    assert begun
    assert after.rpartition(b"\x1b[?1049l")[2].endswith(b"\x1b[8h")


def test_a_copy_asks_the_terminal_for_its_clipboard(tmp_path: Path) -> None:
    nobody = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "TMUX", "STY"), "")
    with on_terminal(PROGRAM, "plain", str(tmp_path), environment=nobody) as terminal:
        terminal.read_until(b"fraud")
        terminal.type(b"c")
        terminal.read_until(b"\x1b]52;c;" + b64encode(b"fraud critical: p99 2.40 s, expected 0.31 s")[:-3])
        terminal.read_until(b"copied:")
        leave(terminal)
