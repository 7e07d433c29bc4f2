"""The plan that an action of a case gets: what its arguments change, held to the limits of its playbook."""

from collections.abc import Mapping

from console.domain.action import FieldChange, Plan, Request, RiskTier, Undo
from console.domain.model import Target
from console.playbooks.cases.course import CannotFollow
from console.playbooks.cases.document import ActionCourse, ModelFacts
from console.playbooks.document import Playbook
from console.playbooks.evidence import WorkloadEvidence
from console.playbooks.limits import beyond_limits
from console.playbooks.steps import ActionStep


def plan_of(
    playbook: Playbook,
    step: ActionStep,
    arguments: Mapping[str, int | str],
    course: ActionCourse,
    values: Mapping[str, float | None],
    model: ModelFacts,
    now: float,
) -> Plan:
    """Return the plan of an action: its arguments are what it changes (`now` in seconds of the case).

    Raises:
        CannotFollow: the case does not say what a field is before.
    """
    known = {**_workload(playbook, values), **course.before}
    for name in arguments:
        if name not in known:
            place = ("actions", step.id, "before")
            raise CannotFollow(place, f"{step.action} changes '{name}', and the case does not say what it is before")
    changes = tuple(FieldChange(name, str(known[name]), str(value)) for name, value in arguments.items())
    title = ", ".join(f"{change.field} {change.before} → {change.after}" for change in changes) or step.action
    target = Target("case", "case", "Deployment", model.name, "case")
    request = Request("CASE", step.action, "application/json", dict(arguments))
    back = tuple(FieldChange(change.field, change.after, change.before) for change in changes)
    return Plan(
        action=step.action,
        title=title,
        confirm=title,
        model_id=model.id,
        target=target,
        request=request,
        changes=changes,
        tier=RiskTier.BOUNDED,
        made_at=now,
        dry_run="none: a case",
        undo=Undo(f"take back: {title}", back, request),
        refusals=tuple(beyond_limits(playbook.limits, changes)),
    )


def _workload(playbook: Playbook, values: Mapping[str, float | None]) -> dict[str, int | str]:
    """Return the fields of the workload that the playbook looks at and that are known."""
    return {
        source.workload: int(value)
        for name, source in playbook.evidence.items()
        if isinstance(source, WorkloadEvidence) and (value := values.get(name)) is not None
    }
