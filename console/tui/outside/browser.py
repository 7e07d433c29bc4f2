"""The browser of the person's own desktop; one that would need this terminal is never started."""

from collections.abc import Mapping

from console.tui.outside.surroundings import Surroundings

_ON_A_MAC = (("open",),)
_ELSEWHERE = (("xdg-open",), ("gio", "open"), ("wslview",))
_OF_A_TERMINAL = frozenset({"www-browser", "lynx", "w3m", "links", "links2", "elinks", "browsh", "carbonyl"})


def browser_of(surroundings: Surroundings) -> tuple[str, ...]:
    """Return the command that opens an address, to be put behind it; nothing where there is no browser to be seen."""
    if surroundings.has_desktop:
        for name, *arguments in _ON_A_MAC if surroundings.platform == "darwin" else _ELSEWHERE:
            path = surroundings.find_program(name)
            if path is not None:
                return path, *arguments
    return ()


def environment_of(surroundings: Surroundings) -> Mapping[str, str]:
    """Return the environment for that command: a browser of terminals that `$BROWSER` names would open unseen."""
    environment = dict(surroundings.environment)
    command = environment.get("BROWSER", "").partition(":")[0].split()
    if command and command[0].rpartition("/")[2] in _OF_A_TERMINAL:
        del environment["BROWSER"]
    return environment


def why_no_browser(surroundings: Surroundings) -> str:
    """Return why an address is copied instead of opened; empty where it is opened."""
    if surroundings.is_remote:
        return "over SSH a browser would start on the other machine"
    return "" if browser_of(surroundings) else "there is no desktop to open it on"
