"""Why a silence that was expired is not made again: asked when its undo is planned, and right before it is sent."""

from console.actions.alertmanager.outcome import alike, state_in_words
from console.actions.alertmanager.requests import Making
from console.actions.alertmanager.server import Situation
from console.domain.label import harmless
from console.domain.moments import clock_time


def why_not_again(made: Making, situation: Situation, now: float) -> str | None:
    """Return why a silence until a certain end is not to be made, None where it is.

    Args:
        made: the silence.
        situation: what its Alertmanager knows.
        now: the time of this machine (UTC seconds).
    """
    others = alike(situation.silences, made)
    if others:
        other = others[0]
        return f"silence {other.id} of {harmless(other.createdBy)} keeps the same quiet, {state_in_words(other)}"
    if made.until is not None and made.until <= now + situation.first.clock_skew:
        return f"the silence would have ended at {clock_time(made.until)} UTC by itself"
    return None
