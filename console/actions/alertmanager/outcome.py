"""What the silences, as they are read now, tell of a request that was sent."""

from console.actions.alertmanager.requests import CLOCK_SECONDS, expiring, is_marked, making
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome, Plan
from console.domain.moments import clock_time
from console.sources.alertmanager.silences import Silence, SilencesAnswer

Told = tuple[Outcome, str]


def made_silence(answer: SilencesAnswer, plan: Plan) -> Silence | None:
    """Return the silence that a plan made, None where no member knows one that bears its mark."""
    return next((silence for silence in answer.silences if is_marked(silence, plan)), None)


def outcome_by_reading(
    answer: SilencesAnswer, plan: Plan, sent_at: float, *, ended: bool, answered: bool = False
) -> Told:
    """Return whether the request of a plan was applied, as far as the silences tell, and why.

    That nothing is there means not applied only once the request cannot arrive any more and every member was asked.

    Args:
        answer: what the members know now.
        plan: what was sent.
        sent_at: when, by this machine's clock (UTC seconds).
        ended: whether the request is known to have ended.
        answered: whether the server said that it did what it was asked for.
    """
    if making(plan.request) is not None:
        silence = made_silence(answer, plan)
        if silence is not None:
            return Outcome.APPLIED, f"silence {silence.id} is there, {state_in_words(silence)}: it was made"
        return _not_there("no silence bears its mark", answer, ended=ended)
    silence = answer.find(expiring(plan.request).silence_id)
    if silence is None:
        return Outcome.UNKNOWN, "the silence is not there any more: what became of it is unknown"
    if not silence.is_over:
        return _not_there(f"the silence is still {state_in_words(silence)}", answer, ended=ended)
    sent = sent_at + answer.members[0].clock_skew
    if answered or sent - CLOCK_SECONDS <= silence.ends <= sent + LAST_ARRIVAL_SECONDS:
        return Outcome.APPLIED, f"the silence is {state_in_words(silence)}: it was expired"
    return Outcome.UNKNOWN, f"the silence is {state_in_words(silence)}: whether this request expired it is unknown"


def _not_there(what: str, answer: SilencesAnswer, *, ended: bool) -> Told:
    if answer.missing is not None:
        return Outcome.UNKNOWN, f"{what}, but {answer.missing}"
    if not ended:
        return Outcome.UNKNOWN, f"{what}: the request may arrive yet"
    return Outcome.NOT_APPLIED, f"{what}: it was not applied"


def state_in_words(silence: Silence) -> str:
    """Return `active until 03:40:00 UTC`, `expired since 03:40:00 UTC`."""
    if silence.is_over:
        return f"expired since {clock_time(silence.ends)} UTC"
    if silence.status.state == "pending":
        return f"pending from {clock_time(silence.starts)} to {clock_time(silence.ends)} UTC"
    return f"{silence.status.state} until {clock_time(silence.ends)} UTC"
