"""The clipboard: which one a text goes to, and what a person is told of it.

Whether a terminal takes what it is sent cannot be known, for it does not answer; a program's exit code can.
"""

import asyncio
import unicodedata
from collections.abc import Callable

import msgspec

from console.tui.outside.osc52 import NoClipboard, sequence_for
from console.tui.outside.programs import ProgramFailed, run_to_its_end
from console.tui.outside.surroundings import Surroundings

_PATIENCE_SECONDS = 2.0
_NOT_COPIED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZERO_WIDTH_JOINER = "\u200d"
_ON_A_MAC = (("pbcopy",),)
_ON_WAYLAND = (("wl-copy",),)
_ON_X11 = (("xclip", "-selection", "clipboard", "-in"), ("xsel", "--clipboard", "--input"))


class Copied(msgspec.Struct, frozen=True):
    """What became of a copy; `trouble` says what did not go as it should, also where another way was left."""

    is_copied: bool
    trouble: str = ""


class Route(msgspec.Struct, frozen=True):
    """The ways that a text takes: commands that read it, and the terminal; `why_none` when there is no way."""

    desktop: tuple[str, ...] = ()
    tmux: tuple[str, ...] = ()
    """Hands the text to tmux, which takes it this way whatever its options say of programs."""
    is_sent: bool = False
    why_none: str = ""


def copyable(text: str, *, lines: bool = False) -> str:
    """Return a text without what a person cannot see, so that pasting it into a shell holds no surprise.

    Blanks of any kind become one space; so do newlines, unless what is copied has several `lines`: these keep blanks.
    """
    if lines:
        return "\n".join(_visible(each.expandtabs().rstrip()) for each in text.splitlines())
    return _visible(" ".join(text.split()))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign for sign in text if sign == _ZERO_WIDTH_JOINER or unicodedata.category(sign) not in _NOT_COPIED)


def route_of(surroundings: Surroundings) -> Route:
    """Return the ways for these surroundings.

    `auto` takes the desktop's own program where the console runs on that desktop, else the terminal. In a multiplexer
    it takes both: somebody may look at a session from another machine than the one that it was started on.
    """
    if surroundings.clipboard == "off":
        return Route(why_none="the settings say clipboard: off")
    if surroundings.clipboard == "osc52":
        return Route(is_sent=True)
    desktop = _desktop_program(surroundings)
    if surroundings.clipboard == "native":
        return Route(desktop) if desktop else Route(why_none=_why_no_program(surroundings))
    in_tmux, in_screen = (bool(surroundings.environment.get(name)) for name in ("TMUX", "STY"))
    tmux = surroundings.find_program("tmux") if in_tmux else None
    return Route(desktop, (tmux, "load-buffer", "-w", "-") if tmux else (), is_sent=in_tmux or in_screen or not desktop)


async def copy_text(text: str, route: Route, surroundings: Surroundings, write: Callable[[str], None]) -> Copied:
    """Put a text into the clipboards of a route; `write` writes to the terminal.

    With `auto` the terminal stands in for a program that fails.
    """
    trouble: list[str] = []
    done: list[tuple[str, ...]] = []
    for command in filter(None, (route.tmux, route.desktop)):
        try:
            await asyncio.to_thread(
                run_to_its_end,
                command,
                surroundings.environment,
                given=text.encode("utf-8"),
                patience_seconds=_PATIENCE_SECONDS,
            )
            done.append(command)
        except ProgramFailed as failure:
            trouble.append(str(failure))
    if route.is_sent or (trouble and surroundings.clipboard == "auto"):
        sent = send_text(text, surroundings, write, tmux_has_it=route.tmux in done)
        return Copied(sent.is_copied or bool(done), "; ".join(filter(None, (*trouble, sent.trouble))))
    return Copied(bool(done), "; ".join(trouble))


def send_text(
    text: str, surroundings: Surroundings, write: Callable[[str], None], *, tmux_has_it: bool = False
) -> Copied:
    """Put a text into the clipboard of the terminal, which needs no waiting."""
    try:
        write(sequence_for(text, surroundings.environment, tmux_has_it=tmux_has_it))
    except NoClipboard as reason:
        return Copied(False, str(reason))
    return Copied(True)


def _desktop_program(surroundings: Surroundings) -> tuple[str, ...]:
    for name, *arguments in _candidates(surroundings):
        path = surroundings.find_program(name)
        if path is not None:
            return path, *arguments
    return ()


def _candidates(surroundings: Surroundings) -> tuple[tuple[str, ...], ...]:
    if not surroundings.has_desktop:
        return ()
    if surroundings.platform == "darwin":
        return _ON_A_MAC
    return (_ON_WAYLAND if surroundings.environment.get("WAYLAND_DISPLAY") else ()) + _ON_X11


def _why_no_program(surroundings: Surroundings) -> str:
    if surroundings.is_remote:
        return "the settings say clipboard: native, which over SSH would be the clipboard of the other machine"
    names = ", ".join(name for name, *_ in _candidates(surroundings))
    return f"none of {names} is installed" if names else "the settings say clipboard: native, and there is no desktop"
