"""Which clipboard a text goes to, what is left out of it, and what is told."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.tui.outside.clipboard import Copied, Route, copy_text, copyable, route_of
from console.tui.outside.surroundings import Surroundings

SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
DESKTOP = {"DISPLAY": ":0"}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """An empty directory of programs, the only one on the PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    return directory


def install(directory: Path, name: str, script: str = 'cat > "$0.got"') -> Path:
    """Install a program that keeps what it is given, or that runs another script."""
    path = directory / name
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def got(program: Path, what: str = "got") -> str:
    """Return what a program has kept."""
    return program.with_name(f"{program.name}.{what}").read_text(encoding="utf-8")


def names(route: Route) -> tuple[str, str, bool]:
    """Return the names of a route's programs, and whether the terminal is written to."""
    desktop, tmux = (command[0].rpartition("/")[2] if command else "" for command in (route.desktop, route.tmux))
    return desktop, tmux, route.is_sent


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("", "", True)),
        (DESKTOP, ("xclip", "", False)),
        (DESKTOP | {"WAYLAND_DISPLAY": "wayland-0"}, ("wl-copy", "", False)),
        (DESKTOP | SSH, ("", "", True)),
        (DESKTOP | {"SSH_TTY": "/dev/pts/3"}, ("", "", True)),
        ({"TMUX": "x"}, ("", "tmux", True)),
        (SSH | {"TMUX": "x"}, ("", "tmux", True)),
        (DESKTOP | {"TMUX": "x"}, ("xclip", "tmux", True)),
        (DESKTOP | {"STY": "x"}, ("xclip", "", True)),
    ],
)
def test_auto_takes_every_clipboard_that_the_person_may_look_at(
    programs: Path, environment: dict[str, str], expected: tuple[str, str, bool]
) -> None:
    for name in ("xclip", "xsel", "wl-copy", "tmux"):
        install(programs, name)
    assert names(route_of(Surroundings({"PATH": str(programs), **environment}))) == expected


def test_auto_takes_the_terminal_where_no_program_is_installed(programs: Path) -> None:
    found = route_of(Surroundings({"PATH": str(programs), "TMUX": "x", **DESKTOP}))
    assert names(found) == ("", "", True)
    install(programs, "xsel")
    assert names(route_of(Surroundings({"PATH": str(programs), **DESKTOP}))) == ("xsel", "", False)


def test_a_mac_has_its_own(programs: Path) -> None:
    install(programs, "pbcopy")
    assert names(route_of(Surroundings({"PATH": str(programs)}, platform="darwin"))) == ("pbcopy", "", False)
    assert names(route_of(Surroundings({"PATH": str(programs), **SSH}, platform="darwin"))) == ("", "", True)


def test_the_settings_win(programs: Path) -> None:
    install(programs, "xclip")
    environment = {"PATH": str(programs), **DESKTOP}
    assert route_of(Surroundings(environment, clipboard="osc52")) == Route(is_sent=True)
    assert names(route_of(Surroundings(environment, clipboard="native"))) == ("xclip", "", False)
    assert route_of(Surroundings(environment, clipboard="off")).why_none == "the settings say clipboard: off"


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        (DESKTOP | SSH, "over SSH would be the clipboard of the other machine"),
        ({}, "there is no desktop"),
        (DESKTOP, "none of xclip, xsel is installed"),
    ],
)
def test_native_says_why_it_cannot(programs: Path, environment: dict[str, str], reason: str) -> None:
    route = route_of(Surroundings({"PATH": str(programs), **environment}, clipboard="native"))
    assert reason in route.why_none
    assert names(route) == ("", "", False)


async def copied(surroundings: Surroundings, text: str = "héllo") -> tuple[Copied, list[str]]:
    """Copy a text; return what became of it and what was written to the terminal."""
    written: list[str] = []
    return await copy_text(text, route_of(surroundings), surroundings, written.append), written


async def test_a_program_reads_the_text_and_nothing_reaches_the_terminal(programs: Path) -> None:
    program = install(programs, "xclip", 'echo "$@" > "$0.args"; cat > "$0.got"')
    assert await copied(Surroundings({"PATH": str(programs), **DESKTOP})) == (Copied(True), [])
    assert got(program) == "héllo"
    assert got(program, "args").split() == ["-selection", "clipboard", "-in"]


async def test_a_text_is_never_read_by_a_shell(programs: Path) -> None:
    program = install(programs, "xclip")
    text = "$(touch gone) `id` ; 'x' \\ !"
    await copied(Surroundings({"PATH": str(programs), **DESKTOP}), text)
    assert got(program) == text


async def test_the_terminal_stands_in_for_a_program_that_fails_and_that_is_told(programs: Path) -> None:
    install(programs, "xclip", "exit 3")
    became, written = await copied(Surroundings({"PATH": str(programs), **DESKTOP}))
    assert became == Copied(True, "xclip ended with the exit code 3")
    assert written == ["\x1b]52;c;aMOpbGxv\x07"]


async def test_native_has_no_stand_in(programs: Path) -> None:
    install(programs, "xclip", "exit 3")
    became, written = await copied(Surroundings({"PATH": str(programs), **DESKTOP}, clipboard="native"))
    assert became == Copied(False, "xclip ended with the exit code 3")
    assert written == []


async def test_a_program_that_hangs_is_ended(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.tui.outside.clipboard._PATIENCE_SECONDS", 0.2)
    install(programs, "xclip", "exec sleep 600")
    became, written = await copied(Surroundings({"PATH": str(programs), **DESKTOP}))
    assert became == Copied(True, "xclip did not end within 0.2 s")
    assert written


async def test_tmux_gets_the_text_once(programs: Path) -> None:
    program = install(programs, "tmux")
    became, written = await copied(Surroundings({"PATH": str(programs), "TMUX": "x"}))
    assert became == Copied(True)
    assert got(program) == "héllo"
    assert written == ["\x1bPtmux;\x1b\x1b]52;c;aMOpbGxv\x07\x1b\\"]


async def test_an_old_tmux_gets_the_sequence_that_it_knows(programs: Path) -> None:
    install(programs, "tmux", "echo unknown flag -w >&2; exit 1")
    became, written = await copied(Surroundings({"PATH": str(programs), "TMUX": "x"}))
    assert became == Copied(True, "tmux ended with the exit code 1")
    assert written == ["\x1b]52;c;aMOpbGxv\x07\x1bPtmux;\x1b\x1b]52;c;aMOpbGxv\x07\x1b\\"]


async def test_nothing_is_cut_without_a_word() -> None:
    became, written = await copied(Surroundings(), "x" * 75_000)
    assert became == Copied(False, "it has 75,000 bytes, a terminal's clipboard takes 74,994")
    assert written == []


def test_what_cannot_be_seen_is_left_out() -> None:
    assert copyable("a\x1b]52;c;eA==\x07b\x00\x7f\x9b31m") == "a]52;c;eA==b31m"
    assert copyable("rm -rf\u202e \u200bx\ufeff") == "rm -rf x"
    assert copyable("one\ntwo\r\n\tthree  four") == "one two three four"
    assert copyable("one\n two\x1b\r\nthree", lines=True) == "one\n two\nthree"
    assert copyable("🧑\u200d🚒") == "🧑\u200d🚒"


@given(st.text())
def test_a_copied_line_is_one_line_that_can_be_seen(text: str) -> None:
    assert copyable(text).replace("\u200d", "").isprintable()
