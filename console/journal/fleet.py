"""Which fleet a console looks at: one state directory serves all consoles of a person, whatever they look at."""

import msgspec

from console.journal.incident_events import IncidentOpened


class Fleet(msgspec.Struct, frozen=True):
    """What a console reads: the cluster's context, and addresses of metrics and logs without secrets."""

    context: str | None = None
    sources: tuple[str, ...] = ()

    def holds(self, opened: IncidentOpened) -> bool:
        """Return whether an incident is of this fleet: no other context, and an address in common.

        What is not told does not tell fleets apart.
        """
        is_other_context = None not in (self.context, opened.context) and self.context != opened.context
        are_told = bool(self.sources and opened.sources)
        return not is_other_context and not (are_told and set(self.sources).isdisjoint(opened.sources))
