"""What one refresh met on its way: how slow, how much, and what failed."""

from console.sources.prometheus.answers import InstantAnswer, RangeAnswer
from console.transport.http import (
    BadRequest,
    NotJson,
    NoTurn,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
)

_OF_THE_QUERY = (BadRequest, NotJson, NoTurn, Overloaded, ServerFault, TimedOut, TooLarge)
_OF_SINGLE_SERIES = "PromQL warning:"
"""How Prometheus speaks of odd series (a bucket without a bound): no gap in the answer, as a dead store behind is."""


class Tally:
    """What one refresh met: the slowest answer (seconds), how many were answered, what servers said of gaps.

    `until` is when the refresh must be over, on the clock of the event loop; None for whenever it is.
    """

    def __init__(self, until: float | None = None) -> None:
        self.until = until
        self.seconds = 0.0
        self.answered = 0
        self.failures: list[SourceError] = []
        self.incomplete: dict[str, None] = {}
        self.too_heavy: dict[str, None] = {}
        self.gone: SourceError | None = None
        """Why no more days are asked for."""

    def count(self, answer: RangeAnswer | InstantAnswer) -> None:
        """Take note of an answer."""
        self.answered += 1
        self.seconds = max(self.seconds, answer.seconds)
        gaps = [warning for warning in answer.warnings if not warning.startswith(_OF_SINGLE_SERIES)]
        self.incomplete.update(dict.fromkeys(gaps))
        if answer.partial and not gaps:
            self.incomplete["the server says that its answer is partial"] = None

    def add(self, other: "Tally") -> None:
        """Take note of what a part of the refresh met."""
        self.answered += other.answered
        self.seconds = max(self.seconds, other.seconds)
        self.incomplete |= other.incomplete
        self.too_heavy |= other.too_heavy

    def split(self, error: SourceError) -> None:
        """Take note of a range that the server refused as a whole, and that is asked for in parts."""
        self.too_heavy[f"read in smaller parts: {error.detail}"] = None

    def concerns_the_server(self, error: SourceError) -> bool:
        """Return whether the other queries will fail like this one.

        A server that let a request hang and has answered nothing yet will let the others hang, too.
        """
        return not is_of_the_query(error) or (type(error) is TimedOut and not self.answered)

    def fail(self, error: SourceError) -> str:
        """Take note of a query that failed for itself and return why; raise what concerns the whole server."""
        if self.concerns_the_server(error):
            raise error
        self.failures.append(error)
        return error.detail

    def check(self) -> None:
        """Raise the first failure when not one query was answered: then it is the server's, not the queries'."""
        if self.failures and not self.answered:
            raise self.failures[0]


def is_of_the_query(error: SourceError) -> bool:
    """Return whether an error may be one query's own, so that the others still tell what they know."""
    return isinstance(error, _OF_THE_QUERY)
