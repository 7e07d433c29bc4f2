"""What a person wants of the screen, beside what is read and where."""

import msgspec

from console.settings.settings import Settings
from console.tui.keymap import Keymap, keymap_of


class Preferences(msgspec.Struct, frozen=True):
    """The keys that a person chose."""

    keymap: Keymap = Keymap()


NO_PREFERENCES = Preferences()


def preferences_of(settings: Settings) -> Preferences:
    """Return what the settings say."""
    return Preferences(keymap=keymap_of(settings.keymap))
