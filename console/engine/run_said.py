"""What people said of runs: notes, and who agreed to which plan; a fold over the journal."""

import math
from collections.abc import Iterable

import msgspec

from console.domain.label import harmless
from console.domain.run import Note, Run
from console.journal.events import Approved, Event
from console.journal.incident_events import Noted
from console.journal.terms import Terms, approvals_of


class RunsSaid:
    """Keeps what was said of each run, in the order in which the journal has it."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[Note, ...]] = {}
        self._approvals: dict[str, tuple[Approved, ...]] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Take in what the journal tells more than before."""
        for event in events:
            if isinstance(event, Noted) and event.run_id is not None:
                note = Note(event.at, harmless(event.who.shown), harmless(event.text), event.follow_up)
                self._notes[event.run_id] = (*self._notes.get(event.run_id, ()), note)
            elif isinstance(event, Approved):
                self._approvals[event.run_id] = (*self._approvals.get(event.run_id, ()), event)

    def forget_all(self) -> None:
        """Begin anew: the journal is another one."""
        self._notes, self._approvals = {}, {}

    def onto(self, run: Run, terms: Terms, sender: str, now: float) -> Run:
        """Return a run with its notes, and with who agreed to the plan in hand; `sender` is the user who follows it."""
        notes = self._notes.get(run.id, ())
        plan = run.plan
        if plan is None or plan.undoes is not None or not terms.approvals or run.is_rehearsal:
            return msgspec.structs.replace(run, notes=notes)
        agreed = approvals_of(
            self._approvals.get(run.id, ()),
            plan.hash,
            run.id,
            since=now - terms.approvals_last,
            sender=None if terms.sender_counts else sender,
        )
        by = tuple(harmless(approved.who.shown) for approved in agreed)
        until = min((approved.at for approved in agreed), default=math.inf) + terms.approvals_last
        return msgspec.structs.replace(
            run,
            notes=notes,
            approvals_needed=terms.approvals,
            approved_by=by,
            approved_until=until if math.isfinite(until) else None,
        )
