"""Ends a run when its key was pressed twice: what is over cannot be followed any more, and a shift slips easily."""

from console.domain.run import Run


class Ending:
    """Remembers which run a person wanted to end, and at which step."""

    def __init__(self) -> None:
        self._asked: tuple[str, str | None] | None = None

    def is_meant(self, run: Run) -> bool:
        """Return whether the run may be ended now: it was asked for before, at this step, or it is over anyway."""
        asked, self._asked = self._asked, (run.id, run.active)
        return run.ended is not None or asked == self._asked
