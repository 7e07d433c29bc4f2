"""The prediction logs of the simulated world: a past that ends at its start, then new rows as time goes on."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from console.simulation.predictions.faults import LogFault
from console.simulation.predictions.models import LOGGED_MODELS
from console.simulation.predictions.spec import LogSpec
from console.simulation.predictions.write import DAY, LogWriter

PAST = 8.25 * DAY
"""Seconds: six whole days to measure against, a day after them, and the same hours of the week before."""

ROWS_PER_HOUR = 400.0
"""What is logged is a sample of what is served."""


class PredictionLogs:
    """Writes the logs of some models below a folder; `logged` are the faults, whose times count from `started`."""

    def __init__(
        self,
        folder: Path,
        logged: Sequence[tuple[str, LogFault]],
        *,
        seed: int,
        started: float,
        specs: Sequence[LogSpec] = LOGGED_MODELS,
        past: float = PAST,
        rows_per_hour: float = ROWS_PER_HOUR,
    ) -> None:
        self.models = tuple(spec.model for spec in specs)
        self._folder = folder
        self._started = started
        begin = started - past
        self._writers = [
            LogWriter(
                self.folder(spec.model),
                spec.with_faults(*_at(started, (fault for model, fault in logged if model == spec.model))),
                seed=seed,
                start=begin,
                rows_per_hour=rows_per_hour,
            )
            for spec in specs
        ]

    def folder(self, model: str) -> Path:
        """Return where the log of a model lies."""
        return self._folder / model

    def write_past(self) -> None:
        """Write what was logged until the world's start."""
        self.advance(self._started)

    def advance(self, now: float) -> None:
        """Append what was logged since the last call, in a small file for each model."""
        for writer in self._writers:
            writer.advance(now)


def _at(started: float, faults: Iterable[LogFault]) -> Iterable[LogFault]:
    return (msgspec.structs.replace(fault, begins=started + fault.begins) for fault in faults)
