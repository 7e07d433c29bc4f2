"""How a source answered."""

import msgspec

from console.domain.anomaly import Status


class SourceReport(msgspec.Struct, frozen=True):
    """One source at one refresh: `seconds` its slowest answer took, `detail` what is to be told in one harmless line.

    The detail of a source that is neither down nor partial is a note: one of several members does not answer.
    """

    name: str
    status: Status
    seconds: float | None = None
    detail: str | None = None
    partial: bool = False
    """The source said itself that its answer is incomplete."""
