"""What keys do in the list of what can be done on a model."""

from console.tui.actions.action import NUMBER_KEYS, Action, Where

CHOOSING_ACTIONS = (
    Action(
        "actions.choose",
        Where.ACTIONS,
        ("enter", "l", "right"),
        "plan",
        "Ask for what the action under the cursor needs, then show its plan; nothing is sent before its own key.",
        "choose",
        opens_field=True,
    ),
    Action(
        "actions.number",
        Where.ACTIONS,
        NUMBER_KEYS,
        "plan",
        "Do the same for the action with this number.",
        "number",
        in_footer=False,
        opens_field=True,
    ),
    Action(
        "actions.copy",
        Where.ACTIONS,
        ("c",),
        "copy",
        "Copy what the action under the cursor does, or why it cannot be done.",
        "copy",
        in_footer=False,
    ),
)
