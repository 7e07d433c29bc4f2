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
        "fleet.links",
        Where.FLEET,
        ("o",),
        "links",
        "List the runbooks, dashboards, logs and traces of the model under the cursor.",
        "links",
    ),
    Action(
        "fleet.filter",
        Where.FLEET,
        ("slash",),
        "filter",
        "Show only models whose name, version, status or trouble holds a text; esc clears it.",
        "filter",
        opens_field=True,
    ),
    Action(
        "fleet.mark",
        Where.FLEET,
        ("m",),
        "mine",
        "Mark the model under the cursor as yours (★), or take the mark away; marks are kept.",
        "mark",
    ),
    Action(
        "fleet.mine",
        Where.FLEET,
        ("M",),
        "only mine",
        "Show only your models, or all; among equals yours stand first.",
        "mine",
        in_footer=False,
    ),
    Action(
        "fleet.sort",
        Where.FLEET,
        ("S",),
        "sort",
        "Sort by the next column (▲ ▼ beside its title); after the last one the worst stands first again.",
        "sort",
    ),
    Action(
        "fleet.sort_reverse",
        Where.FLEET,
        ("R",),
        "reverse",
        "Sort the other way round; what has no number stays last.",
        "sort_reverse",
        in_footer=False,
    ),
    Action(
        "fleet.baseline",
        Where.FLEET,
        ("b",),
        "compare",
        "↑ ↓ beside a number: it rose or fell by a fifth or more in five minutes (percentages by 0.2 points at "
        "least), and goes when less than a tenth is left. This key compares with the present moment instead, until it "
        "is pressed again.",
        "baseline",
        in_footer=False,
    ),
    Action(
        "fleet.hide_notices",
        Where.FLEET,
        ("x",),
        "hide notices",
        "Hide what is told under the rows, until something else is told.",
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
