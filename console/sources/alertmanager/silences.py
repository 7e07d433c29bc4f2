"""Silences, as the Alertmanager API v2 tells them."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from console.transport.http import Endpoint


class Matcher(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """One condition on a label; equality where neither flag is turned."""

    name: str
    value: str
    isRegex: bool = False  # noqa: N815  # the API's names, here and below
    isEqual: bool = True  # noqa: N815

    @property
    def shown(self) -> str:
        """Return the matcher as `amtool` and Alertmanager's page write it, raw: `model="fraud"`."""
        operator = ("=~" if self.isEqual else "!~") if self.isRegex else ("=" if self.isEqual else "!=")
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{operator}"{value}"'


class _State(msgspec.Struct, frozen=True):
    state: str


class Silence(msgspec.Struct, frozen=True):
    """A silence: `status.state` is `pending`, `active` or `expired`; an expired one ended at `endsAt`."""

    id: str
    matchers: tuple[Matcher, ...]
    startsAt: datetime  # noqa: N815
    endsAt: datetime  # noqa: N815
    updatedAt: datetime  # noqa: N815
    status: _State
    createdBy: str = ""  # noqa: N815
    comment: str = ""

    @property
    def is_over(self) -> bool:
        """Return whether it keeps nothing quiet any more."""
        return self.status.state == "expired"

    @property
    def starts(self) -> float:
        """Return when it begins (UTC seconds)."""
        return self.startsAt.astimezone(UTC).timestamp()

    @property
    def ends(self) -> float:
        """Return when it ends, or ended (UTC seconds)."""
        return self.endsAt.astimezone(UTC).timestamp()

    @property
    def updated(self) -> str:
        """Return when it was changed last, as the server would write it: another time is another edit."""
        return self.updatedAt.astimezone(UTC).isoformat()


class MemberSilences(msgspec.Struct, frozen=True):
    """What one member of an Alertmanager knows, and how far its clock is ahead of this machine's (seconds)."""

    endpoint: Endpoint
    silences: tuple[Silence, ...]
    clock_skew: float


class SilencesAnswer(msgspec.Struct, frozen=True):
    """What the members know that answered, in the order of the settings, and why others did not, else None."""

    members: tuple[MemberSilences, ...]
    missing: str | None

    @property
    def silences(self) -> tuple[Silence, ...]:
        """Return every silence once, as it was changed last."""
        return _newest(silence for member in self.members for silence in member.silences)

    def find(self, silence_id: str) -> Silence | None:
        """Return the silence with an id, None where no member knows it."""
        return next((silence for silence in self.silences if silence.id == silence_id), None)


def _newest(told: Iterable[Silence]) -> tuple[Silence, ...]:
    found: dict[str, Silence] = {}
    for silence in told:
        known = found.get(silence.id)
        if known is None or known.updatedAt < silence.updatedAt:
            found[silence.id] = silence
    return tuple(found.values())
