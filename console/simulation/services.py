"""Where the programs are that the simulated world runs."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec

import console

CHECKOUT = Path(console.__file__).resolve().parents[1]
FOLDER_VARIABLE = "INCIDENT_CONSOLE_SERVICES"


class ServicesMissing(Exception):
    """A program that the simulated world needs is not on this machine; the message is one line and says what to do."""


class Services(msgspec.Struct, frozen=True):
    """Paths of the programs."""

    prometheus: Path
    promtool: Path


def find_services(environment: Mapping[str, str], checkout: Path = CHECKOUT) -> Services:
    """Return the programs from `$INCIDENT_CONSOLE_SERVICES`, else the checkout's `.services/`, else `$PATH`.

    Raises:
        ServicesMissing: One of them is in none of these.
    """
    folders = [str(checkout / ".services/usr/bin"), environment.get("PATH", "")]
    if chosen := environment.get(FOLDER_VARIABLE):
        folders.insert(0, chosen)
    prometheus, promtool = _find("prometheus", folders), _find("promtool", folders)
    if prometheus is None or promtool is None:
        missing = "prometheus" if prometheus is None else "promtool"
        raise ServicesMissing(
            f"{missing} not found: install Prometheus (`apt install prometheus`, `brew install prometheus`,"
            f" in a checkout `make services`), or name the folder that holds it in ${FOLDER_VARIABLE}"
        )
    return Services(prometheus, promtool)


def _find(name: str, folders: list[str]) -> Path | None:
    for folder in folders:
        if found := shutil.which(name, path=folder):
            return Path(found).resolve()
    return None
