"""Programs that actions may run: declared whole in the configuration, an argument vector without a shell."""

from typing import Annotated

import msgspec

from console.domain.label import harmless
from console.domain.moments import Interval
from console.domain.redaction import redacted
from console.settings.acting import PlaceSettings, Tier
from console.settings.bad_document import BadKey
from console.settings.secrets import Secret
from console.settings.slots import SLOT_MARK, Slot, SlotName, Words, require_known, slot_of

Argv = Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
ExitCode = Annotated[int, msgspec.Meta(ge=0, le=255)]
_VECTORS = ("argv", "dry_run_argv", "undo_argv", "check_argv")
END_OF_OPTIONS = "--"


class CommandSettings(PlaceSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program that the action `command.NAME` runs; in each argument vector `$slot` stands for the value of a slot.

    `dry_run_argv` changes nothing and fails where the real one would; `undo_argv` takes back what was done;
    `check_argv` exits with 0 where it was done and with 1 where it was not. A command without a dry run or an undo is
    of the highest tier, whatever `tier` says, which can only raise it. `refused` are exit codes that promise that
    nothing was changed. `environment` is added to PATH, HOME and LANG, which are all that the program sees.
    """

    title: Words
    argv: Argv
    slots: dict[SlotName, Slot] = msgspec.field(default_factory=dict)
    dry_run_argv: Argv | None = None
    undo_argv: Argv | None = None
    check_argv: Argv | None = None
    refused: tuple[ExitCode, ...] = ()
    environment: dict[str, str | Secret] = msgspec.field(default_factory=dict)
    timeout: Interval = 60.0
    tier: Tier | None = None

    def __post_init__(self) -> None:
        for key in _VECTORS:
            argv = getattr(self, key)
            if argv is not None:
                self._require_vector(key, argv)
        for name, value in self.environment.items():
            if not name.isidentifier() or (isinstance(value, str) and "\0" in value):
                raise BadKey(("environment", name), f"'{harmless(name)}' is no variable such as API_TOKEN")
            if isinstance(value, str) and redacted(f"{name}={value}") != f"{name}={value}":
                raise BadKey(("environment", name), f"{name} looks like a secret; give a reference: {{env: {name}}}")

    def _require_vector(self, key: str, argv: tuple[str, ...]) -> None:
        if not argv[0].startswith("/"):
            raise BadKey(
                (key,), f"'{harmless(argv[0])}' is no absolute path of a program, such as /usr/local/bin/drain"
            )
        for argument in argv:
            if "\0" in argument:
                raise BadKey((key,), "no argument holds a NUL")
            if redacted(argument) != argument:
                told = "an argument looks like a secret, which everybody on this machine could read: use environment"
                raise BadKey((key,), told)
            name = slot_of(argument)
            if name is not None:
                require_known((key,), name, self.slots)
            elif any(SLOT_MARK + slot in argument for slot in self.slots) and not argument.startswith(SLOT_MARK * 2):
                raise BadKey((key,), f"'{harmless(argument)}': a slot is an argument of its own, never a part of one")
        if redacted(" ".join(argv)) != " ".join(argv):
            told = "an argument looks like a secret, which everybody on this machine could read: use environment"
            raise BadKey((key,), told)
