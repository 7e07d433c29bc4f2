"""What came back from outside, as it may be shown and journalled: one harmless line without a secret."""

from collections.abc import Iterable
from urllib.parse import quote, unquote

from console.domain.label import harmless
from console.domain.redaction import HIDDEN, redacted

SHORTEST_SECRET = 6
"""A shorter text stands in too many words to be hidden everywhere."""
LONGEST_TOLD = 200


class Hiding:
    """Knows the secrets that were used, and takes them out of whatever comes back; prints as `***`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret.strip() for secret in secrets}
        forms = {form for secret in known for form in (secret, quote(secret, safe=""), unquote(secret))}
        self._forms = sorted((form for form in forms if len(form) >= SHORTEST_SECRET), key=len, reverse=True)

    def told(self, text: str, longest: int = LONGEST_TOLD) -> str:
        """Return a text as one harmless line in which no secret is left."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return harmless(redacted(" ".join(text.split())), longest)

    def __repr__(self) -> str:
        return HIDDEN
