"""The valid name that somebody most likely meant."""

from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name most like a word, or the only one that contains it; None where none is alike."""
    from difflib import get_close_matches  # only a mistake pays for it

    valid = list(names)
    found = get_close_matches(word, valid, n=1, cutoff=0.6) or [name for name in valid if word and word in name]
    return found[0] if len(found) == 1 else None


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return `expected one of a, b; nearest: b`, as every message about an unknown name ends."""
    valid = sorted(names)
    found = nearest(word, valid)
    return f"expected one of {', '.join(valid)}" + (f"; nearest: {found}" if found else "")
