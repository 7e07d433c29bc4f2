"""What is said of alerts at one instant."""

import msgspec

from console.domain.alert import Alert


class AlertsAnswer(msgspec.Struct, frozen=True):
    """The alerts of one server, oldest first, and how long its slowest member took (seconds).

    `missing` says which members did not answer and why, in one harmless line; None when all did. `missing_members` are
    their names.
    """

    alerts: tuple[Alert, ...]
    seconds: float
    missing: str | None = None
    missing_members: tuple[str, ...] = ()
