"""A playbook that is followed for one model: its steps above, the plan that waits for its key below."""

import time
from collections.abc import Iterable
from typing import ClassVar

from textual import events, on
from textual.binding import BindingType
from textual.widget import Widget

from console.domain.command import (
    Answer,
    ApprovePlan,
    CancelPlan,
    CommitPlan,
    EndRun,
    StartRun,
)
from console.domain.label import harmless
from console.domain.run import Choice, Run
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.arming import Arming
from console.tui.bindings import bindings_of
from console.tui.ending import Ending
from console.tui.panels.lines import Line
from console.tui.panels.plan import plan_lines
from console.tui.panels.plan_keys import PlanKeys
from console.tui.panels.question import ApprovalKeys, Question, question_of
from console.tui.panels.run_pane import RunPane
from console.tui.panels.steps import KeysOfRuns
from console.tui.run_keys import can_do, has_plan, may_approve, message_to_send
from console.tui.screens.one_run import OneRunScreen, WantedRun

_OF_A_PLAN = ("plan.confirm", "plan.cancel", "plan.approve", "plan.details", "plan.copy", "playbook.undo")
"""While a plan waits or is being made, their keys are the plan's; answers that have them do not work."""


_SENT_AT_ONCE_SECONDS, _PLANNED_AT_ONCE_SECONDS = 0.05, 0.1
"""A request mostly leaves within the first, and a plan comes within the second: painting anything before would keep the
processor from it, and nobody sees that it was painted later."""


