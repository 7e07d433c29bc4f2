"""A screen that is about one run: what it tells of it above, and what a person can do about it beside its plan."""

from typing import TYPE_CHECKING

import msgspec

from console.domain.command import GiveParameter, PlanUndo, StartAction, TakeUpRun
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Run
from console.tui.drafts import NoteSubject
from console.tui.header import NARROW
from console.tui.panels.lines import Span
from console.tui.run_words import subject_of
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb

if TYPE_CHECKING:
    from console.tui.prompt.value import ValueLine


class WantedRun(msgspec.Struct, frozen=True):
    """Which run is to be shown: one that is known, else the open one of a playbook, else one that is begun.

    `action` is asked for instead of a playbook; its name is the playbook's then.
    """

    model_id: str
    playbook_id: str
    run: Run | None = None
    rehearse: bool = False
    action: StartAction | None = None


class OneRunScreen(ConsoleScreen):
    """A screen with a run of a playbook for a model; nothing is `wanted` of one that was made beforehand."""

    def __init__(self, wanted: WantedRun | None) -> None:
        super().__init__()
        self.wanted = wanted
        self._run = wanted.run if wanted is not None else None
        self._value: ValueLine | None = None

    @property
    def model_id(self) -> str:
        """Return the model that is acted on."""
        return "" if self.wanted is None else self.wanted.model_id

    @property
    def playbook_id(self) -> str:
        """Return the playbook that is followed."""
        return "" if self.wanted is None else self.wanted.playbook_id

    @property
    def run_id(self) -> str | None:
        """Return the id of the run that is shown, None until it began."""
        return None if self._run is None else self._run.id

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return f"{self.model_id}-{self.playbook_id}"

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, self.console.crumb_of(self.model_id), Crumb(harmless(self.playbook_id))

    def crumbs(self) -> tuple[Span, ...]:
        """Return the way to this screen, the version and the owners of the playbook."""
        run = self._run
        spans = list(super().crumbs())
        if run is not None and run.steps:
            if run.action is not None:
                return (*spans, Span("  a single action, no playbook", "muted"))
            owners = f", {harmless(', '.join(run.owners))}" if run.owners else ""
            spans.append(Span(f"  v{run.playbook_version}{owners}", "muted"))
        return tuple(spans)

    def hint(self) -> tuple[Span, ...]:
        """Return whether it is a rehearsal, and whose run it is."""
        run = self._run
        if run is None or not run.steps:
            return ()
        told = Span(f"run {harmless(run.id)} by {harmless(run.by)} since {clock_time(run.started)}", "muted")
        if not run.is_rehearsal:
            return (told,)
        badge = Span(" REHEARSAL ", "loud")
        return (badge,) if self.size.width < NARROW else (badge, Span("  "), told)

    @property
    def model_here(self) -> str | None:
        """Return the model that the playbook is followed for."""
        return self.model_id

    def note_subject(self) -> NoteSubject | None:
        """Return the run."""
        return None if self._run is None or not self._run.steps else subject_of(self._run)

    def action_take_up(self) -> None:
        """Go on with a run that nobody follows."""
        if self._run is not None:
            self.send(TakeUpRun(self._run.id))

    def action_undo(self) -> None:
        """Ask for the plan of the undo."""
        if self._run is not None:
            self.send(PlanUndo(self._run.id))

    async def action_give(self) -> None:
        """Take the value that the run asks for first."""
        from console.tui.prompt.value import ValueLine

        run = self._run
        if run is None or not run.asked:
            return
        if self._value is None:
            self._value = ValueLine(self._give)
            await self.mount(self._value)
        if not self._value.has_keys:
            self._focused_before = self.focused
        self._value.open(run.asked[0])

    def _give(self, name: str, text: str) -> None:
        if self._run is not None:
            self.send(GiveParameter(self._run.id, name, text))
