"""What keys do on a model."""

from console.tui.actions.action import NUMBER_KEYS, Action, Where

MODEL_ACTIONS = (
    Action(
        "model.playbook",
        Where.MODEL,
        NUMBER_KEYS,
        "playbook",
        "Follow the playbook with this number for this model.",
        "playbook",
    ),
    Action(
        "model.links",
        Where.MODEL,
        ("o",),
        "links",
        "List the runbooks, dashboards, logs and traces of this model, over the range that is shown.",
        "links",
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
    Action("model.mark", Where.MODEL, ("m",), "mine", "Mark this model as yours (★), or take the mark away.", "mark"),
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
