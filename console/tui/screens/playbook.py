"""A playbook that is followed for one model: its steps above, the plan that waits for its key below."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.containers import Container
from textual.widget import Widget

from console.domain.command import Answer, CancelPlan, CommitPlan, EndRun, PlanUndo, StartRun
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.run import Choice, Run
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.arming import Arming
from console.tui.bindings import bindings_of
from console.tui.panels.capacity import capacity_chart, replicas_of
from console.tui.panels.lines import Span, line
from console.tui.panels.plan_pane import CancelKey, PlanPane
from console.tui.panels.steps import evidence_line, step_lines
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.chart import Chart

_OF_A_PLAN = ("plan.confirm", "plan.cancel", "plan.details", "plan.copy", "playbook.undo")
"""While a plan waits or is being made, their keys are the plan's; answers that have them do not work."""


class PlaybookScreen(ConsoleScreen):
    """Starts a run, or finds the open one, and shows it."""

    WHERE = Where.PLAYBOOK
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.PLAYBOOK)))

    DEFAULT_CSS = """
    PlaybookScreen {
        & > #evidence { height: 1; padding: 0 1; background: $surface; }
        & > #run { height: 2fr; layout: horizontal; }
        & #steps { width: 1fr; height: 1fr; padding: 0 1; }
        &.-high #steps { padding: 1 1 0 1; }
        & #capacity { display: none; width: 44; height: 1fr; padding: 0 1; }
        &.-high #capacity { padding: 1 1 0 1; }
        & #capacity.known { display: block; }
        &.-narrow #capacity, &.-tiny #capacity, &.-low #capacity, &.-plain #capacity { display: none; }
        &.-low.planned > #run, &.-low.planned > #evidence { display: none; }
        &.-low > PlanPane, &.-plain > PlanPane { border-top: none; }
    }
    """

    def __init__(self, model_id: str, playbook_id: str, arming_seconds: float) -> None:
        super().__init__()
        self.model_id = model_id
        self.playbook_id = playbook_id
        self._evidence = TextBlock(id="evidence")
        self._steps = TextBlock(id="steps")
        self._capacity = Chart(id="capacity")
        self._pane = PlanPane(Arming(arming_seconds), time.monotonic)
        self._run: Run | None = None
        self._undo_key = ""
        self._keys_of_a_plan: frozenset[str] = frozenset()
        self._shown_keys_of_a_plan: frozenset[str] = frozenset()
        self._shows_body = False
        self._sent: str | None = None
        self._pressed_at = 0.0

    def compose_body(self) -> Iterable[Widget]:
        """Return the evidence, the steps and the plan."""
        return self._evidence, Container(self._steps, self._capacity, id="run"), self._pane

    def on_mount(self) -> None:
        """Ask for the run."""
        keymap = self.console.keymap
        self._pane.confirm_key, self._pane.cancel_key = map(keymap.first_key, ("plan.confirm", "plan.cancel"))
        self._undo_key = keymap.first_key("playbook.undo")
        actions = [keymap.action(action_id) for action_id in _OF_A_PLAN]
        self._keys_of_a_plan = frozenset(key for action in actions for key in action.keys)
        self._shown_keys_of_a_plan = frozenset(action.shown_keys.partition(" ")[0] for action in actions)
        self.send(StartRun(self.model_id, self.playbook_id))
        super().on_mount()

    def show_run(self, run: Run) -> None:
        """Show a run of this playbook for this model; once one is shown, only that one."""
        if self._run is None:
            is_ours = (run.model_id, run.playbook_id) == (self.model_id, self.playbook_id)
            if not is_ours or (run.ended is not None and run.steps):
                return
        elif run.id != self._run.id:
            return
        self._run = run
        if run.plan is None or run.plan.hash != self._sent:
            self._sent = None
        self.paint()

    def paint(self) -> None:
        """Show the run."""
        run, now = self._run, self.console.present
        plan = run.plan if run is not None else None
        self.set_class(plan is not None, "planned")
        colour = self.console.colour_of(plan.target.context) if plan is not None else None
        reasons = run.reasons if run is not None else ()
        self._pane.show(plan, now, colour, with_body=self._shows_body, reasons=reasons)
        self._paint_capacity(run)
        if plan is None and self.focused is not None and self._pane in self.focused.ancestors:
            self.set_focus(None)
        if run is None:
            self._steps.set_lines((line(Span("reading the playbook and the evidence…", "muted")),))
        else:
            lines, seen = step_lines(run, tuple(choice.key for choice in self._choices()), now, self._undo_key)
            self._steps.set_lines(lines, keep=seen)
            self._evidence.set_lines((evidence_line(run.evidence),))
        self.paint_frame()

    def _paint_capacity(self, run: Run | None) -> None:
        """Show how the latency grows with the load of a replica, and where the plan would put it."""
        planned = replicas_of(run.plan) if run is not None and run.plan is not None else None
        chart = capacity_chart(run.capacity, planned=planned) if run is not None else None
        self._capacity.set_class(chart is not None, "known")
        if chart is not None:
            self._capacity.update_data(chart)

    def tell_ages(self) -> None:
        """Show how old the plan is, and how long ago steps were done."""
        self.paint()

    def _choices(self) -> tuple[Choice, ...]:
        """Return the answers whose keys work now."""
        run = self._run
        if run is None or run.ended is not None:
            return ()
        return tuple(choice for choice in run.choices if not _has_plan(run) or choice.key not in self._keys_of_a_plan)

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
            owners = f", {harmless(', '.join(run.owners))}" if run.owners else ""
            spans.append(Span(f"  v{run.playbook_version}{owners}", "muted"))
        return tuple(spans)

    def hint(self) -> tuple[Span, ...]:
        """Return whose run it is."""
        run = self._run
        if run is None or not run.steps:
            return ()
        return (Span(f"run {harmless(run.id)} by {harmless(run.by)} since {clock_time(run.started)}", "muted"),)

    @property
    def model_here(self) -> str | None:
        """Return the model that the playbook is followed for."""
        return self.model_id

    def on_prompt_left(self) -> None:
        """Give the keys back; a plan counts as seen from now on, for the line lay over its keys."""
        super().on_prompt_left()
        self._pane.see_anew()

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return the keys of the plan, the answers of the step, and the keys of the screen, in this order."""
        answers = [(choice.key, harmless(choice.label)) for choice in self._choices()]
        taken = {key for key, _ in answers}
        keys = [entry for entry in super().footer_keys() if entry[0] not in taken]
        of_the_plan = [entry for entry in keys if _has_plan(self._run) and entry[0] in self._shown_keys_of_a_plan]
        return of_the_plan + answers + keys[len(of_the_plan) :]

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        plan = self._pane.plan
        if action.id == "plan.confirm" and plan is not None:
            return harmless(plan.confirm)
        return super().label_of(action)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for this run now."""
        run = self._run
        plan = self._pane.plan
        if action.opens_field and not {choice.key for choice in self._choices()}.isdisjoint(action.keys):
            return False  # its key would be looked at before the answer that has it
        match action.id:
            case "plan.confirm":
                return plan is not None and not plan.refusals and self._sent is None
            case "plan.cancel":
                return _has_plan(run)
            case "plan.details":
                return plan is not None
            case "plan.copy":
                return plan is not None and plan.command is not None
            case "playbook.undo":
                return run is not None and run.undo is not None
            case "playbook.end":
                return run is not None and run.ended is None
            case _:
                return True

    def on_key(self, event: events.Key) -> None:
        """Give an answer of the step; remember when a key was pressed, which may be long before it is looked at."""
        self._pressed_at = event.time
        run = self._run
        if run is not None and run.active is not None and event.key in {choice.key for choice in self._choices()}:
            event.stop()
            event.prevent_default()
            self.send(Answer(run.id, run.active, event.key))

    def action_confirm(self) -> None:
        """Commit the plan that was painted, if its key is armed; no other plan is ever sent."""
        plan, run = self._pane.plan, self._run
        if plan is None or run is None or self._sent is not None:
            return
        if self._pane.may_commit(self._pressed_at):
            self._sent = plan.hash
            self.send(CommitPlan(run.id, plan.hash))
            self.paint_frame()
        elif self._pane.asks_for_a_name and not self._pane.is_ready:
            self._pane.ask_for_name()

    def action_cancel(self) -> None:
        """Drop the plan that was painted, or the one that is being made."""
        if self._run is not None and _has_plan(self._run):
            plan = self._pane.plan
            self.send(CancelPlan(self._run.id, None if plan is None else plan.hash))

    @on(CancelKey.Pressed)
    def _cancel_pressed(self, event: CancelKey.Pressed) -> None:
        if self._pane.is_seen(event.at):
            self.action_cancel()

    def action_details(self) -> None:
        """Show or hide the body of the request."""
        self._shows_body = not self._shows_body
        self.paint()

    def action_copy(self) -> None:
        """Copy the plan as a command line."""
        plan = self._pane.plan
        if plan is not None and plan.command is not None:
            self.console.ways_out.copy(plan.command)

    def action_undo(self) -> None:
        """Ask for the plan of the undo."""
        if self._run is not None:
            self.send(PlanUndo(self._run.id))

    def action_end(self) -> None:
        """End the run and go back."""
        if self._run is not None:
            self.send(EndRun(self._run.id))
        self.app.pop_screen()

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the plan, or the steps while there is none."""
        block = self._steps if self._pane.plan is None else self._pane.text
        block.scroll_text(rows)

    def action_back(self) -> None:
        """Leave the name, else the screen; the run stays open."""
        if self.focused is not None and self.focused.id == "name":
            self._pane.verdict.focus()
        else:
            self.app.pop_screen()


def _has_plan(run: Run | None) -> bool:
    return run is not None and (run.plan is not None or run.is_planning)
