"""Where a command that follows a run ends."""

import msgspec

from console.headless.exit_codes import ExitCode


class Stop(msgspec.Struct, frozen=True):
    """There is nothing more to do without a person: how the command ends, and why."""

    code: ExitCode
    reason: str
