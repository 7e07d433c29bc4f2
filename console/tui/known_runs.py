"""The runs that the engine has published, in the order in which a person must look at them."""

from console.domain.quantity import how_many
from console.domain.run import Run
from console.tui.panels.lines import Span
from console.tui.run_words import is_resting, needs_me

MOST_ENDED = 20
"""Runs that are over and still listed: what the last of them did can be looked at, and taken back."""


class KnownRuns:
    """Runs by their ids, as they were published last."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def take(self, run: Run) -> None:
        """Keep the newest state of a run."""
        self._runs[run.id] = run
        over = [each for each in self._runs.values() if each.ended is not None]
        for each in sorted(over, key=lambda each: each.ended or 0.0)[:-MOST_ENDED]:
            del self._runs[each.id]

    def find(self, run_id: str) -> Run | None:
        """Return a run, None where it is not known."""
        return self._runs.get(run_id)

    def open_of(self, model_id: str) -> tuple[Run, ...]:
        """Return the runs of a model that have not ended."""
        return tuple(run for run in self._runs.values() if run.model_id == model_id and run.ended is None)

    def open_run(self, model_id: str, playbook_id: str, *, rehearsal: bool) -> Run | None:
        """Return the run of a playbook for a model that has not ended, this console's own before others."""
        alike = (playbook_id, rehearsal)
        found = [run for run in self.open_of(model_id) if (run.playbook_id, run.is_rehearsal) == alike and run.steps]
        return min(found, key=lambda run: (not run.is_mine, run.started), default=None)

    @property
    def listed(self) -> tuple[Run, ...]:
        """Return all that began: those that need this person first, then the own, those of others, those that ended."""
        begun = (run for run in self._runs.values() if run.steps)
        return tuple(sorted(begun, key=lambda run: (_rank(run), -(run.ended or 0.0), run.started, run.id)))

    @property
    def resting(self) -> tuple[Run, ...]:
        """Return the runs that nobody follows, the oldest first."""
        return tuple(sorted((run for run in self._runs.values() if is_resting(run)), key=lambda run: run.started))

    def count(self, *, is_short: bool) -> tuple[Span, ...]:
        """Return how many runs are open here and how many need this person, nothing where there is neither."""
        waiting = sum(map(needs_me, self._runs.values()))
        here = sum(run.ended is None and (run.is_mine or needs_me(run)) for run in self._runs.values())
        if not here:
            return ()
        if not waiting:
            return (Span(how_many(here, "run"), "accent"),)
        waits = how_many(waiting, "waits", "wait")
        runs = how_many(here, "run")
        if waiting == here:
            return (Span(f"{runs} {waits.partition(' ')[2]}", "warning"),)
        return (Span(waits if is_short else f"{runs}, {waits}", "warning"),)


def _rank(run: Run) -> int:
    if run.ended is not None:
        return 3
    return 0 if needs_me(run) else 1 if run.is_mine else 2
