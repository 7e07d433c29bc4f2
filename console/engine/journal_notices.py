"""What a person must know of the journal while they act."""

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.journal.journal import Condition


def journal_notices(condition: Condition) -> tuple[str, ...]:
    """Return a line each: that a shared journal is out of reach, and what was done twice meanwhile."""
    told = []
    if condition.down is not None and condition.down_since is not None:
        told.append(
            f"the shared journal is out of reach since {clock_time(condition.down_since)} UTC:"
            f" {harmless(condition.down)}; what is written is kept here until it is back, and nothing can be committed"
        )
    return (*told, *(f"conflict: {conflict}" for conflict in condition.conflicts))
