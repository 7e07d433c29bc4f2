"""What the keys of a playbook can do for a run now."""

from console.domain.run import Run, StepKind, StepView
from console.tui.run_words import is_resting, missing_approvals


def has_plan(run: Run | None) -> bool:
    """Return whether a plan waits, or is being made."""
    return run is not None and (run.plan is not None or run.is_planning)


def may_approve(run: Run | None, me: str) -> bool:
    """Return whether somebody else follows the run and waits for approvals of its plan; `me` has not given theirs."""
    return (
        run is not None
        and not run.is_mine
        and run.followed_by is not None
        and run.plan is not None
        and not run.plan.refusals
        and missing_approvals(run) > 0
        and me not in run.approved_by
    )


def message_to_send(run: Run | None) -> StepView | None:
    """Return the step whose message a person is to send now, None where there is none."""
    step = run.active_step if run is not None and run.ended is None else None
    return step if step is not None and step.kind is StepKind.NOTIFY and step.note else None


def can_do(action_id: str, run: Run | None, me: str, *, is_approving: bool) -> bool | None:
    """Return whether an action of a playbook can do something for a run now, None for what does not depend on it."""
    if run is None:
        return False if action_id.startswith(("plan.", "playbook.")) and "scroll" not in action_id else None
    plan = run.plan
    match action_id:
        case "plan.confirm":
            is_asked = run.is_mine and missing_approvals(run) == 0
            return plan is not None and not plan.refusals and (is_asked or is_approving)
        case "plan.cancel":
            return is_approving or (run.is_mine and has_plan(run))
        case "plan.approve":
            return may_approve(run, me) and not is_approving
        case "plan.details":
            return plan is not None
        case "plan.copy":
            return (plan is not None and plan.command is not None) or message_to_send(run) is not None
        case "playbook.undo":
            return run.is_mine and run.undo is not None
        case "playbook.end":
            return run.is_mine and run.ended is None
        case "playbook.take_up":
            return is_resting(run)
        case "playbook.give":
            return run.is_mine and run.ended is None and bool(run.asked)
        case "playbook.note":
            return bool(run.steps)
        case _:
            return None
