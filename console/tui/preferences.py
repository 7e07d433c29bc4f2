"""What a person wants of the screen, beside what is read and where."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from console.domain.address import without_secrets
from console.settings.settings import Settings
from console.tui.keymap import Keymap, keymap_of


class Preferences(msgspec.Struct, frozen=True):
    """Keys, and which models are the person's own.

    `mine` holds globs. `state_directory` returns the directory that keeps marks and typed commands, or raises OSError;
    None keeps nothing. `scope` says which fleet marks are for: namesakes in two clusters are two models.
    """

    keymap: Keymap = Keymap()
    mine: tuple[str, ...] = ()
    state_directory: Callable[[], Path] | None = None
    scope: str = ""


NO_PREFERENCES = Preferences()


def preferences_of(settings: Settings) -> Preferences:
    """Return what the settings say."""
    return Preferences(
        keymap=keymap_of(settings.keymap),
        mine=settings.mine,
        state_directory=partial(_state_directory, settings.state_directory),
        scope=_scope(settings),
    )


def _state_directory(configured: str | None) -> Path:
    from console.journal.directory import state_directory

    return state_directory(configured)


def _scope(settings: Settings) -> str:
    if settings.kubernetes is not None:
        return settings.kubernetes.context
    urls = settings.prometheus.urls if settings.prometheus is not None else ()
    return without_secrets(urls[0]) if urls else ""
