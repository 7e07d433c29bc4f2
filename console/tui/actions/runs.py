"""What keys do in the list of runs."""

from console.tui.actions.action import Action, Where

RUN_ACTIONS = (
    Action("runs.open", Where.RUNS, ("enter", "l", "right"), "open", "Open the run under the cursor.", "open"),
    Action(
        "runs.take_up",
        Where.RUNS,
        ("T",),
        "take up",
        "Go on with the run under the cursor, which nobody follows any more; nothing is sent a second time.",
        "take_up",
    ),
    Action(
        "runs.note",
        Where.RUNS,
        ("N",),
        "note",
        "Write something down about the run under the cursor and its incident, for the journal and the report.",
        "note",
        opens_field=True,
    ),
    Action(
        "runs.end",
        Where.RUNS,
        ("E",),
        "end run",
        "Pressed twice, end the run under the cursor, which this console follows; what was done stays done.",
        "end",
    ),
)
