"""What the silences, as they are read now, tell of a request that was sent."""

from console.actions.alertmanager.requests import CLOCK_SECONDS, Making, expiring, is_marked, making, shown
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS
from console.domain.action import Outcome, Plan
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words, rfc3339
from console.sources.alertmanager.silences import Silence, SilencesAnswer

Told = tuple[Outcome, str]
EDIT_SECONDS = 30.0
"""A silence whose length differs by more than this from what was asked for was edited."""


def made_silence(answer: SilencesAnswer, plan: Plan) -> Silence | None:
    """Return the silence that a plan made, None where no member knows one that bears its mark.

    Who edits the matchers or the start of a silence ends it and makes another one, which keeps the mark with the
    comment: of several the one that is not over, and began last, is what became of it.
    """
    return next(iter(marked(answer, plan)), None)


def marked(answer: SilencesAnswer, plan: Plan) -> tuple[Silence, ...]:
    """Return the silences that bear the mark of a plan: those that are not over first, then which began last."""
    found = (silence for silence in answer.silences if is_marked(silence, plan))
    return tuple(sorted(found, key=lambda silence: (silence.is_over, -silence.starts)))


def sent_twice(answer: SilencesAnswer, plan: Plan) -> str | None:
    """Return that several silences which are not over bear the mark of a plan, None where at most one does."""
    several = [silence.id for silence in marked(answer, plan) if not silence.is_over]
    if len(several) < 2:
        return None
    return f"{len(several)} silences bear its mark, something on the way sent it again: {', '.join(several)}"


def alike(answer: SilencesAnswer, made: Making) -> tuple[Silence, ...]:
    """Return the silences that are not over and match what a plan wants to be matched, whoever made them."""
    return tuple(each for each in answer.silences if not each.is_over and set(each.matchers) == set(made.matchers))


def why_edited(silence: Silence, made: Making) -> str | None:
    """Return that a silence keeps quiet something else, or for another time, than it was made for; None where not."""
    if silence.is_over:
        return None
    if made.until is not None:
        is_otherwise_long, was = abs(silence.ends - made.until) > EDIT_SECONDS, f"until {_moment(made.until, silence)}"
    else:
        length = made.seconds or 0.0
        is_otherwise_long, was = abs(silence.ends - silence.starts - length) > EDIT_SECONDS, f"for {in_words(length)}"
    others = set(silence.matchers) != set(made.matchers)
    if not is_otherwise_long and not others:
        return None
    who = "somebody" if silence.createdBy == made.created_by else harmless(silence.createdBy)
    matches = f" and matches {shown(silence.matchers)}" if others else ""
    return f"{who} edited the silence: it is {state_in_words(silence)}{matches}, it was made {was}"


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
    made = making(plan.request)
    if made is not None:
        silence = made_silence(answer, plan)
        if silence is not None:
            twice = sent_twice(answer, plan)
            told = f"silence {silence.id} is there, {state_in_words(silence)}: it was made"
            return Outcome.APPLIED, told if twice is None else f"{told}; {twice}"
        return _not_marked(answer, made, sent_at, ended=ended)
    silence = answer.find(expiring(plan.request).silence_id)
    if silence is None:
        return Outcome.UNKNOWN, "the silence is not there any more: what became of it is unknown"
    if not silence.is_over:
        return _not_there(f"the silence is still {state_in_words(silence)}", answer, ended=ended)
    sent = sent_at + answer.members[0].clock_skew
    if answered or sent - CLOCK_SECONDS <= silence.ends <= sent + LAST_ARRIVAL_SECONDS:
        return Outcome.APPLIED, f"the silence is {state_in_words(silence)}: it was expired"
    return Outcome.UNKNOWN, f"the silence is {state_in_words(silence)}: whether this request expired it is unknown"


def _not_marked(answer: SilencesAnswer, made: Making, sent_at: float, *, ended: bool) -> Told:
    """Return what it means that no silence bears a mark: who edits a comment may have taken it out."""
    begun = (
        each for each in alike(answer, made) if each.starts >= sent_at + answer.members[0].clock_skew - CLOCK_SECONDS
    )
    other = next(begun, None)
    if other is not None:
        who = f"silence {other.id} of {harmless(other.createdBy)} began since and matches the same"
        return Outcome.UNKNOWN, f"no silence bears its mark, and {who}: whether it is this one, edited, is unknown"
    return _not_there("no silence bears its mark", answer, ended=ended)


def _not_there(what: str, answer: SilencesAnswer, *, ended: bool) -> Told:
    if answer.missing is not None:
        return Outcome.UNKNOWN, f"{what}, but {answer.missing}"
    if not ended:
        return Outcome.UNKNOWN, f"{what}: the request may arrive yet"
    return Outcome.NOT_APPLIED, f"{what}: it was not applied"


def state_in_words(silence: Silence) -> str:
    """Return `active until 03:40:00 UTC`, `expired since 03:40:00 UTC`; with the day where it began on another."""
    ends = _moment(silence.ends, silence)
    if silence.is_over:
        return f"expired since {ends}"
    if silence.status.state == "pending":
        return f"pending from {_moment(silence.starts, silence)} to {ends}"
    return f"{silence.status.state} until {ends}"


def _moment(instant: float, silence: Silence) -> str:
    day = rfc3339(instant).partition("T")[0]
    is_that_day = rfc3339(silence.starts).startswith(day)
    return f"{clock_time(instant)} UTC" if is_that_day else f"{day} {clock_time(instant)} UTC"
