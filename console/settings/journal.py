"""Where the journal is kept that all consoles of a team share."""

from typing import Annotated

import msgspec

from console.domain.address import without_secrets
from console.domain.moments import Interval
from console.settings.secrets import HIDDEN, Secret, masked

_SCHEMES = ("postgresql://", "postgres://")
_EXAMPLE = "postgresql://console@host/oncall"


class JournalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The database of a journal: `postgresql` is its URL as libpq takes it, or the reference to a secret that holds it.

    `timeout` (seconds) is the deadline of connecting and of each statement: how long an event waits before it is kept
    on this machine only.
    """

    postgresql: Annotated[str, msgspec.Meta(min_length=1)] | Secret
    password: Secret | None = None
    timeout: Interval = 5.0

    def __post_init__(self) -> None:
        if isinstance(self.postgresql, Secret):
            return
        if not self.postgresql.startswith(_SCHEMES):
            raise ValueError(f"'{without_secrets(self.postgresql)}' is no database, expected such as {_EXAMPLE}")
        user = self.postgresql.partition("://")[2].partition("/")[0].rpartition("@")[0]
        if self.password is not None and ":" in user:
            raise ValueError("password is given twice: in the URL, and as password")

    def __repr__(self) -> str:
        """Return the place; a password in the URL stays out of tracebacks."""
        url = masked(self.postgresql) if isinstance(self.postgresql, str) else HIDDEN
        return f"JournalSettings({url!r})"

    def __rich_repr__(self) -> list[str]:  # type: ignore[override]  # msgspec's own would print every field
        return [repr(self)]
