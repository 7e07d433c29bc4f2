"""What is new about a run, from one publication to the next."""

from collections.abc import Iterator
from typing import Any

import msgspec

from console.domain.action import Commitment
from console.domain.label import harmless
from console.domain.moments import rfc3339
from console.domain.run import Notice, Run, StepState, StepView


class RunNews(msgspec.Struct, frozen=True):
    """One thing that happened: its name, what a person reads, and what a program gets beside it."""

    event: str
    text: str
    detail: dict[str, Any] = {}


def news_of(before: Run | None, now: Run) -> Iterator[RunNews]:
    """Yield what is new; `before` is None at the first sight of the run."""
    if before is None:
        yield RunNews(
            "run",
            _head(now),
            {"title": now.title, "rehearsal": now.is_rehearsal, "by": now.by, "incident": now.incident_id},
        )
    yield from _steps(before, now)
    if now.evidence != (before.evidence if before is not None else ()) and _stands_elsewhere(before, now):
        yield from _evidence(now)
    if now.choices != (before.choices if before is not None else ()) and now.choices:
        yield RunNews("choices", _answers(now), {"choices": [msgspec.to_builtins(each) for each in now.choices]})
    if now.notice is not None and now.notice != (before.notice if before is not None else None):
        yield from _notice(now.notice)
    if now.plan is not None and (before is None or before.plan is None or before.plan.hash != now.plan.hash):
        yield _plan(now)
    if now.commitment is not None and (before is None or before.commitment != now.commitment):
        outcome = now.commitment.outcome.value.replace("_", " ")
        yield RunNews("outcome", f"  {outcome}: {now.commitment.detail}", {"outcome": _dated(now.commitment)})
    if now.approved_by != (before.approved_by if before is not None else ()):
        yield RunNews("approved", f"  approved by {', '.join(now.approved_by)}", {"approved_by": list(now.approved_by)})
    if now.message is not None and (before is None or before.message != now.message):
        yield RunNews("message", f"  {now.message}", {"message": now.message})
    if now.ended is not None and (before is None or before.ended is None):
        yield RunNews("ended", "the run has ended")


def _head(now: Run) -> str:
    word = "rehearsal" if now.is_rehearsal else "run"
    of = f" of {now.playbook_id} {now.playbook_version}" if now.action is None else ""
    return f"{word} {now.id}{of} for {harmless(now.model_id)}: {now.title}"


def _answers(now: Run) -> str:
    """Return the answers that a step takes; a single action is asked nothing, and takes none from a command."""
    if now.action is not None:
        return ""
    keys = "; ".join(f"{each.key} {each.label}{' (suggested)' if each.suggested else ''}" for each in now.choices)
    return f"  answers: {keys}"


def _dated(value: StepView | Commitment) -> dict[str, Any]:
    """Return a value as JSON has it, its instant as RFC 3339."""
    return {**msgspec.to_builtins(value), "at": rfc3339(value.at) if value.at is not None else None}


def _stands_elsewhere(before: Run | None, now: Run) -> bool:
    return before is None or before.active != now.active


def _steps(before: Run | None, now: Run) -> Iterator[RunNews]:
    known = {step.id: step for step in before.steps} if before is not None else {}
    for step in now.steps:
        was = known.get(step.id)
        if step.state is StepState.PENDING or (was is not None and (was.state, was.note) == (step.state, step.note)):
            continue
        if step.state is StepState.ACTIVE and was is not None and was.state is step.state and not step.note:
            continue
        if step.state is StepState.SKIPPED and not step.note:
            continue  # no way leads there any more: nobody skipped it
        if was is not None and step.id == now.active and step.note and step.note == _refusals(now):
            continue  # the plan says it
        note = f": {step.note}" if step.note else ""
        yield RunNews("step", f"{step.state.value:<8} {step.title}{note}", {"step": _dated(step)})


def _refusals(now: Run) -> str:
    return "; ".join(now.plan.refusals) if now.plan is not None else ""


def _notice(notice: Notice) -> Iterator[RunNews]:
    """Yield what a step that notifies would send, and what became of it."""
    if not (notice.hash or notice.why_not or notice.deliveries):
        return
    lines = [f"  message {notice.hash} to {', '.join(notice.channels)}"] if notice.hash else []
    lines += [f"    not from here: {notice.why_not}"] if notice.why_not else []
    for each in notice.deliveries:
        lines.append(f"    {each.channel}: {each.outcome.value.replace('_', ' ')}: {each.detail}")
    yield RunNews("notice", "\n".join(lines), {"notice": msgspec.to_builtins(notice)})


def _evidence(now: Run) -> Iterator[RunNews]:
    text = "; ".join(f"{seen.title} {seen.text}" for seen in now.evidence)
    if text:
        yield RunNews("evidence", f"  seen: {text}", {"evidence": [msgspec.to_builtins(each) for each in now.evidence]})


def _plan(now: Run) -> RunNews:
    plan = now.plan
    if plan is None:
        raise ValueError("a run without a plan has none to tell")
    target = f"{plan.target.kind} {plan.target.path} in {plan.target.context}"
    lines = [
        f"  plan {plan.hash}: {plan.title}, {target}",
        *(f"    {change.field}: {change.before} → {change.after}" for change in plan.changes),
        f"    tier {plan.tier.value} ({plan.tier.name.lower().replace('_', ' ')}); dry run: {plan.dry_run}",
        f"    undo: {plan.undo.title}" if plan.undo is not None else "    undo: none",
        *(f"    because {reason}" for reason in now.reasons),
        *(f"    note: {note}" for note in plan.notes),
        *(f"    refused: {refusal}" for refusal in plan.refusals),
    ]
    if now.approvals_needed:
        lines.append(f"    approvals: {len(now.approved_by)} of {now.approvals_needed}")
    detail = {
        "plan": {
            "hash": plan.hash,
            "title": plan.title,
            "action": plan.action,
            "target": msgspec.to_builtins(plan.target),
            "request": msgspec.to_builtins(plan.request),
            "changes": [msgspec.to_builtins(change) for change in plan.changes],
            "tier": plan.tier.value,
            "dry_run": plan.dry_run,
            "undo": plan.undo.title if plan.undo is not None else None,
            "notes": list(plan.notes),
            "refusals": list(plan.refusals),
            "approvals_needed": now.approvals_needed,
        }
    }
    return RunNews("plan", "\n".join(lines), detail)
