"""When a failed request is tried again, and after how long."""

from collections.abc import Callable

import msgspec

from console.transport.errors import SourceError


class RetryPolicy(msgspec.Struct, frozen=True):
    """Full-jitter back-off: before try n+1, wait a random time between 0 and min(`longest`, `base` × 2ⁿ⁻¹) seconds.

    The spread keeps many consoles that lost the same server from returning at once
    ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015). With `has_replicas`, what another
    replica may answer is not tried again here: it is asked at once.
    """

    tries: int = 3
    base_seconds: float = 0.5
    longest_seconds: float = 30.0
    has_replicas: bool = False

    def delay_before_next(
        self, error: SourceError, tried: int, seconds_left: float, random: Callable[[], float]
    ) -> float | None:
        """Return how long to wait before the next try, None when there must be none.

        A server's `Retry-After` counts when it is longer. A wait that does not fit before the deadline is not begun:
        the error is known now.
        """
        if tried >= self.tries or not error.worth_retrying:
            return None
        if self.has_replicas and error.another_may_answer:
            return None
        delay = random() * min(self.longest_seconds, self.base_seconds * 2 ** (tried - 1))
        delay = max(delay, error.retry_after_seconds or 0.0)
        return delay if delay < seconds_left else None
