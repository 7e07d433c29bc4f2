"""What every line of a journal tells, whatever it is about."""

import msgspec

from console.domain.moments import Instant
from console.journal.who import Who


class Recorded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """What every line tells: when (UTC seconds) and who."""

    at: Instant
    who: Who
