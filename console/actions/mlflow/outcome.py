"""What an alias, as it is read now, tells of a request that was sent to move it."""

from console.actions.mlflow.moving import Moving, version_in_words
from console.domain.action import Outcome


def outcome_by_reading(move: Moving, version: str | None, *, ended: bool) -> tuple[Outcome, str]:
    """Return whether a request was applied, as far as the alias tells, and why.

    MLflow does not tell who moved an alias: what is as it was meant to be counts as done.

    Args:
        move: what was sent.
        version: what the alias points to now, None where there is none.
        ended: whether the request is known to have ended, so that it cannot be applied any more.
    """
    now = f"{move.shown} is at {version_in_words(version)}"
    if version == move.version:
        return Outcome.APPLIED, now
    if version != move.expects:
        return Outcome.UNKNOWN, f"{now}, as somebody else made it: whether it was moved before is unknown"
    if ended:
        return Outcome.NOT_APPLIED, f"{now} still: it was not moved"
    return Outcome.UNKNOWN, f"{now} still: the request may arrive yet"


def moved_since(move: Moving, version: str | None) -> str:
    """Return that an alias is not where a move expects it, in words."""
    if version == move.version:
        return f"{move.shown} is at {version_in_words(version)} already"
    was, now = version_in_words(move.expects), version_in_words(version)
    return f"{move.shown} moved on: it was at {was} and is at {now} now"
