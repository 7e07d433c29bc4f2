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
    if action is None:
        known = ", ".join(sorted(actions.by_name)) or "none"
        raise ActionRefused(f"there is no action {harmless(name)!r}; this console can do: {known}")
    return action


def action_for(actions: OpenActions, name: str, view: ModelView) -> Action:
    """Return the action that a name means for a model: that of the top-most owner of its workload, where it has one.

    Raises:
        ActionRefused: there is none, or the settings do not allow it.
    """
    workload = view.workload.workload if view.workload is not None else None
    if workload is not None and workload.owner is not None:
        owner = workload.owner
        for action in actions.by_name.values():
            instead = action.specification.stands_for
            if instead is not None and (instead.action, instead.group, instead.kind) == (name, owner.group, owner.kind):
                return action
    return named(actions, name)
