"""The one registry of actions: bindings, footer, help, command palette and the reference of keys are made from it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from textual.binding import Binding


class Where(StrEnum):
    """Where an action's keys work."""

    EVERYWHERE = "everywhere"
    FLEET = "fleet"
    MODEL = "model"
    PLAYBOOK = "playbook"


class Action(msgspec.Struct, frozen=True):
    """Something that keys do.

    `method` is Textual's name of the action, on the screen unless it begins with `app.`; `keys` are Textual's names of
    the keys. Actions that are `in_footer` stand there while they work. One that `mutates` has no other way than its
    key: the command palette would run it with the enter key.
    """

    id: str
    where: Where
    keys: tuple[str, ...]
    label: str
    help: str
    method: str
    in_footer: bool = True
    mutates: bool = False

    @property
    def shown_keys(self) -> str:
        """Return the keys as a person types them: `/`, `[`, `1-9`."""
        if self.keys == NUMBER_KEYS:
            return "1-9"
        return " ".join(_TYPED.get(key, key) for key in self.keys)


NUMBER_KEYS = tuple("123456789")
_TYPED = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "page up",
    "pagedown": "page down",
}

_OF_THE_FLEET = (
    Action("fleet.open", Where.FLEET, ("enter", "l", "right"), "open", "Open the model under the cursor.", "open"),
    Action(
        "fleet.playbook",
        Where.FLEET,
        NUMBER_KEYS,
        "playbook",
        "Follow the playbook with this number for the model under the cursor.",
        "playbook",
    ),
    Action(
        "fleet.filter",
        Where.FLEET,
        ("slash",),
        "filter",
        "Show only models whose name, version, status or trouble holds a text; esc clears it.",
        "filter",
    ),
    Action(
        "fleet.hide_notices",
        Where.FLEET,
        ("x",),
        "hide notices",
        "Hide what is told of earlier sessions; the journal keeps it.",
        "hide_notices",
    ),
    Action(
        "fleet.copy",
        Where.FLEET,
        ("c",),
        "copy",
        "Copy how the model under the cursor is, in one line.",
        "copy",
        in_footer=False,
    ),
)

_OF_A_MODEL = (
    Action(
        "model.playbook",
        Where.MODEL,
        NUMBER_KEYS,
        "playbook",
        "Follow the playbook with this number for this model.",
        "playbook",
    ),
    Action(
        "model.earlier",
        Where.MODEL,
        ("left_square_bracket", "h", "left"),
        "earlier",
        "Shift the range into the past by half of it.",
        "shift(1)",
    ),
    Action(
        "model.later",
        Where.MODEL,
        ("right_square_bracket", "l", "right"),
        "later",
        "Shift the range towards now by half of it.",
        "shift(-1)",
    ),
    Action("model.zoom_in", Where.MODEL, ("plus", "equals_sign"), "zoom in", "Show half of the range.", "zoom(-1)"),
    Action("model.zoom_out", Where.MODEL, ("minus",), "zoom out", "Show twice the range.", "zoom(1)"),
    Action("model.now", Where.MODEL, ("0",), "to now", "Go back to the configured range that ends now.", "to_now"),
    Action(
        "model.scroll_up",
        Where.MODEL,
        ("up", "k"),
        "up",
        "Scroll what is told of the incident up.",
        "scroll_text(-1)",
        in_footer=False,
    ),
    Action(
        "model.scroll_down",
        Where.MODEL,
        ("down", "j"),
        "down",
        "Scroll what is told of the incident down.",
        "scroll_text(1)",
        in_footer=False,
    ),
    Action(
        "model.export",
        Where.MODEL,
        ("e",),
        "export",
        "Write the shown series as CSV into the current directory.",
        "export",
    ),
    Action("model.copy", Where.MODEL, ("c",), "copy", "Copy how the model is, in one line.", "copy", in_footer=False),
)

