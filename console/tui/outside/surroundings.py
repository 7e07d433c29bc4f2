"""Where the console runs and what it may do there: on one's own desktop, or at the far end of an SSH connection."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from console.settings.settings import ClipboardMode

_SET_BY_SSH = ("SSH_CONNECTION", "SSH_TTY")
_SET_BY_A_DESKTOP = ("WAYLAND_DISPLAY", "DISPLAY")


class Surroundings(msgspec.Struct, frozen=True):
    """The environment variables, the platform (`sys.platform`), and what the settings say of leaving the screen.

    `export_directory` is where files go, None for the directory that the console was started in.
    """

    environment: Mapping[str, str] = {}
    platform: str = "linux"
    clipboard: ClipboardMode = "auto"
    export_directory: str | None = None

    @property
    def is_remote(self) -> bool:
        """Return whether the person sits at another machine: a browser or clipboard of this one would not be seen."""
        return any(self.environment.get(name) for name in _SET_BY_SSH)

    @property
    def has_desktop(self) -> bool:
        """Return whether programs of the person's own desktop can be reached from here."""
        if self.is_remote:
            return False
        return self.platform == "darwin" or any(self.environment.get(name) for name in _SET_BY_A_DESKTOP)

    @property
    def directory(self) -> Path:
        """Return where files go."""
        return Path(self.export_directory or ".")

    def find_program(self, name: str) -> str | None:
        """Return the path of a program, None where there is none of this name."""
        import shutil

        return shutil.which(name, path=self.environment.get("PATH", ""))
