"""What keys do on the fleet."""

from console.tui.actions.action import NUMBER_KEYS, Action, Where

FLEET_ACTIONS = (
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
