"""The clock of a simulated cluster: every controller acts at the instant at which something is due."""

from collections.abc import Callable, Sequence
from typing import Protocol

from console.simulation.cluster.store import Store

_MOST_PASSES = 1000


class Reconciler(Protocol):
    """What brings a kind of objects to what an instant (UTC seconds) demands."""

    def reconcile(self, now: float, /) -> None:
        """Act on everything at an instant."""
        ...


class TimedReconciler(Reconciler, Protocol):
    """One that has things to do by itself, too."""

    def next_due(self) -> float | None:
        """Return the next instant (UTC seconds) at which it has something to do, or None."""
        ...


class ControlLoop:
    """Runs controllers up to the time of `clock` (UTC seconds); `now` is the instant that they have reached.

    `first` act before all others, in a list that may grow; of `controllers` those of `timed` have dues of their own.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._settled_version = -1
        self.now = clock()
        self.first: list[TimedReconciler] = []
        self.controllers: Sequence[Reconciler] = ()
        self.timed: Sequence[TimedReconciler] = ()

    def advance(self, store: Store) -> None:
        """Run the controllers up to the clock's time, each change at the instant at which it is due."""
        until = max(self._clock(), self.now)
        self._settle(store)
        while (due := self._next_due()) is not None and due <= until:
            self.now = max(due, self.now)
            self.wake()
            self._settle(store)
            if self._next_due() == due:
                raise RuntimeError(f"no simulated controller did what was due at {due}")
        self.now = until

    def wake(self) -> None:
        """Let every controller look again, whether anything changed or not."""
        self._settled_version = -1

    def _settle(self, store: Store) -> None:
        """Run the controllers until none of them changes anything more."""
        for _ in range(_MOST_PASSES):
            if store.version == self._settled_version:
                return
            self._settled_version = store.version
            for controller in (*self.first, *self.controllers):
                controller.reconcile(self.now)
        raise RuntimeError("the simulated controllers never come to rest")

    def _next_due(self) -> float | None:
        dues = [controller.next_due() for controller in (*self.first, *self.timed)]
        return min((due for due in dues if due is not None), default=None)
