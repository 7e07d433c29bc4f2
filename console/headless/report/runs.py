"""Runs as their lines in the journal tell them: steps with what became of them, actions with every word on them."""

from collections.abc import Iterable, Sequence

from console.domain.action import Outcome
from console.domain.action_words import outcome_with_detail
from console.domain.link import Link
from console.domain.moments import parse_duration
from console.domain.run import StepState
from console.headless.report.story import ActionTold, Moment, RunTold, StepTold
from console.journal.events import Approved, Event, Intent, OutcomeRecorded, RunLine, Verification
from console.journal.incident_events import Noted
from console.playbooks.document import Playbook
from console.playbooks.events import Ended
from console.playbooks.state import RunState
from console.playbooks.steps import kind_of, title_of
from console.playbooks.story import Story, begun_by, continued

_STARTED = "started"
_TAKEN_OVER = "taken_over"


class RunRecord:
    """The lines of one run in the order in which they were written."""

    def __init__(self, started: RunLine) -> None:
        self.started = started
        self.lines: list[RunLine] = [started]
        self.intents: dict[str, Intent] = {}
        self.words: dict[str, list[OutcomeRecorded | Verification]] = {}
        self.approvals: list[Approved] = []
        self.notes: list[Noted] = []

    @property
    def id(self) -> str:
        """Return the id of the run."""
        return self.started.run_id

    @property
    def incident_id(self) -> str | None:
        """Return the incident for which it was begun, None where it was for none."""
        found = self.started.payload.get("incident_id")
        return found if isinstance(found, str) else None

    @property
    def model_id(self) -> str:
        """Return the model for which it was begun, raw."""
        return str(self.started.payload.get("model_id", ""))


def runs_of(events: Iterable[Event]) -> dict[str, RunRecord]:
    """Return every run of a journal by id, with what was sent on its behalf."""
    runs: dict[str, RunRecord] = {}
    for event in events:
        match event:
            case RunLine() if event.name == _STARTED:
                runs.setdefault(event.run_id, RunRecord(event))
            case RunLine() if event.run_id in runs:
                runs[event.run_id].lines.append(event)
            case Intent() if event.reference.run_id in runs:
                run = runs[event.reference.run_id]
                run.intents.setdefault(event.intent_id, event)
            case OutcomeRecorded() | Verification() if event.run_id in runs:
                runs[event.run_id].words.setdefault(event.intent_id, []).append(event)
            case Approved() if event.run_id in runs:
                runs[event.run_id].approvals.append(event)
            case Noted() if event.run_id in runs:
                runs[event.run_id].notes.append(event)
            case _:
                pass
    return runs


def story_of(run: RunRecord) -> Story | None:
    """Return what the lines of a run explain, None where this version cannot read its start."""
    story = begun_by(run.started)
    for line in run.lines[1:]:
        story = continued(story, line) if story is not None else None
    return story


def told_run(run: RunRecord) -> RunTold:
    """Return a run as a report tells it."""
    payload, story = run.started.payload, story_of(run)
    playbook, state = (story.playbook, story.state) if story is not None else (None, None)
    ended = next((line.at for line in run.lines if line.name == Ended.__struct_config__.tag), None)
    if state is not None and state.ended is not None:
        ended = state.ended
    standing = state.active if state is not None and ended is None else None
    return RunTold(
        id=run.id,
        playbook_id=str(payload.get("playbook_id")),
        playbook_version=int(payload.get("playbook_version", 0)),
        title=playbook.metadata.title if playbook is not None else str(payload.get("playbook_id")),
        owners=playbook.metadata.owners if playbook is not None else (),
        by=run.started.who.shown,
        started=run.started.at,
        ended=ended,
        is_rehearsal=payload.get("rehearsal") is True,
        cooldown=_cooldown(playbook) if playbook is not None else None,
        steps=_steps(playbook, state, run.started.at) if playbook is not None and state is not None else (),
        actions=told_actions(run),
        links=tuple(Link(each.title, each.url) for each in playbook.metadata.links) if playbook is not None else (),
        standing_at=_title(playbook, state, standing) if standing and playbook and state else None,
        unexplained=story.unexplained if story is not None else "this version cannot read how it began",
    )


def told_actions(run: RunRecord) -> tuple[ActionTold, ...]:
    """Return what was sent on behalf of a run, oldest first, each with the newest word on it."""
    undone = {intent.undoes: intent for intent in run.intents.values() if intent.undoes and _reached(run, intent)}
    return tuple(_action(run, intent, undone.get(intent.intent_id)) for intent in run.intents.values())


