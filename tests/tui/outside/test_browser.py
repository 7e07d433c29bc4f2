"""Where a page is opened, and where it never is."""

from pathlib import Path

import pytest

from console.domain.link import Link
from console.tui.outside.browser import browser_of, environment_of, why_no_browser
from console.tui.outside.surroundings import Surroundings
from tests.tui import scenes
from tests.tui.outside.test_clipboard import install
from tests.tui.stage import on_stage

DESKTOP = {"DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}
RUNBOOK = "https://wiki.example/runbooks/latency"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A directory of programs, the only one on the PATH, whose browser keeps what it is told."""
    directory = tmp_path / "bin"
    directory.mkdir()
    install(directory, "xdg-open", 'echo "$@" > "$0.told"; (: < /dev/tty) 2>/dev/null && echo tty >> "$0.told"; :')
    return directory


def told(programs: Path) -> str | None:
    """Return what the browser was told, None when it was not started."""
    path = programs / "xdg-open.told"
    return path.read_text(encoding="utf-8") if path.exists() else None


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "there is no desktop to open it on"),
        (SSH, "over SSH a browser would start on the other machine"),
        (DESKTOP | SSH, "over SSH a browser would start on the other machine"),
        (DESKTOP, ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, ""),
    ],
)
def test_a_browser_is_started_on_ones_own_desktop_only(
    programs: Path, environment: dict[str, str], reason: str
) -> None:
    surroundings = Surroundings({"PATH": str(programs), **environment})
    assert why_no_browser(surroundings) == reason
    assert bool(browser_of(surroundings)) == (not reason)


def test_without_a_program_there_is_no_browser(tmp_path: Path) -> None:
    assert why_no_browser(Surroundings({"PATH": str(tmp_path), **DESKTOP})) == "there is no desktop to open it on"


def test_a_mac_has_its_own(programs: Path) -> None:
    install(programs, "open")
    (path,) = browser_of(Surroundings({"PATH": str(programs)}, platform="darwin"))
    assert path == str(programs / "open")


@pytest.mark.parametrize("browser", ["lynx", "/usr/bin/w3m -T text/html", "elinks:firefox"])
def test_a_browser_of_terminals_is_not_what_opens(browser: str) -> None:
    assert "BROWSER" not in environment_of(Surroundings({"BROWSER": browser, **DESKTOP}))
    kept = environment_of(Surroundings({"BROWSER": "firefox", **DESKTOP}))
    assert kept["BROWSER"] == "firefox"


async def test_a_page_is_opened_and_not_copied(programs: Path) -> None:
    async with on_stage(surroundings=Surroundings({"PATH": str(programs), **DESKTOP})) as stage:
        await stage.press("o")
        assert "enter opens it in your browser" in stage.text
        await stage.press("enter")
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert f"opened: {RUNBOOK}" in stage.lines[1]
        assert stage.app.clipboard == ""
    assert told(programs) == f"{RUNBOOK}\n", "it is told the address and has no terminal"


async def test_over_ssh_the_address_is_copied_and_stands_there_in_full(programs: Path) -> None:
    link = scenes.links(3600)[2]
    async with on_stage(size=(40, 20), surroundings=Surroundings({"PATH": str(programs), **DESKTOP, **SSH})) as stage:
        await stage.press("o", "3")
        assert stage.app.clipboard == link.url
        assert link.url in "".join(line.strip() for line in stage.lines)
        assert "enter copies it: over SSH" in stage.text
    assert told(programs) is None


async def test_a_browser_that_fails_leaves_the_address_copied(programs: Path) -> None:
    install(programs, "xdg-open", "exit 3")
    async with on_stage(size=(200, 40), surroundings=Surroundings({"PATH": str(programs), **DESKTOP})) as stage:
        await stage.press("o", "1")
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "not opened, xdg-open ended with the exit code 3; the address was copied" in stage.lines[1]
        assert stage.app.clipboard == RUNBOOK


async def test_a_browser_that_fails_while_nothing_may_be_copied_says_both(programs: Path) -> None:
    install(programs, "xdg-open", "exit 3")
    surroundings = Surroundings({"PATH": str(programs), **DESKTOP}, clipboard="off")
    async with on_stage(size=(240, 40), surroundings=surroundings) as stage:
        await stage.press("o", "1")
        await stage.app.workers.wait_for_complete()
        await stage.pilot.pause()
        assert "the exit code 3; nor copied: the settings say clipboard: off" in stage.lines[1]


async def test_what_is_no_page_is_shown_and_neither_opened_nor_copied(programs: Path) -> None:
    async with on_stage(surroundings=Surroundings({"PATH": str(programs), **DESKTOP})) as stage:
        await stage.press("o", "down")
        assert "see page 7 of the binder" in stage.text
        assert "no http(s) address: it is shown, never opened" in stage.text
        await stage.press("enter", "2", "c")
        await stage.app.workers.wait_for_complete()
        assert "not opened, it is no http(s) address" in stage.lines[1]
        assert stage.app.clipboard == ""
    assert told(programs) is None


async def test_numbers_keep_their_meaning_while_the_list_is_open() -> None:
    async with on_stage() as stage:
        await stage.press("o")
        await stage.publish(scenes.fleet(sequence=1))
        await stage.press("3")
        assert stage.app.clipboard == scenes.links(3600)[2].url


async def test_the_model_screen_lists_links_over_its_own_range() -> None:
    from console.domain.command import WatchModel

    async with on_stage(answers={WatchModel: (scenes.detail(),)}) as stage:
        await stage.press("enter", "o", "3")
        assert stage.app.clipboard == scenes.links(7200)[2].url


async def test_a_model_without_links_has_no_such_key() -> None:
    async with on_stage() as stage:
        await stage.press("G")
        assert "o links" not in " ".join(stage.lines[-1].split())
        await stage.press("o")
        assert stage.at == "FleetScreen"


async def test_only_an_address_becomes_a_hyperlink_of_the_terminal() -> None:
    async with on_stage() as stage:
        await stage.press("o")
        strips = stage.app.screen._compositor.render_strips()
        links = {segment.style.link for strip in strips for segment in strip if segment.style and segment.style.link}
        assert links == {RUNBOOK}
        await stage.press("down")
        strips = stage.app.screen._compositor.render_strips()
        assert not [segment for strip in strips for segment in strip if segment.style and segment.style.link]


def test_a_link_that_says_it_opens_but_is_no_address_is_no_hyperlink() -> None:
    from console.tui.panels.lines import Span, lay_out, line

    hostile = Link("x", "javascript:alert(1)\x1b]8;;")
    ((span,),) = lay_out((line(Span(hostile.url, "accent", hostile.url)),), 80)
    assert span.link == ""
