"""What the pane of a plan asks of the person who sees it: to send it, to approve it, or nothing."""

import msgspec

from console.domain.action import Plan
from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.quantity import how_many
from console.domain.run import Run
from console.tui.panels.lines import Line, Span, SpanStyle, line
from console.tui.run_words import missing_approvals

_LABEL_CELLS = 8


class Question(msgspec.Struct, frozen=True):
    """What the key that commits does, and why it does nothing now (empty where it does).

    `told` stands above the plan. Without `can_cancel` the plan is only shown.
    """

    confirm: str
    why_not: str = ""
    can_cancel: bool = True
    told: tuple[Line, ...] = ()


class ApprovalKeys(msgspec.Struct, frozen=True):
    """The keys that approve a plan, and that list the runs; empty where there is none."""

    approve: str
    runs: str


def question_of(run: Run, plan: Plan, me: str, keys: ApprovalKeys, *, is_approving: bool) -> Question:
    """Return what is asked about the plan of a run; `me` is who sees it, as the journal calls them."""
    what = harmless(plan.confirm)
    confirm = f"rehearse: {what}" if run.is_rehearsal else what
    told = (*_rehearsal(run), *_approvals(run, keys.runs))
    if plan.refusals:
        why_not = "refused: nothing can be sent" if run.is_mine else "refused"
        return Question(confirm, why_not, can_cancel=run.is_mine, told=told)
    missing = missing_approvals(run)
    if run.is_mine:
        why_not = f"waits for the approval of {_others(missing)}" if missing else ""
        return Question(confirm, why_not, told=told)
    if is_approving:
        return Question(f"approve: {what}", told=told)
    if run.followed_by is None:
        return Question(confirm, "nobody follows this run", can_cancel=False, told=told)
    who = harmless(run.followed_by)
    if missing and me in run.approved_by:
        return Question(confirm, f"you approved it; {_others(missing)} must still agree", can_cancel=False, told=told)
    asks = f"{keys.approve} approves it for {who}" if missing and keys.approve else f"only {who} can send it"
    return Question(confirm, asks, can_cancel=False, told=told)


def _others(count: int) -> str:
    return how_many(count, "other person", "other people")


def _rehearsal(run: Run) -> tuple[Line, ...]:
    if not run.is_rehearsal:
        return ()
    return (line(Span(" REHEARSAL ", "loud"), Span(" nothing is sent, whatever is pressed", "warning")),)


def _approvals(run: Run, runs_key: str) -> tuple[Line, ...]:
    if not run.approvals_needed:
        return ()
    who = ", ".join(map(harmless, run.approved_by))
    told = f"{len(run.approved_by)} of {run.approvals_needed}"
    if run.approved_until is not None:
        who += f", until {clock_time(run.approved_until)} UTC"
    told += f": {who}" if who else f"; others find this run with {runs_key} on their own console"
    style: SpanStyle = "warning" if missing_approvals(run) else "ok"
    return (line(Span(f"{'approved':<{_LABEL_CELLS}} ", "muted"), Span(told, style), wraps=True),)
