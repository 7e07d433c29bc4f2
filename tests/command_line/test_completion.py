"""Completion scripts know the whole registry, and a real bash completes with its own."""

import contextlib
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.command_line.completion import SCRIPTS
from console.command_line.completion.lists import everything, flags_with_a_value
from console.command_line.registry import CONSOLE
from console.command_line.words import FILE, SCENARIO, Command, Flag
from tests.services import wait_until

PROMPT = "ready> "


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_script_knows_every_command_flag_and_choice(shell: str) -> None:
    script = SCRIPTS[shell](CONSOLE)
    words = set(re.findall(r"[\w-]+", script))
    for _, command in everything(CONSOLE):
        for flag in command.flags:
            assert flag.name in words or (shell == "fish" and f"-l {flag.name[2:]}" in script)
            assert set(flag.value.choices if flag.value else ()) <= words
        assert {each.name for each in command.commands} <= words


def test_a_word_is_a_switch_or_takes_a_value_wherever_it_stands() -> None:
    taking = set(flags_with_a_value(CONSOLE))
    assert {
        flag.name for _, command in everything(CONSOLE) for flag in command.flags if not flag.value
    } & taking == set()


def test_the_shells_of_the_command_line_are_those_that_have_a_script() -> None:
    command = CONSOLE.find("completion")
    assert command is not None
    assert command.arguments[0].value.choices == tuple(SCRIPTS)


def test_fish_offers_at_each_place_what_stands_there() -> None:
    behind = re.compile(r"""-n '__incident_console_is "action run" (-[a-z]+ \d+)' (.*)""")
    found = map(behind.search, SCRIPTS["fish"](CONSOLE).splitlines())
    places = {match[1]: match[2] for match in found if match is not None}
    assert set(places) == {"-eq 0", "-eq 1"}
    assert "action list" not in places["-eq 0"]
    assert "action list" in places["-eq 1"]
    assert """"playbook lint" -ge 0' """ in SCRIPTS["fish"](CONSOLE)


@pytest.mark.parametrize(("shell", "quoted"), [("zsh", "it'\\''s"), ("fish", "it\\'s")])
def test_help_with_signs_of_the_shell_stays_text(shell: str, quoted: str) -> None:
    help_text = "it's [50 %]: `rm` $HOME and <more>"
    flags = (Flag("--flag", help_text, FILE), Flag("--other", help_text, SCENARIO))
    lines = [
        line for line in SCRIPTS[shell](Command("a-program", help_text, flags=flags)).splitlines() if "HOME" in line
    ]
    assert len(lines) == len(flags)
    for line in lines:
        assert quoted in line
        inside = line.replace(quoted, "").split("'")
        assert any("`rm` $HOME and <more>" in part for part in inside[1::2])


class Bash:
    """A real interactive bash on a terminal of its own, which completes with the script."""

    def __init__(self, folder: Path) -> None:
        script = folder / "completion.bash"
        script.write_text(SCRIPTS["bash"](CONSOLE), encoding="utf-8")
        (folder / "inputrc").write_text(
            "set bell-style none\nset enable-bracketed-paste off\nset completion-query-items 0\n"
        )
        (folder / "a file.yaml").touch()
        (folder / "a directory").mkdir()
        (folder / "incident-console").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m console "$@"\n')
        (folder / "incident-console").chmod(0o755)
        self._terminal, theirs = pty.openpty()
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"],
            cwd=folder,
            env={
                "PATH": f"{folder}:{os.environ['PATH']}",
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "HOME": str(folder),
                "TERM": "dumb",
                "INPUTRC": str(folder / "inputrc"),
                "PS1": PROMPT,
            },
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        os.set_blocking(self._terminal, False)
        self._shown = ""
        self.type(f"stty cols 500; source {script.name}; echo sour''ced\n", "sourced")

    def type(self, keys: str, expected: str) -> str:
        """Type some keys and return what was shown since, once it holds a text."""
        self._shown = ""
        os.write(self._terminal, keys.encode())
        return wait_until(lambda: self._read() if expected in self._read() else None, f"{expected!r} of {keys!r}")

    def complete(self, line: str, expected: str) -> str:
        """Return the line that a tab makes of another, which is then given up."""
        shown = self.type(f"{line}\t", expected)
        self.type("\x15echo do''ne\n", "done")
        return shown

    def _read(self) -> str:
        with contextlib.suppress(BlockingIOError):
            self._shown += os.read(self._terminal, 65536).decode(errors="replace").replace("\r", "")
        return self._shown

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


@pytest.fixture(scope="module")
def bash() -> Iterator[Bash]:
    with tempfile.TemporaryDirectory() as folder:
        started = Bash(Path(folder))
        try:
            yield started
        finally:
            started.close()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("incident-console su", "incident-console summary "),
        ("incident-console summary --form", "incident-console summary --format "),
        ("incident-console summary --format j", "incident-console summary --format json "),
        ("incident-console summary --format=m", "incident-console summary --format=markdown "),
        ("incident-console --prometheus http://prometheus:9090 wat", "http://prometheus:9090 watch "),
        ("incident-console watch --until cr", "incident-console watch --until critical "),
        ("incident-console --context summary pl", "incident-console --context summary playbook "),
        ("incident-console config ch", "incident-console config check "),
        ("incident-console playbook show sca", "incident-console playbook show scale-out "),
        ("incident-console action run kubernetes kubernetes.sc", "action run kubernetes kubernetes.scale "),
        ("incident-console action un", "incident-console action undo "),
        ("incident-console demo --scenario lost", "incident-console demo --scenario lost-replica "),
        ("incident-console summary --config a\\ f", "incident-console summary --config a\\ file.yaml "),
        ("incident-console summary --playbooks a", "incident-console summary --playbooks a\\ directory/"),
        ("incident-console completion z", "incident-console completion zsh "),
    ],
)
def test_bash_completes(bash: Bash, typed: str, completed: str) -> None:
    assert completed in bash.complete(typed, completed)
