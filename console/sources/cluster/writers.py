"""Who set the replicas of an object last, by what the server recorded of each writer."""

import math
from typing import Any

import msgspec

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.sources.cluster.objects import ManagedFields, Metadata, instant


class Writer(msgspec.Struct, frozen=True):
    """A field manager and when it wrote (UTC seconds; None where the server does not say), its name raw."""

    manager: str
    at: float | None

    @property
    def shown(self) -> str:
        """Return the writer as it is told: `kubectl at 03:21:05 UTC`."""
        who = harmless(self.manager)
        return who if self.at is None else f"{who} at {clock_time(self.at)} UTC"


def replicas_writer(metadata: Metadata) -> Writer | None:
    """Return who set the replicas last; None where the server does not say."""
    writers = [
        Writer(entry.manager, instant(entry.time))
        for entry in metadata.managed_fields or ()
        if entry.manager and _sets_replicas(entry)
    ]
    return max(reversed(writers), key=_when, default=None)  # of the same second, the later entry


def _when(writer: Writer) -> float:
    return -math.inf if writer.at is None else writer.at


def _sets_replicas(entry: ManagedFields) -> bool:
    """Tell whether a writer owns `spec.replicas`: through `/scale`, which holds nothing else, or by name."""
    spec: Any = entry.fields.get("f:spec")
    return entry.subresource == "scale" or (isinstance(spec, dict) and "f:replicas" in spec)
