"""What is measured in the course of a case, at any instant of it."""

from collections.abc import Mapping

import msgspec

from console.domain.moments import parse_duration
from console.playbooks.cases.document import UNKNOWN, Lasting, OverTime, Value


class Measured(msgspec.Struct, frozen=True):
    """Values by name from an instant on (seconds); the first of a list is the one that is seen at `since`."""

    since: float
    refresh: float
    values: Mapping[str, OverTime]

    def at(self, now: float) -> dict[str, float | None]:
        """Return the values at an instant, None for what is unknown."""
        return {name: _number(self._value(given, now)) for name, given in self.values.items()}

    @property
    def steady_from(self) -> float:
        """Return the instant from which nothing changes any more."""
        ends = [self._lasts(given[:-1]) for given in self.values.values() if isinstance(given, tuple)]
        return self.since + max(ends, default=0.0)

    def _value(self, given: OverTime, now: float) -> Value:
        if not isinstance(given, tuple):
            return given
        end = self.since
        for part in given[:-1]:
            end += self._lasts((part,))
            if now < end:
                return part.value if isinstance(part, Lasting) else part
        last = given[-1]
        return last.value if isinstance(last, Lasting) else last

    def _lasts(self, parts: tuple[Value | Lasting, ...]) -> float:
        return sum(parse_duration(part.for_) if isinstance(part, Lasting) else self.refresh for part in parts)


def _number(value: Value) -> float | None:
    return None if value == UNKNOWN else float(value)