def moments_of(run: RunRecord, told: RunTold, followed: str) -> Iterable[Moment]:
    """Yield what happened in a run, in the order of its lines; `followed` names its playbook."""
    rehearsal = "Rehearsed" if told.is_rehearsal else "Began to follow"
    yield Moment(told.started, "run", f"{rehearsal} {followed}", told.by)
    for line in run.lines:
        if line.name == _TAKEN_OVER:
            yield Moment(line.at, "run", f"Went on with {followed}", line.who.shown)
    answered = {line.payload.get("step"): line.who.shown for line in run.lines if line.name == "chosen"}
    for step in told.steps:
        is_action = any(action.step_id == step.id for action in told.actions)
        if step.at is not None and step.state in _OVER and not is_action:
            yield Moment(step.at, "step", _step_in_words(step), answered.get(step.id))
    for approval in run.approvals:
        yield Moment(approval.at, "approved", f"Agreed to the plan {approval.plan_hash}", approval.who.shown)
    for action in told.actions:
        yield from _moments_of_action(run, action)
    if told.ended is not None:
        left = next((line for line in run.lines if line.name == Ended.__struct_config__.tag), None)
        ended = f"Left {followed}" if left is not None else f"The end of {followed}"
        yield Moment(told.ended, "run", ended, left.who.shown if left is not None else None)


def _moments_of_action(run: RunRecord, action: ActionTold) -> Iterable[Moment]:
    """Yield what was sent, and every word on it."""
    before_after = "; ".join(f"{each.field} {each.before} → {each.after}" for each in action.changes)
    took_back = f"Took back “{action.undoes}”: " if action.undoes else ""
    sent = f"{took_back}{action.title}" + (f" ({before_after})" if before_after else "")
    yield Moment(action.at, "action", sent, action.by)
    for word in run.words.get(action.intent_id, ()):
        kind = "verified" if isinstance(word, Verification) else "outcome"
        yield Moment(word.at, kind, f"{action.title}: {outcome_with_detail(word.outcome, word.detail)}")


_OVER = frozenset({StepState.DONE, StepState.FAILED, StepState.UNKNOWN})


def _step_in_words(step: StepTold) -> str:
    between = " " if step.title.endswith("?") else ": "
    return f"{step.title}{between}{step.note}" if step.note else step.title


def _cooldown(playbook: Playbook) -> float | None:
    return parse_duration(playbook.limits.cooldown) if playbook.limits.cooldown is not None else None


def _steps(playbook: Playbook, state: RunState, started: float) -> tuple[StepTold, ...]:
    return tuple(_step(playbook, state, step.id, started) for step in playbook.steps if step.id in state.records)


def _step(playbook: Playbook, state: RunState, step_id: str, started: float) -> StepTold:
    """Return what became of a step; evidence that is older than the run was looked at when the run began."""
    record, step = state.records[step_id], playbook.step(step_id)
    at = max(record.at, started) if record.at is not None else None
    note = "" if record.note == record.state.value else record.note
    return StepTold(step_id, kind_of(step), _title(playbook, state, step_id), record.state, note, at)


def _title(playbook: Playbook, state: RunState, step_id: str) -> str:
    record = state.records.get(step_id)
    return (record.title if record is not None else "") or title_of(playbook.step(step_id))


def _reached(run: RunRecord, intent: Intent) -> bool:
    """Return whether a request is known to have been applied."""
    words: Sequence[OutcomeRecorded | Verification] = run.words.get(intent.intent_id, ())
    return any(word.outcome not in (Outcome.UNKNOWN, Outcome.NOT_APPLIED) for word in words)


def _action(run: RunRecord, intent: Intent, undone: Intent | None) -> ActionTold:
    words, plan = run.words.get(intent.intent_id, []), intent.plan
    newest = words[-1] if words else None
    verified = newest.at if isinstance(newest, Verification) and newest.outcome is Outcome.VERIFIED else None
    target = plan.target
    took_back = run.intents.get(intent.undoes) if intent.undoes else None
    return ActionTold(
        intent_id=intent.intent_id,
        at=intent.at,
        by=intent.who.shown,
        step_id=intent.reference.step_id,
        title=plan.title,
        target=f"{target.context} {target.kind} {target.path}",
        changes=plan.changes,
        request=plan.request.shown,
        tier=int(plan.tier),
        outcome=newest.outcome if newest is not None else Outcome.UNKNOWN,
        detail=newest.detail if newest is not None else "no outcome was recorded: a crash, or it is under way",
        command=plan.command,
        verified_at=verified,
        undoes=took_back.plan.title if took_back is not None else None,
        undone_at=undone.at if undone is not None else None,
        can_be_undone=plan.undo is not None and intent.undoes is None,
        notes=plan.notes,
    )
