"""The manual page and the reference of commands: fresh, whole, and without a complaint of groff."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from console.command_line.completion.lists import everything
from console.command_line.manual import manual
from console.command_line.reference import command_reference
from console.command_line.registry import CONSOLE
from console.command_line.words import Command, Flag
from console.headless.exit_codes import ExitCode

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "made"),
    [("incident-console.1", manual(CONSOLE)), ("reference/commands.md", command_reference(CONSOLE))],
    ids=["manual", "reference"],
)
def test_what_is_kept_is_fresh(name: str, made: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == made, "run make generated"


@pytest.mark.parametrize("made", [manual(CONSOLE).replace("\\-", "-"), command_reference(CONSOLE)], ids=["man", "md"])
def test_every_command_and_flag_is_told(made: str) -> None:
    for path, command in everything(CONSOLE):
        assert command.commands or " ".join(path) in made
        for flag in command.flags:
            assert flag.name in made
            assert flag.help[1:] in made.replace("\\(aq", "'")


def test_the_manual_tells_every_exit_code() -> None:
    codes = re.findall(r"^\\fB(\d+)\\fR$", manual(CONSOLE), re.MULTILINE)
    assert {str(int(code)) for code in ExitCode} <= set(codes)


REQUESTS = {'.\\"', ".B", ".PP", ".SH", ".SS", ".TH", ".TP", ".br"}
ESCAPES = re.compile(r"\\(?:[-e&]|f[BIR]|\((?:aq|ga|ha|ti))")


def assert_is_roff(page: str) -> None:
    """Every line is text or one of few requests, and every escape one that is meant."""
    for line in page.splitlines():
        assert line
        assert line[0] != "'"
        assert line[0] != "." or line.split()[0] in REQUESTS
        assert line.startswith('.\\"') or "\\" not in ESCAPES.sub("", line)


def test_no_text_is_taken_for_a_request() -> None:
    odd = Flag("--flag", ".so /etc/passwd")
    page = manual(Command("odd", ".br is no request", flags=(odd,), description="'br \\n[x] - ~^`"))
    assert_is_roff(page)
    assert "\\(aqbr \\en[x] \\- \\(ti\\(ha\\(ga" in page


def test_the_manual_is_roff() -> None:
    assert_is_roff(manual(CONSOLE))


def test_no_formatter_of_this_machine_complains() -> None:
    lint = {"groff": ("-man", "-ww", "-Tutf8"), "mandoc": ("-Tlint", "-Werror")}
    for formatter in filter(shutil.which, lint):
        finished = subprocess.run(
            [formatter, *lint[formatter]], input=manual(CONSOLE).encode(), capture_output=True, check=True, timeout=60
        )
        assert finished.stderr == b""
