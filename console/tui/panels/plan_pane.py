"""The pane that asks for a commit: the plan, the name to type for the riskiest ones, and the keys."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.settings.screen import ContextColour
from console.tui.arming import Arming
from console.tui.panels.box import Box
from console.tui.panels.lines import Span, line
from console.tui.panels.plan import plan_lines
from console.tui.panels.question import Question
from console.tui.panels.text_block import TextBlock, WatchedBlock


class CancelKey(TextBlock, can_focus=True):
    """The line of the keys; it has the focus, so that enter cancels and nothing but its key commits."""

    class Pressed(Message):
        """The person pressed enter or space on it; `at` is in seconds of the clock of key events."""

        def __init__(self, at: float) -> None:
            super().__init__()
            self.at = at

    def on_key(self, event: events.Key) -> None:
        """Cancel."""
        if event.key in ("enter", "space"):
            event.stop()
            self.post_message(self.Pressed(event.time))


class PlanPane(Box):
    """Shows one plan at a time; whether its key may commit is asked with `may_commit`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "other_focus", show=False, priority=True)  # what is typed behind it is all the name's
    ]

    DEFAULT_CSS = """
    PlanPane {
        height: 3fr; border-top: heavy $warning; padding: 0 1;
        & > #plan { height: 1fr; }
        & > #name { height: 1; border: none; background: $surface; }
        & > CancelKey { height: 1; }
        & > CancelKey:focus { background: $surface-lighten-1; }
    }
    """

    def __init__(self, arming: Arming, clock: Callable[[], float]) -> None:
        super().__init__(id="plan-pane")
        self.display = False  # a class would have the stylesheet matched anew with every plan
        self._arming = arming
        self._clock = clock
        self.confirm_key, self.cancel_key = "y", "n"
        self.text = WatchedBlock(self._was_painted, id="plan")
        self.verdict = CancelKey(id="verdict")
        self._name_input = Input(id="name", compact=True, select_on_focus=False)
        self._name_input.display = False
        self._plan: Plan | None = None
        self._question = Question("")
        self._name_is_right = False
        self._is_taken = False

    def compose(self) -> ComposeResult:
        """Lay out the plan, the name and the keys."""
        yield self.text
        yield self._name_input
        yield self.verdict

    @property
    def plan(self) -> Plan | None:
        """Return the plan that is shown."""
        return self._plan

    @property
    def question(self) -> Question:
        """Return what is asked about it."""
        return self._question

    @property
    def asks_for_a_name(self) -> bool:
        """Return whether the name of the model or the cluster must be typed before the key is armed."""
        return self._plan is not None and self._plan.tier is RiskTier.HARD_TO_UNDO and not self._question.why_not

    def show(
        self,
        plan: Plan | None,
        now: float,
        colour: ContextColour | None,
        *,
        question: Question,
        with_body: bool,
        reasons: tuple[str, ...] = (),
        is_taken: bool = False,
    ) -> None:
        """Show a plan with the reasons for its numbers, or nothing.

        `now` is in UTC seconds, `colour` that of the plan's context, `question` what its key asks, `is_taken` says that
        its key was pressed and nothing more is known yet.
        """
        is_new = self._arming.expect(None if plan is None else (_subject(plan), question.confirm, question.why_not))
        self._plan, self._question, self._is_taken = plan, question, is_taken
        if is_new:
            self._name_is_right = False
            self._name_input.value = ""
            self._name_input.display = self.asks_for_a_name
            if plan is not None:
                self._name_input.placeholder = f"type {_names(plan)[0]} to arm the key, then enter"
        self.display = plan is not None
        if plan is not None:
            told = (*question.told, *plan_lines(plan, now, colour, with_body=with_body, reasons=reasons))
            self.text.set_lines(told, back_to_top=is_new)
            if is_new:
                self.text.refresh()
                if not self._is_typed_elsewhere:
                    self.verdict.focus()
        self.paint_keys()

    def see_anew(self) -> None:
        """Give the keys to cancel, and let the arming begin anew: something lay over the plan."""
        if self._plan is not None:
            self._arming.restart(self._clock())
            self.verdict.focus()
            self.set_timer(self._arming.seconds, self.paint_keys)
            self.paint_keys()

    @property
    def _is_typed_elsewhere(self) -> bool:
        focused = self.screen.focused
        return isinstance(focused, Input) and focused is not self._name_input

    def is_seen(self, pressed_at: float) -> bool:
        """Return whether a key that was pressed at an instant was pressed by somebody who saw this plan."""
        return self._plan is not None and self._arming.is_armed(pressed_at)

    def may_commit(self, pressed_at: float) -> bool:
        """Return whether the key that was pressed at an instant of the key events' clock may commit this plan."""
        return self.is_ready and self._arming.is_armed(pressed_at)

    @property
    def is_ready(self) -> bool:
        """Return whether nothing but the arming stands between the key and the commit."""
        plan = self._plan
        return (
            plan is not None
            and not self._question.why_not
            and self.text.is_readable
            and (self._name_is_right or not self.asks_for_a_name)
        )

    def ask_for_name(self) -> None:
        """Give the keys to the name."""
        self._name_input.focus()

    def paint_keys(self) -> None:
        """Show what the keys do now."""
        plan = self._plan
        if plan is None:
            return
        confirm = self._question.confirm
        key = f"{self.confirm_key} "
        told: tuple[Span, ...]
        cancel: tuple[Span, ...] = ()
        if self._question.can_cancel and not self._is_taken:
            cancel = (Span(f"▸{self.cancel_key} ", "key"), Span("cancel ", "strong"), Span("(enter)    ", "muted"))
        if self._is_taken:
            told = (Span(key, "key"), Span("is pressed: ", "muted"), Span(confirm, "strong"))
        elif self._question.why_not:
            told = (Span(self._question.why_not, "critical" if plan.refusals else "warning"),)
        elif not self.text.is_readable:
            told = (Span("the window is too small to show the plan", "warning"),)
        elif not self.is_ready:
            told = (Span(key, "muted"), Span(f"type the name first, then {confirm}", "warning"))
        else:
            armed = self._arming.is_armed(self._clock())
            told = (Span(key, "key" if armed else "muted"), Span(confirm, "strong" if armed else "muted"))
        self.verdict.set_lines((line(*cancel, *told),))

    def _was_painted(self) -> None:
        if self._arming.painted(self._clock()):
            self.set_timer(self._arming.seconds, self.paint_keys)

    def on_resize(self) -> None:
        """Say so when the plan can no longer be read."""
        self.paint_keys()

    def action_other_focus(self) -> None:
        """Go from cancel to the name and back."""
        if self.asks_for_a_name and not self._name_input.has_focus:
            self.screen.set_focus(self._name_input)
        else:
            self.screen.set_focus(self.verdict)

    @on(Input.Changed, "#name")
    def _name_changed(self, event: Input.Changed) -> None:
        is_right = self._plan is not None and event.value in _names(self._plan)
        if is_right and not self._name_is_right:
            self._arming.restart(self._clock())
        self._name_is_right = is_right
        self.paint_keys()

    @on(Input.Submitted, "#name")
    def _name_given(self, event: Input.Submitted) -> None:
        event.stop()
        if self._name_is_right:
            self._arming.restart(self._clock())
            self.verdict.focus()


def _subject(plan: Plan) -> tuple[str, str]:
    """Return what a person confirms; a plan that was only made again is the same."""
    return plan.hash, repr((plan.changes, plan.notes, plan.refusals, plan.tier, plan.undo, plan.confirm))


def _names(plan: Plan) -> tuple[str, str]:
    return harmless(plan.model_id), harmless(plan.target.context)
