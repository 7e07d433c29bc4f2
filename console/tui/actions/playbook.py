"""What keys do in a playbook."""

from console.tui.actions.action import Action, Where

PLAYBOOK_ACTIONS = (
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