_OF_A_PLAYBOOK = (
    Action(
        "plan.cancel",
        Where.PLAYBOOK,
        ("n",),
        "cancel",
        "Drop the plan that is shown or being made; nothing is sent. Enter does the same while one is shown.",
        "cancel",
    ),
    Action(
        "plan.confirm",
        Where.PLAYBOOK,
        ("y",),
        "commit",
        "Commit the plan that is shown; keys typed within 0.4 s of its appearance are dropped.",
        "confirm",
        mutates=True,
    ),
    Action("plan.details", Where.PLAYBOOK, ("d",), "details", "Show or hide the body of the request.", "details"),
    Action(
        "plan.copy",
        Where.PLAYBOOK,
        ("c",),
        "copy as kubectl",
        "Copy the command line that does the same as the plan.",
        "copy",
    ),
    Action(
        "playbook.undo",
        Where.PLAYBOOK,
        ("u",),
        "undo",
        "Plan the undo of the last action; it is shown and confirmed like any plan.",
        "undo",
    ),
    Action(
        "playbook.scroll_up",
        Where.PLAYBOOK,
        ("up", "k"),
        "up",
        "Scroll the plan, or the steps while there is none, up.",
        "scroll_text(-1)",
        in_footer=False,
    ),
    Action(
        "playbook.scroll_down",
        Where.PLAYBOOK,
        ("down", "j"),
        "down",
        "Scroll the plan, or the steps while there is none, down.",
        "scroll_text(1)",
        in_footer=False,
    ),
    Action(
        "playbook.end",
        Where.PLAYBOOK,
        ("E",),
        "end run",
        "End this run; what was done stays done. Esc leaves it open instead, its number opens it again.",
        "end",
        in_footer=False,
    ),
)

_EVERYWHERE = (
    Action("app.back", Where.EVERYWHERE, ("escape",), "back", "Go one level up.", "back"),
    Action(
        "app.pause",
        Where.EVERYWHERE,
        ("p",),
        "pause",
        "Stop the refreshes, or resume them.",
        "app.pause",
        in_footer=False,
    ),
    Action(
        "app.refresh",
        Where.EVERYWHERE,
        ("r",),
        "refresh",
        "Read every source now.",
        "app.refresh_now",
        in_footer=False,
    ),
    Action(
        "app.palette",
        Where.EVERYWHERE,
        ("ctrl+p",),
        "commands",
        "Find an action by its name.",
        "app.command_palette",
        in_footer=False,
    ),
    Action(
        "app.theme",
        Where.EVERYWHERE,
        ("t",),
        "theme",
        "Change between dark and light.",
        "app.other_theme",
        in_footer=False,
    ),
    Action("app.help", Where.EVERYWHERE, ("question_mark",), "help", "Show the keys that work here.", "app.help"),
    Action(
        "app.quit",
        Where.EVERYWHERE,
        ("q", "ctrl+q", "ctrl+c"),
        "quit",
        "Leave; what was done on the cluster stays.",
        "app.quit",
    ),
)

ACTIONS = _OF_THE_FLEET + _OF_A_MODEL + _OF_A_PLAYBOOK + _EVERYWHERE

FURTHER_KEYS: dict[Where, tuple[tuple[str, str], ...]] = {
    Where.FLEET: (
        ("↑ ↓ k j", "Move the cursor; it stays on its model when rows are sorted anew."),
        ("home end g G", "Go to the first or the last row."),
        ("page up, page down, ctrl+u, ctrl+d", "Move by a page or by half of one."),
    ),
    Where.PLAYBOOK: (
        ("letters", "Answer the step that waits; the letters stand beside the answers, and win over other keys."),
        ("tab", "Change between cancel and the name that a plan of tier 3 asks for."),
    ),
}
"""Keys that are not actions of the registry: those of the table, and those that a playbook brings along."""


def actions_in(where: Where) -> tuple[Action, ...]:
    """Return the actions whose keys work in one place, the place's own before those that work everywhere."""
    return tuple(action for action in ACTIONS if action.where is where) + (
        () if where is Where.EVERYWHERE else _EVERYWHERE
    )


def bindings_of(actions: Iterable[Action]) -> list[Binding]:
    """Return Textual's bindings of some actions; a number key passes its number on."""
    bindings = []
    for action in actions:
        for key in action.keys:
            method = f"{action.method}({key})" if action.keys == NUMBER_KEYS else action.method
            bindings.append(Binding(key, method, action.label, show=False, id=f"{action.id}.{key}"))
    return bindings


def action_of_method(where: Where, method: str, parameters: Sequence[object]) -> Action | None:
    """Return the action of a place that Textual runs under a name with some parameters, None where there is none."""
    called = f"{method}({', '.join(map(str, parameters))})"
    return next((a for a in actions_in(where) if a.method.removeprefix("app.") in (method, called)), None)
