"""The directory that holds the journal, the locks and the log."""

from pathlib import Path

import platformdirs


def state_path(configured: str | None) -> Path:
    """Return where the state directory is, or would be; nothing is made.

    Args:
        configured: the path from the settings; None is the state directory of the user by XDG.
    """
    return Path(configured).expanduser() if configured else platformdirs.user_state_path("incident-console")


def state_directory(configured: str | None) -> Path:
    """Return the state directory, made where it is missing: readable by its owner only.

    Args:
        configured: the path from the settings; None is the state directory of the user by XDG.

    Raises:
        OSError: it cannot be made.
    """
    path = state_path(configured)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
