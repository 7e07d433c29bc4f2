"""What keys do on every screen."""

from console.tui.actions.action import Action, Where

ACTIONS_EVERYWHERE = (
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
        "app.export",
        Where.EVERYWHERE,
        ("ctrl+s",),
        "export screen",
        "Write the screen as a picture (SVG) and as text into files that only you can read.",
        "app.export_screen",
        in_footer=False,
    ),
    Action(
        "app.theme",
        Where.EVERYWHERE,
        ("t",),
        "theme",
        "Go on to the next theme: dark, light, and one of each that is safe for colour-blind eyes.",
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
