"""The range of time that the model screen shows, and how keys change it."""

import msgspec

from console.domain.moments import clock_time, in_words

SHORTEST_SPAN = 300.0
LONGEST_SPAN = 14 * 86400.0
_WIDER, _NARROWER = 2.0, 0.5


class TimeRange(msgspec.Struct, frozen=True):
    """`span` seconds that end `shift` seconds before now."""

    span: float
    shift: float = 0.0

    def shifted(self, halves: int) -> "TimeRange":
        """Return the range so many halves of itself further in the past, never in the future."""
        return TimeRange(self.span, max(0.0, self.shift + halves * self.span / 2))

    def zoomed(self, steps: int) -> "TimeRange":
        """Return the range twice as long (half when negative) with the same end, within the limits."""
        factor = _WIDER if steps > 0 else _NARROWER
        return TimeRange(min(max(self.span * factor, SHORTEST_SPAN), LONGEST_SPAN), self.shift)

    def in_words(self, at: float) -> str:
        """Return the range as the screen tells it at an instant (UTC seconds)."""
        if not self.shift:
            return f"{in_words(self.span)} to now"
        return f"{in_words(self.span)} to {clock_time(at - self.shift)} UTC, {in_words(self.shift)} ago"
