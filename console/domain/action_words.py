"""What is said of the actions for a model, on every face in the same words."""

from console.domain.action import Outcome, RiskTier
from console.domain.label import harmless
from console.domain.model_actions import OfferedAction, OfferedArgument

NO_UNDO = "none: it cannot be taken back from here"
TIER_IN_WORDS = {
    RiskTier.READ: "tier 0, only reads",
    RiskTier.BOUNDED: "tier 1 or more, bounded",
    RiskTier.WIDE: "tier 2 or more, wide",
    RiskTier.HARD_TO_UNDO: "tier 3, hard to undo",
}
"""The least risk that an action has, before it is planned."""

END_OF_AN_UNDO = {
    Outcome.VERIFIED: "taken back",
    Outcome.NOT_VERIFIED: "not seen to be taken back",
    Outcome.UNKNOWN: "unknown whether it was taken back",
}
"""How the watch of an undo ends."""


def outcome_with_detail(outcome: Outcome, detail: str) -> str:
    """Return an outcome with its detail, and its word once: most details begin with it."""
    word = outcome.value.replace("_", " ")
    return detail if detail.lower().startswith(word) else f"{word}: {detail}"


def told_of(action: OfferedAction) -> str:
    """Return what stands beside an action: why it cannot be done, else how it is taken back."""
    if action.why_not is not None:
        return action.why_not
    if action.is_asked:
        return "asking whether you may…"
    if action.unknown is not None:
        return f"not known whether you may: {action.unknown}"
    return action.undo or NO_UNDO


def argument_in_words(argument: OfferedArgument) -> str:
    """Return what an action asks for: what it is, what it takes, and its value of now."""
    now = f", now {harmless(argument.present)}" if argument.present else ""
    needed = "" if argument.required else " (may be left out)"
    return f"{argument.title}: {argument.expected}{now}{needed}"
