"""Which action is meant where a playbook names one."""

from console.actions.provider import Action, ActionRefused
from console.actions.registry import OpenActions
from console.domain.label import harmless
from console.domain.snapshot import ModelView


def named(actions: OpenActions, name: str) -> Action:
    """Return the action of a name.

    Raises:
        ActionRefused: there is none, or the settings do not allow it.
    """
    if name in actions.closed:
        raise ActionRefused(actions.closed[name])
    action = actions.by_name.get(name)
    broken = actions.why_broken(name)
    if action is None and broken is not None:
        raise ActionRefused(broken)
    if action is None:
        known = ", ".join(sorted(actions.by_name)) or "none"
        raise ActionRefused(f"there is no action {harmless(name)!r}; this console can do: {known}")
    return action


def action_for(actions: OpenActions, name: str, view: ModelView) -> Action:
    """Return the action that a name means for a model: that of its workload's owner, else of its kind.

    Raises:
        ActionRefused: there is none, or the settings do not allow it.
    """
    workload = view.workload.workload if view.workload is not None else None
    owner = workload.owner if workload is not None else None
    instead = {
        (meant.group, meant.kind): action
        for action in actions.by_name.values()
        if (meant := action.specification.stands_for) is not None and meant.action == name
    }
    if owner is not None and (owner.group, owner.kind) in instead:
        return instead[owner.group, owner.kind]
    for (_, kind), action in instead.items():
        if workload is not None and kind == workload.kind:  # no two groups have a kind of workload of one name
            return action
    return named(actions, name)
