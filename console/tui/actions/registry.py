"""All actions, by place."""

from collections.abc import Sequence

from console.tui.actions.action import Action, Where
from console.tui.actions.choosing import CHOOSING_ACTIONS
from console.tui.actions.everywhere import ACTIONS_EVERYWHERE
from console.tui.actions.fleet import FLEET_ACTIONS
from console.tui.actions.links import LINK_ACTIONS
from console.tui.actions.model import MODEL_ACTIONS
from console.tui.actions.playbook import PLAYBOOK_ACTIONS
from console.tui.actions.pods import LOG_ACTIONS, POD_ACTIONS
from console.tui.actions.predictions import DRIFT_ACTIONS, QUALITY_ACTIONS
from console.tui.actions.runs import RUN_ACTIONS
from console.tui.actions.table import TABLE_ACTIONS

ACTIONS = (
    *FLEET_ACTIONS,
    *TABLE_ACTIONS,
    *MODEL_ACTIONS,
    *DRIFT_ACTIONS,
    *QUALITY_ACTIONS,
    *POD_ACTIONS,
    *LOG_ACTIONS,
    *PLAYBOOK_ACTIONS,
    *LINK_ACTIONS,
    *RUN_ACTIONS,
    *CHOOSING_ACTIONS,
    *ACTIONS_EVERYWHERE,
)

FURTHER_KEYS: dict[Where, tuple[tuple[str, str], ...]] = {
    Where.PLAYBOOK: (
        ("letters", "Answer the step that waits; the letters stand beside the answers, and win over other keys."),
        ("tab", "Change between cancel and the name that a plan of tier 3 asks for."),
    ),
}
"""Keys that are not actions of the registry: those that a playbook brings along."""


def actions_in(where: Where) -> tuple[Action, ...]:
    """Return the actions whose keys work in one place, the place's own before those that work everywhere."""
    return tuple(action for action in ACTIONS if action.where is where) + (
        () if where is Where.EVERYWHERE else ACTIONS_EVERYWHERE
    )


def action_of_method(where: Where, method: str, parameters: Sequence[object]) -> Action | None:
    """Return the action of a place that Textual runs under a name with some parameters, None where there is none."""
    called = f"{method}({', '.join(map(str, parameters))})"
    return next((a for a in actions_in(where) if a.method.removeprefix("app.") in (method, called)), None)
