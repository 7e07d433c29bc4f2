"""An occasion to act: model `eta` with its incident, and a clock that a test moves."""

from console.actions.provider import Occasion
from tests.engine.stage import SLOW

OCCASION = Occasion(SLOW, by="ann@bastion", run_id="run1")
INCIDENT = SLOW.incident.id if SLOW.incident is not None else ""


class Clock:
    """Returns a time that a test sets (UTC seconds)."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
