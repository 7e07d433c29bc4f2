"""What keys do in the list of links."""

from console.tui.actions.action import NUMBER_KEYS, Action, Where

LINK_ACTIONS = (
    Action(
        "links.open",
        Where.LINKS,
        ("enter", "l", "right"),
        "open",
        "Open the page under the cursor in your browser; over SSH, and without a desktop, copy its address instead.",
        "open",
    ),
    Action("links.number", Where.LINKS, NUMBER_KEYS, "open", "Open the page with this number.", "number"),
    Action("links.copy", Where.LINKS, ("c",), "copy", "Copy the address under the cursor.", "copy"),
)
