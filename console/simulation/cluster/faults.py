"""Faults on demand: what a slow, dead or lying API server does to the requests that match."""

from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from console.simulation.cluster.failures import injected
from console.simulation.cluster.messages import Answer, Request, json_answer


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong, and for which requests.

    `path` is a glob over the whole path (`*/scale`); `dry_run` None matches commits and dry runs alike; `times` None
    never ends. With `status` the request is refused, not done. `arrives_after_seconds` passes before the request is
    done, which happens even if the client left meanwhile; `delay_seconds` after it was done and before it is answered.
    `cut` closes the connection before or after the request is done, without an answer, or in the middle of it.
    `body` replaces the answer's
    body, `headers` are added to its own.
    """

    method: str = "*"
    path: str = "*"
    dry_run: bool | None = None
    times: int | None = 1
    status: int | None = None
    retry_after: int | None = None
    arrives_after_seconds: float = 0.0
    delay_seconds: float = 0.0
    cut: Literal["before", "after", "middle"] | None = None
    body: bytes | None = None
    headers: dict[str, str] = {}

    def matches(self, request: Request) -> bool:
        """Return whether a request suffers from this fault."""
        return (
            fnmatchcase(request.method, self.method)
            and fnmatchcase(request.path, self.path)
            and self.dry_run in {None, request.dry_run}
        )

    def refusal(self) -> Answer:
        """Return the answer by which a request with a fault's `status` is refused."""
        failure = injected(self.status or 500, self.retry_after)
        return json_answer(failure.code, failure.status, failure.headers)


class Faults:
    """The faults that are still to happen; the first that matches a request is taken."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen from now on."""
        self._waiting.append((fault, 0))

    def clear(self) -> None:
        """Let no fault happen any more."""
        self._waiting.clear()

    def take(self, request: Request) -> Fault | None:
        """Return the fault that a request suffers from, and count it."""
        for place, (fault, happened) in enumerate(self._waiting):
            if fault.matches(request):
                if fault.times is not None and happened + 1 >= fault.times:
                    del self._waiting[place]
                else:
                    self._waiting[place] = (fault, happened + 1)
                return fault
        return None
