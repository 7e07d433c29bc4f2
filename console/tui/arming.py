"""When a key may commit: only a while after the person could see what it commits."""

ARMING_SECONDS = 0.4
"""Keys that were typed earlier than this after the plan was painted were meant for something else."""


class Arming:
    """Remembers what is painted and since when (seconds of a monotonic clock, the one of key events)."""

    def __init__(self, seconds: float = ARMING_SECONDS) -> None:
        self.seconds = seconds
        self._subject: object = None
        self._since: float | None = None

    def expect(self, subject: object) -> bool:
        """Say what is to be painted next; return whether it is something else than before, which disarms the key."""
        if subject == self._subject:
            return False
        self._subject, self._since = subject, None
        return True

    def painted(self, at: float) -> bool:
        """Say that the subject was painted; return whether that was the first time, which is the one that counts."""
        is_first = self._since is None and self._subject is not None
        if is_first:
            self._since = at
        return is_first

    def restart(self, at: float) -> None:
        """Say that only now everything is there that a commit needs."""
        if self._since is not None:
            self._since = at

    def is_armed(self, pressed_at: float) -> bool:
        """Return whether a key that was pressed at an instant may commit."""
        return self._since is not None and pressed_at - self._since >= self.seconds
