"""How well a text fits what somebody typed of it."""

EXACT, BEGINS, WORD_BEGINS, HOLDS = 5.0, 4.0, 3.0, 2.0
"""Scores of the fits between all and some; letters that only stand in order score between 0 and 1."""

_BREAKS = frozenset("/-_. :")


def fit_of(query: str, text: str) -> float | None:
    """Return how well a text fits a query, greater is better; None where it does not.

    Each word of the query must fit; both must be case-folded already.
    """
    score = 0.0
    for word in query.split():
        found = _fit_of_word(word, text)
        if found is None:
            return None
        score += found
    return score


def _fit_of_word(word: str, text: str) -> float | None:
    if word == text:
        return EXACT
    place = text.find(word)
    if place == 0:
        return BEGINS
    while place > 0:
        if text[place - 1] in _BREAKS:
            return WORD_BEGINS
        following = text.find(word, place + 1)
        if following < 0:
            return HOLDS
        place = following
    return _in_order(word, text)


def _in_order(word: str, text: str) -> float | None:
    """Return how close together the letters of a word stand in a text in their order."""
    first = place = text.find(word[0])
    for letter in word[1:]:
        if place < 0:
            return None
        place = text.find(letter, place + 1)
    return len(word) / (place - first + 1) if place >= 0 else None
