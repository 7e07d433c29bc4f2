"""Who holds the lock of a target."""

import msgspec

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.journal.who import Who


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock, since when (UTC seconds), for which run and on what."""

    who: Who
    since: float
    run_id: str
    target: str

    @property
    def shown(self) -> str:
        """Return a harmless sentence: `ann@bastion is acting on ml/fraud since 03:12:05 UTC (run 7f3)`."""
        who, target, run_id = (harmless(text) for text in (self.who.shown, self.target, self.run_id))
        return f"{who} is acting on {target} since {clock_time(self.since)} UTC (run {run_id})"


class TargetBusy(Exception):
    """Somebody else is acting on the target; `holder` is None in the instant before they have written their name."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        super().__init__("somebody else is acting on it at this moment" if holder is None else holder.shown)


def decode_holder(text: bytes | str) -> Holder | None:
    """Return the holder that a lock's note tells, None where it tells none."""
    try:
        return msgspec.json.decode(text, type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
