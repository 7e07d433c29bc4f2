"""Runs with everything that belongs to them while a console keeps them."""

import asyncio

from console.domain.run import Run
from console.journal.events import RunReference
from console.playbooks.document import Playbook
from console.playbooks.foresight import PlansAhead
from console.playbooks.state import Attempt, Notices, RunState, is_over

Wanted = Attempt | Notices | PlansAhead
"""What may want something to be read: an attempt its plan, messages their text, plans what they will be made of."""
RUNS_KEPT_AFTER_THEIR_END = 20
"""What the last of them sent can still be taken back."""


class KeptRun:
    """A run; its playbook is the version that it began with.

    `asked` holds what is being read for it, by what it is for, with what wants it.
    """

    def __init__(self, playbook: Playbook, state: RunState) -> None:
        self.playbook = playbook
        self.state = state
        self.message: str | None = None
        self.asked_as: str | None = None
        """The word by which whoever asked for it here knows it again."""
        self.is_lost = False
        """Another console follows the run now."""
        self.published: Run | None = None
        self._showing: asyncio.TimerHandle | None = None
        self._reading_again: asyncio.TimerHandle | None = None
        self.asked: dict[str, tuple[Wanted, asyncio.Task[None]]] = {}

    @property
    def id(self) -> str:
        """Return the id of the run."""
        return self.state.started.run_id

    def reference(self, step: str) -> RunReference:
        """Return what the journal names a step of the run by."""
        started = self.state.started
        return RunReference(
            run_id=started.run_id,
            step_id=step,
            playbook_id=started.playbook_id,
            playbook_version=started.playbook_version,
            incident_id=started.incident_id,
            rehearsal=started.rehearsal,
        )

    def is_asked(self, what: str, wanted: Wanted) -> bool:
        """Return whether whatever wants something has asked for it."""
        return what in self.asked and self.asked[what][0] == wanted

    def is_reading(self, what: str) -> bool:
        """Return whether something is being read."""
        return what in self.asked and not self.asked[what][1].done()

    def note_asked(self, what: str, wanted: Wanted) -> None:
        """Take note that something else is wanted of what is being read."""
        self.asked[what] = wanted, self.asked[what][1]

    def shown_later(self, showing: asyncio.TimerHandle | None) -> None:
        """Have the run published later, and no more when it was to be; None is now."""
        if self._showing is not None:
            self._showing.cancel()
        self._showing = showing

    def read_later(self, reading: asyncio.TimerHandle) -> None:
        """Have something read for it later, and no more when it was to be."""
        if self._reading_again is not None:
            self._reading_again.cancel()
        self._reading_again = reading

    def give_up(self, what: str) -> None:
        """Read on no more: nobody wants the answer."""
        if what in self.asked:
            self.asked.pop(what)[1].cancel()


class KeptRuns:
    """The runs of one console, by id: those under way, and the last that are over."""

    def __init__(self) -> None:
        self._runs: dict[str, KeptRun] = {}

    def add(self, kept: KeptRun) -> tuple[str, ...]:
        """Keep a run; return the ids of those that are too long over to be kept any more."""
        self._runs[kept.id] = kept
        over = [run.id for run in self._runs.values() if is_over(run.state)]
        forgotten = tuple(over[:-RUNS_KEPT_AFTER_THEIR_END])
        for run_id in forgotten:
            del self._runs[run_id]
        return forgotten

    def remove(self, run_id: str) -> None:
        """Keep a run no more."""
        self._runs.pop(run_id, None)

    def find(self, run_id: str) -> KeptRun | None:
        """Return the run with an id, None when it is not kept."""
        return self._runs.get(run_id)

    def open_run(self, model_id: str, playbook_id: str, *, rehearsal: bool) -> KeptRun | None:
        """Return the run, or the rehearsal, of a playbook for a model that has not ended, None when there is none."""
        for kept in self._runs.values():
            started = kept.state.started
            is_of_both = (started.model_id, started.playbook_id) == (model_id, playbook_id)
            if is_of_both and started.rehearsal == rehearsal and kept.state.ended is None:
                return kept
        return None

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the runs that are kept."""
        return frozenset(self._runs)

    @property
    def over(self) -> tuple[KeptRun, ...]:
        """The runs to which nothing happens any more by itself."""
        return tuple(kept for kept in self._runs.values() if is_over(kept.state))

    @property
    def under_way(self) -> tuple[KeptRun, ...]:
        """The runs to which something can still happen by itself."""
        return tuple(kept for kept in self._runs.values() if not is_over(kept.state))