class PlaybookScreen(OneRunScreen):
    """Starts a run, or finds the open one, and shows it."""

    WHERE = Where.PLAYBOOK
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.PLAYBOOK)))

    def __init__(self, arming_seconds: float, wanted: WantedRun | None = None) -> None:
        super().__init__(wanted)
        self._sending = Arming(arming_seconds)
        self._plan_keys = PlanKeys(Arming(arming_seconds), time.monotonic)
        self._pane = RunPane(self._plan_keys, lambda: self._sending.painted(time.monotonic()))
        self._ending = Ending()
        self._named_keys = KeysOfRuns()
        self._keys_of_a_plan: frozenset[str] = frozenset()
        self._shown_keys_of_a_plan: frozenset[str] = frozenset()
        self._shows_body = False
        self._sent: str | None = None
        self._sent_from: Run | None = None
        """The run as it was shown when its plan was confirmed: nothing newer is known of it yet."""
        self._dropped: str | None = None
        self._approving: str | None = None
        self._pressed_at = 0.0
        self._waits_for_plan = False
        self._asked: tuple[object, ...] = ()
        self._asked_since = 0.0

    def on_resize(self) -> None:
        """Give the plan the room of the steps where both have too little."""
        self.paint()

    def compose_body(self) -> Iterable[Widget]:
        """Return the run and its plan."""
        return (self._pane,)

    def on_mount(self) -> None:
        """Ask for the run, unless it is known already."""
        keymap = self.console.keymap
        keys = self._plan_keys
        keys.confirm_key, keys.cancel_key = map(keymap.first_key, ("plan.confirm", "plan.cancel"))
        named = ("playbook.undo", "playbook.give", "playbook.take_up")
        self._named_keys = KeysOfRuns(*map(keymap.first_key, named))
        actions = [keymap.action(action_id) for action_id in _OF_A_PLAN]
        self._keys_of_a_plan = frozenset(key for action in actions for key in action.keys)
        self._shown_keys_of_a_plan = frozenset(action.shown_keys.partition(" ")[0] for action in actions)
        self.set_focus(self._pane)
        if self.wanted is not None:
            self.begin(self.wanted)

    def begin(self, wanted: WantedRun) -> None:
        """Show the run that is wanted; one that must begin first is asked for.

        The plan of an action mostly comes at once: until then the screen that was in front is still seen.
        """
        self.wanted, self._run = wanted, wanted.run
        if self._run is None:
            self.send(wanted.action or StartRun(wanted.model_id, wanted.playbook_id, wanted.rehearse))
        if wanted.action is not None:
            self._waits_for_plan = True
            self.set_timer(_PLANNED_AT_ONCE_SECONDS, self._show_what_is_there)
        else:
            self.paint()

    def _show_what_is_there(self) -> None:
        """Wait no longer."""
        if self._waits_for_plan:
            self._waits_for_plan = False
            self.paint()
            self.refresh()

    @property
    def is_current(self) -> bool:
        """Return whether somebody sees it, or it is being made beforehand: Textual then does all but write it."""
        return self.wanted is None or (super().is_current and not self._waits_for_plan)

    def show_run(self, run: Run) -> None:
        """Show a run of this playbook for this model; once one is shown, only that one."""
        if self._run is None:
            if not self._is_ours(run):
                return
        elif run.id != self._run.id:
            return
        is_refused = run.message is not None and run is not self._sent_from
        self._run = run
        if run.plan is None or run.plan.hash != self._sent or is_refused:
            self._sent = None
        if run.plan is None or run.plan.hash != self._dropped:
            self._dropped = None
        if self._waits_for_plan and not run.is_planning:
            self._show_what_is_there()
        else:
            self.paint()

    def _is_ours(self, run: Run) -> bool:
        """Return whether a run is what was asked for; a real one is never shown to somebody who rehearses."""
        wanted = self.wanted
        if wanted is None:
            return False
        if wanted.action is not None:
            return run.asked_as == wanted.action.asked_as
        if (run.model_id, run.playbook_id) != (self.model_id, self.playbook_id) or not run.is_mine:
            return False
        if not run.steps:  # it never began, and says why
            return True
        return run.ended is None and run.is_rehearsal == wanted.rehearse

    def paint(self) -> None:
        """Show the run, once there is one to show on a screen that is seen."""
        if self.wanted is None or self._waits_for_plan or not self._pane.is_attached:
            return
        run, now = self._run, self.console.present
        if self._approving is not None and not self._is_asked:
            self._approving = None
        plan, is_new_plan = self._plan_of(run, now)
        choices = self._choices()
        if choices and (asked := (run.active if run is not None else None, *choices)) != self._asked:
            self._asked, self._asked_since = asked, time.monotonic()
        is_new = self._sending.expect((*self._asked, self._notice) if any(choice.sends for choice in choices) else None)
        keys = tuple(choice.key for choice in choices)
        self._pane.show(
            run,
            now,
            keys=keys,
            named=self._named_keys,
            plan=plan,
            is_new_plan=is_new_plan,
            are_new_keys=is_new,
        )
        self.paint_frame()

    def _plan_of(self, run: Run | None, now: float) -> tuple[tuple[Line, ...], bool]:
        """Return the lines of the plan that waits, and whether it, or what is asked about it, is new."""
        plan = run.plan if run is not None else None
        if run is None or plan is None:
            return (), self._plan_keys.show(None, Question(""), is_taken=False)
        first_key = self.console.keymap.first_key
        keys = ApprovalKeys(first_key("plan.approve"), first_key("app.runs"))
        question = question_of(run, plan, self.console.me, keys, is_approving=self._is_asked)
        is_taken = self._sent is not None and run is self._sent_from
        colour = self.console.colour_of(plan.target.context)
        lines = plan_lines(plan, now, colour, with_body=self._shows_body, reasons=run.reasons)
        return (*question.told, *lines), self._plan_keys.show(plan, question, is_taken=is_taken)

    @property
    def _is_asked(self) -> bool:
        """Return whether the person was asked to approve the very plan that is shown."""
        plan = self._run.plan if self._run is not None else None
        return plan is not None and plan.hash == self._approving and may_approve(self._run, self.console.me)

    def tell_ages(self) -> None:
        """Show how old the plan is, and how long ago steps were done."""
        self.paint()

    def _choices(self) -> tuple[Choice, ...]:
        """Return the answers whose keys work now."""
        run = self._run
        if run is None or run.ended is not None:
            return ()
        return tuple(choice for choice in run.choices if not has_plan(run) or choice.key not in self._keys_of_a_plan)

    @property
    def _notice(self) -> str:
        """Return the hash of the message that is shown, empty where there is none."""
        return self._run.notice.hash if self._run is not None and self._run.notice is not None else ""

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Count what its keys send as seen from now on: the palette or another screen lay over it."""
        self._pane.arm_anew()
        self._sending.restart(time.monotonic())

    def on_over_line_left(self) -> None:
        """Give the keys back; what they send counts as seen from now on, for the line lay over it."""
        self._pane.see_anew()
        self._sending.restart(time.monotonic())

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return the keys of the plan, the answers of the step, and the keys of the screen, in this order."""
        answers = [(choice.key, harmless(choice.label)) for choice in self._choices()]
        taken = {key for key, _ in answers}
        keys = [entry for entry in super().footer_keys() if entry[0] not in taken]
        of_the_plan = [entry for entry in keys if has_plan(self._run) and entry[0] in self._shown_keys_of_a_plan]
        return of_the_plan + answers + [entry for entry in keys if entry not in of_the_plan]

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.id == "plan.confirm" and self._plan_keys.plan is not None:
            return self._plan_keys.question.confirm
        if action.id == "plan.copy" and self._plan_keys.plan is None:
            return "copy message"
        return super().label_of(action)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for this run now."""
        if action.opens_field and not {choice.key for choice in self._choices()}.isdisjoint(action.keys):
            return False  # its key would be looked at before the answer that has it
        if action.id == "plan.confirm" and self._sent is not None:
            return False
        return can_do(action.id, self._run, self.console.me, is_approving=self._is_asked) is not False

    def on_key(self, event: events.Key) -> None:
        """Give an answer of the step; remember when a key was pressed, which may be long before it is looked at.

        A key that was pressed before the answers were shown was meant for another step.
        """
        self._pressed_at = event.time
        run = self._run
        chosen = next((choice for choice in self._choices() if choice.key == event.key), None)
        if run is not None and run.active is not None and chosen is not None:
            event.stop()
            event.prevent_default()
            if not chosen.sends:
                if event.time >= self._asked_since:
                    self.send(Answer(run.id, run.active, event.key))
            elif not self._pane.are_steps_readable:
                self.console.say("the window is too small to show the message", is_bad=True)
            elif self._sending.is_armed(event.time):
                self.send(Answer(run.id, run.active, event.key, notice_hash=self._notice))

    def action_confirm(self) -> None:
        """Commit the plan that was painted, if its key is armed; no other plan is ever sent."""
        plan, run = self._plan_keys.plan, self._run
        if plan is None or run is None or self._sent is not None or plan.hash == self._dropped:
            return
        if self._pane.may_commit(self._pressed_at):
            self.send(CommitPlan(run.id, plan.hash) if run.is_mine else ApprovePlan(run.id, plan.hash))
            self._sent, self._sent_from = plan.hash, run
            self._approving = None
            self.set_timer(_SENT_AT_ONCE_SECONDS, self._tell_of_key)
        elif self._plan_keys.asks_for_a_name and not self._plan_keys.is_ready:
            self._pane.ask_for_name()

    def _tell_of_key(self) -> None:
        """Say that the key was taken, unless the engine has told more of it by now."""
        if self._run is self._sent_from:
            self.paint()

    def action_approve(self) -> None:
        """Ask whether the plan that was painted is approved; its key says so, once it could be read."""
        if self._plan_keys.plan is not None:
            self._sent, self._approving = None, self._plan_keys.plan.hash
            self.paint()

    def action_cancel(self) -> None:
        """Drop the plan that was painted, or the one that is being made; of a plan of others, only the question."""
        run, plan = self._run, self._plan_keys.plan
        if run is not None and not run.is_mine:
            self._approving = None
            self.paint()
        elif run is not None and self._is_unsent_action(run):
            self.leave()
        elif run is not None and has_plan(run):
            self._dropped = None if plan is None else plan.hash
            self.send(CancelPlan(run.id, self._dropped))

    @on(RunPane.CancelPressed)
    def _cancel_pressed(self, event: RunPane.CancelPressed) -> None:
        if self._plan_keys.is_seen(event.at):
            self.action_cancel()

    def action_details(self) -> None:
        """Show or hide the body of the request."""
        self._shows_body = not self._shows_body
        self.paint()

    def action_copy(self) -> None:
        """Copy the plan as a command line, or the message that is to be sent."""
        plan, message = self._plan_keys.plan, message_to_send(self._run)
        if plan is not None and plan.command is not None:
            self.console.ways_out.copy(plan.command)
        elif message is not None:
            self.console.copy_to_clipboard(message.note)

    def on_unmount(self) -> None:
        """End a single action of which nothing was sent: nobody will look for its plan again."""
        run = self._run
        if run is None and self.wanted is not None and self.wanted.action is not None:
            self.console.forsake(self.wanted.action)
        elif run is not None and self._is_unsent_action(run):
            self.send(EndRun(run.id))

    def _is_unsent_action(self, run: Run) -> bool:
        is_untouched = run.commitment is None and self._sent is None
        return run.action is not None and run.is_mine and run.ended is None and is_untouched

    def action_end(self) -> None:
        """End the run and go back, once that was asked for twice."""
        if self._run is None:
            self.leave()
        elif self._ending.is_meant(self._run):
            self.send(EndRun(self._run.id))
            self.leave()
        else:
            key = self.console.keymap.first_key("playbook.end")
            self.console.say(f"{key} again ends this run for good; esc leaves it open", is_bad=True)

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the plan, or the steps while there is none."""
        self._pane.scroll_text(rows)

    def action_back(self) -> None:
        """Leave the name, else the screen; the run stays open."""
        if self._pane.name_has_focus:
            self._pane.focus()
        else:
            self.leave()
