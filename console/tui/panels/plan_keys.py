"""Whether the key of a plan commits it, and what is told of that: no widget here."""

from collections.abc import Callable

from console.domain.action import Plan, RiskTier
from console.domain.label import harmless
from console.tui.arming import Arming
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.question import Question


class PlanKeys:
    """The plan that is shown and what is asked about it; its key may commit once it was painted for a while.

    `clock` is that of key events (seconds).
    """

    def __init__(self, arming: Arming, clock: Callable[[], float]) -> None:
        self.confirm_key, self.cancel_key = "y", "n"
        self.plan: Plan | None = None
        self.question = Question("")
        self.is_taken = False
        self._arming = arming
        self._clock = clock
        self._name_is_right = False

    def show(self, plan: Plan | None, question: Question, *, is_taken: bool) -> bool:
        """Take what is shown next; return whether it is another plan or question than before, which disarms the key.

        `is_taken` says that its key was pressed and nothing more is known yet.
        """
        is_new = self._arming.expect(None if plan is None else (_subject(plan), question.confirm, question.why_not))
        self.plan, self.question, self.is_taken = plan, question, is_taken
        if is_new:
            self._name_is_right = False
        return is_new

    def painted(self) -> bool:
        """Say that the plan was painted; return whether that was the first time."""
        return self._arming.painted(self._clock())

    def restart(self) -> None:
        """Say that only now everything is there that a commit needs."""
        self._arming.restart(self._clock())

    @property
    def arming_seconds(self) -> float:
        """Return how long after it was painted the key is armed."""
        return self._arming.seconds

    @property
    def asks_for_a_name(self) -> bool:
        """Return whether the name of the model or the cluster must be typed before the key is armed."""
        return self.plan is not None and self.plan.tier is RiskTier.HARD_TO_UNDO and not self.question.why_not

    @property
    def asked_name(self) -> str:
        """Return what is told where the name is to be typed."""
        return "" if self.plan is None else f"type {_names(self.plan)[0]} to arm the key, then enter"

    @property
    def has_name(self) -> bool:
        """Return whether the name was typed."""
        return self._name_is_right

    def take_name(self, typed: str) -> bool:
        """Take what stands in the field of the name now; return whether it became the name that is asked for."""
        was_right, self._name_is_right = self._name_is_right, self.plan is not None and typed in _names(self.plan)
        return self._name_is_right and not was_right

    def is_seen(self, pressed_at: float) -> bool:
        """Return whether a key that was pressed at an instant was pressed by somebody who saw this plan."""
        return self.plan is not None and self._arming.is_armed(pressed_at)

    @property
    def is_ready(self) -> bool:
        """Return whether nothing but the arming, and room to read it, stands between the key and the commit."""
        is_asked = self.plan is not None and not self.question.why_not
        return is_asked and (self._name_is_right or not self.asks_for_a_name)

    def line(self, *, is_readable: bool) -> Line:
        """Return what the keys do now; `is_readable`: there is room to read the plan."""
        plan = self.plan
        if plan is None:
            return line()
        confirm, key = self.question.confirm, f"{self.confirm_key} "
        told: tuple[Span, ...]
        cancel: tuple[Span, ...] = ()
        if self.question.can_cancel and not self.is_taken:
            cancel = (Span(f"▸{self.cancel_key} ", "key"), Span("cancel ", "strong"), Span("(enter)    ", "muted"))
        if self.is_taken:
            told = (Span(key, "key"), Span("is pressed: ", "muted"), Span(confirm, "strong"))
        elif self.question.why_not:
            told = (Span(self.question.why_not, "critical" if plan.refusals else "warning"),)
        elif not is_readable:
            told = (Span("the window is too small to show the plan", "warning"),)
        elif not self.is_ready:
            told = (Span(key, "muted"), Span(f"type the name first, then {confirm}", "warning"))
        else:
            armed = self._arming.is_armed(self._clock())
            told = (Span(key, "key" if armed else "muted"), Span(confirm, "strong" if armed else "muted"))
        return line(*cancel, *told)


def _subject(plan: Plan) -> tuple[str, str]:
    """Return what a person confirms; a plan that was only made again is the same."""
    return plan.hash, repr((plan.changes, plan.notes, plan.refusals, plan.tier, plan.undo, plan.confirm))


def _names(plan: Plan) -> tuple[str, str]:
    return harmless(plan.model_id), harmless(plan.target.context)
