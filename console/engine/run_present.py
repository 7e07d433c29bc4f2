"""What runs know of the present: the latest snapshot, and the time that it is for them."""

from collections.abc import Callable

from console.domain.snapshot import ModelView, Snapshot


class Present:
    """The present of one console; while the past is rendered it is the instant of the snapshot (UTC seconds)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.snapshot: Snapshot | None = None

    def now(self) -> float:
        """Return the time (UTC seconds)."""
        snapshot = self.snapshot
        return self._clock() if snapshot is None or snapshot.live else snapshot.at

    @property
    def is_live(self) -> bool:
        """Whether a snapshot of the present is there: runs of the past are not journalled."""
        return self.snapshot is not None and self.snapshot.live

    def find(self, model_id: str) -> ModelView | None:
        """Return a model as the latest snapshot has it, None where it does not."""
        return self.snapshot.find(model_id) if self.snapshot is not None else None
