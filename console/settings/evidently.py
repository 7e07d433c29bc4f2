"""Where reports lie that Evidently wrote."""

from typing import Annotated

import msgspec

from console.domain.moments import Interval

NotEmpty = Annotated[str, msgspec.Meta(min_length=1)]


class ReportRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which model the reports are about whose path below the folder matches a glob; the first rule that matches counts.

    A `*` matches `/`, too.
    """

    match: NotEmpty
    model: NotEmpty


class EvidentlyFolder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder of reports and snapshots (`**/*.json`).

    The newest of each model counts, until it is older than `stale` (seconds). `timeout` is the deadline for reading.
    """

    folder: NotEmpty
    name: NotEmpty = "evidently"
    models: tuple[ReportRule, ...] = ()
    stale: Interval = 172_800.0
    timeout: Interval = 10.0

    @classmethod
    def from_text(cls, text: str) -> "EvidentlyFolder":
        """Return the folder of a path.

        Raises:
            ValueError: the text is empty.
        """
        if not text:
            raise ValueError("expected a folder, found none")
        return cls(text)
