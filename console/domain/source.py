"""How a source answered."""

import msgspec

from console.domain.anomaly import Status
from console.domain.label import harmless


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
    replica: str | None = None
    """The name of the replica that answered, where it is not the preferred one."""
    missing_members: tuple[str, ...] = ()
    """The names of the members that did not answer, where others did."""
    answered: float | None = None
    """When a source that is down answered last (UTC seconds), None where nobody saw it answer."""
    baselines: str | None = None
    """Of how many days baselines are made, in words, where there are not as many as there could be."""

    @property
    def is_complete(self) -> bool:
        """Return whether it answered, and all that it was asked for; a note changes nothing of that."""
        return self.status is Status.OK and not self.partial

    @property
    def shown_name(self) -> str:
        """Return the harmless name, with the replica that stands in: `prometheus via prom-1:9090`."""
        return harmless(self.name) + (f" via {harmless(self.replica)}" if self.replica else "")
