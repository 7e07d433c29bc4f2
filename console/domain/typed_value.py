"""What a value that a person types may be; the line that takes it and whoever uses it judge by the same rule."""

import re

import msgspec

from console.domain.label import harmless

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


class Takes(msgspec.Struct, frozen=True):
    """What is taken: a whole number between bounds (`most` None: none), one of some words, or a text.

    `pattern` is a regular expression that a text matches as a whole, `longest` how many characters it has at most.
    """

    is_whole: bool = False
    least: int = 0
    most: int | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    longest: int | None = None

    @property
    def expected(self) -> str:
        """Return what is taken, in words."""
        if self.is_whole:
            to = "" if self.most is None else f" to {self.most}"
            return f"a whole number from {self.least}{to}"
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        words = [] if self.longest is None else [f"of at most {self.longest} characters"]
        words += [] if self.pattern is None else [f"that matches {self.pattern}"]
        return " ".join(("a text", *words))

    def why_not(self, text: str) -> str | None:
        """Return why a text is not taken, in one harmless line; None where it is."""
        return None if self._fits(text) else harmless(f"expected {self.expected}; found '{text}'", 400)

    def _fits(self, text: str) -> bool:
        if self.is_whole:
            if _WHOLE.fullmatch(text) is None:
                return False
            return self.least <= int(text) and (self.most is None or int(text) <= self.most)
        if self.longest is not None and len(text) > self.longest:
            return False
        if self.choices and text not in self.choices:
            return False
        return self.pattern is None or re.fullmatch(self.pattern, text) is not None
