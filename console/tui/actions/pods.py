"""What keys do among the pods of a model, and on the log of one."""

from console.tui.actions.action import Action, Where

POD_ACTIONS = (
    Action(
        "pods.log",
        Where.PODS,
        ("enter", "l", "right"),
        "log",
        "Show the last lines of the log of the pod under the cursor.",
        "log",
    ),
    Action(
        "pods.next_panel",
        Where.PODS,
        ("tab",),
        "events or words",
        "Change between the events and the words, where there is no room for both; on a low screen the table too.",
        "next_panel",
    ),
    Action(
        "pods.scroll_down",
        Where.PODS,
        ("J",),
        "scroll down",
        "Scroll the words about the pod down, or the events where only they are shown.",
        "scroll_text(1)",
        in_footer=False,
    ),
    Action(
        "pods.scroll_up",
        Where.PODS,
        ("K",),
        "scroll up",
        "Scroll the words about the pod up, or the events where only they are shown.",
        "scroll_text(-1)",
        in_footer=False,
    ),
    Action("pods.copy", Where.PODS, ("c",), "copy", "Copy how the pod is, in one line.", "copy", in_footer=False),
)

LOG_ACTIONS = (
    Action(
        "log.container",
        Where.LOG,
        ("tab",),
        "container",
        "Show the log of the next container of the pod.",
        "next_container",
    ),
    Action(
        "log.previous",
        Where.LOG,
        ("b",),
        "before the restart",
        "Show the log from before the last restart, or the one of now again.",
        "other_run",
    ),
    Action("log.down", Where.LOG, ("down", "j"), "down", "Scroll down.", "scroll_text(1)", in_footer=False),
    Action("log.up", Where.LOG, ("up", "k"), "up", "Scroll up.", "scroll_text(-1)", in_footer=False),
    Action(
        "log.page_down", Where.LOG, ("pagedown", "space"), "page down", "Go down by a page.", "page(1)", in_footer=False
    ),
    Action("log.page_up", Where.LOG, ("pageup",), "page up", "Go up by a page.", "page(-1)", in_footer=False),
    Action("log.first", Where.LOG, ("home", "g"), "first", "Go to the oldest line.", "to_first", in_footer=False),
    Action(
        "log.last",
        Where.LOG,
        ("end", "G"),
        "newest",
        "Go to the newest line; from there the log is followed with every refresh.",
        "to_last",
    ),
    Action("log.copy", Where.LOG, ("c",), "copy", "Copy the lines that are shown.", "copy", in_footer=False),
)
