"""What a person must know of the journal while they act."""

from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.journal.journal import Condition

CLOCKS_DIFFER_SECONDS = 5.0
"""What a clock that is set by the network never is away, and too little to matter for a cooldown."""


def journal_notices(condition: Condition) -> tuple[str, ...]:
    """Return a line each: that a shared journal is out of reach, what was done twice meanwhile, and a wrong clock."""
    told = []
    if condition.down is not None and condition.down_since is not None:
        told.append(
            f"the shared journal is out of reach since {clock_time(condition.down_since)} UTC:"
            f" {harmless(condition.down)}; what is written is kept here until it is back, and nothing can be committed"
        )
    if abs(condition.clock_ahead) > CLOCKS_DIFFER_SECONDS:
        away = "ahead of" if condition.clock_ahead > 0 else "behind"
        told.append(
            f"the clock of this machine is {in_words(abs(condition.clock_ahead))} {away} that of the shared journal:"
            " cooldowns, limits and approvals are counted wrongly until it is set"
        )
    return (*told, *(f"conflict: {conflict}" for conflict in condition.conflicts))
