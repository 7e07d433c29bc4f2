"""A copy on a real tmux, with the options that it has by default and with those that people set."""

import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.terminal import ROOT, Terminal, command_on_terminal

PROGRAM = ROOT / "tests/tui/program.py"
COPIED = "fraud critical: p99 2.40 s, expected 0.31 s"
LOCAL = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": "", "SSH_TTY": "", "TMUX": "", "STY": ""}
"""Nothing of the machine that the tests run on: its clipboard is not for tests."""


class Tmux:
    """A tmux server of its own, whose only window shows the console, and the terminal that is attached to it."""

    def __init__(self, command: list[str], terminal: Terminal) -> None:
        self._command = command
        self.terminal = terminal

    def buffers(self) -> list[str]:
        """Return what its paste buffers hold, the newest first."""
        listing = [*self._command, "list-buffers", "-F", "#{buffer_sample}"]
        return subprocess.run(listing, capture_output=True, text=True, check=True, timeout=30).stdout.splitlines()

    def reached(self) -> list[str]:
        """Return what reached the clipboard of the terminal so far."""
        sequences = re.findall(rb"\x1b\]52;[a-z]*;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", self.terminal.seen)
        return [b64decode(encoded).decode() for encoded in sequences]


@contextmanager
def on_tmux(directory: Path, options: str, **environment: str) -> Iterator[Tmux]:
    """Run the console in a tmux with some options."""
    program = shutil.which("tmux")
    assert program is not None, "no tmux on PATH: install it"
    configuration = directory / "tmux.conf"
    configuration.write_text(f"{options}\nset -g status off\n", encoding="utf-8")
    command = [program, "-S", str(directory / "socket"), "-f", str(configuration)]
    shown = [sys.executable, str(PROGRAM), "plain", str(directory)]
    try:
        with command_on_terminal(
            [*command, "new-session", *shown], size=(120, 40), environment=LOCAL | environment
        ) as terminal:
            terminal.read_until(b"fraud")
            yield Tmux(command, terminal)
    finally:
        subprocess.run([*command, "kill-server"], capture_output=True, check=False, timeout=30)


@pytest.mark.parametrize(
    ("options", "mode", "most_buffers"),
    [
        ("", "auto", 1),
        ("set -s set-clipboard on; set -g allow-passthrough on", "auto", 1),
        ("set -s set-clipboard on; set -g allow-passthrough on", "osc52", 1),
        ("set -s set-clipboard on", "osc52", 1),
        ("set -g allow-passthrough on", "osc52", 0),
    ],
)
def test_a_copy_reaches_tmux_and_the_terminal_around_it(
    tmp_path: Path, options: str, mode: str, most_buffers: int
) -> None:
    with on_tmux(tmp_path, options, CLIPBOARD_MODE=mode) as tmux:
        tmux.terminal.type(b"c")
        tmux.terminal.wait_for(lambda: bool(tmux.reached()))
        assert all(text.startswith(COPIED) for text in tmux.reached())
        tmux.terminal.wait_for(lambda: len(tmux.buffers()) == most_buffers)
        assert all(sample.startswith(COPIED[:40]) for sample in tmux.buffers())
