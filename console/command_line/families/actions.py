"""Commands about single actions."""

from console.command_line.families.flags import PROGRAM, TEXT_OR_JSON, WITHOUT_CHARTS
from console.command_line.words import ACTION, ASSIGNMENT, DURATION, HASH, NAME, Argument, Command, Example, Flag

_OF_A_PLAN = (
    Flag("--yes", "send the plan of --plan without asking"),
    Flag("--plan", "hash of the plan that may be sent", HASH),
    Flag("--timeout", "follow the run for so long at most, such as 30m", DURATION),
    TEXT_OR_JSON,
)
_REFUSED = (
    ("--at", f"an action acts on the present; for the past: {PROGRAM} summary --at TIME"),
    ("--window", "an action shows no charts"),
)

ACTIONS = Command(
    "action",
    "list what can be done on a model, do it, or take it back",
    commands=(
        Command(
            "list",
            "list what can be done on a model, and why the rest cannot",
            description="Prints every action for a model: the place in which it acts, its tier, how it is taken back "
            "and what it asks for; what cannot be done says why. What can be done stands first, as on the screen; "
            "systems that have no part in the model are a line each. Without MODEL it is a line for each action that "
            "the configuration knows, and no server is asked.",
            flags=(*WITHOUT_CHARTS, TEXT_OR_JSON),
            arguments=(Argument("MODEL", "id of the model; all that is known if none", NAME, optional=True),),
            refused=_REFUSED,
            examples=(
                Example("action list fraud", "what can be done now, and why the rest cannot"),
                Example("action list fraud --write", "the same where writing is allowed for the call"),
            ),
        ),
        Command(
            "run",
            "plan one action on a model; send it where its plan was confirmed",
            description="Prints the plan (what it changes, its tier, its undo, its hash) and ends. To send that plan "
            "and no other, call it again with --write --yes --plan HASH: where the plan is another by then it is "
            "printed, and nothing is sent. What was sent is watched until it is known whether it helped. Where an "
            "earlier call sent that plan, its run is gone on with, and nothing is sent a second time.",
            flags=(
                *WITHOUT_CHARTS,
                Flag(
                    "--with",
                    "a value that it asks for, such as replicas=6; repeatable",
                    ASSIGNMENT,
                    repeatable=True,
                ),
                *_OF_A_PLAN,
            ),
            arguments=(
                Argument("MODEL", "id of the model", NAME),
                Argument("ACTION", "name of the action, such as kubernetes.scale", ACTION),
            ),
            refused=_REFUSED,
            examples=(
                Example("action run fraud kubernetes.scale --with replicas=6", "the plan, and its hash"),
                Example(
                    "action run fraud kubernetes.scale --with replicas=6 --write --yes --plan 0a6272140804",
                    "that plan is sent, and watched",
                ),
            ),
        ),
        Command(
            "undo",
            "plan the undo of what a run sent last; send it where its plan was confirmed",
            description="Takes back what action run, playbook run or the screen sent last in a run of the last seven "
            "days that nobody else follows. Prints the plan and ends; --write --yes --plan HASH sends that plan and no "
            "other. It is refused where somebody changed the same since.",
            flags=(*WITHOUT_CHARTS, *_OF_A_PLAN),
            arguments=(Argument("RUN", "id of the run, as the command or the journal printed it", NAME),),
            refused=_REFUSED,
            examples=(Example("action undo 7f3a0c11", "the plan of the undo, and its hash"),),
        ),
    ),
)
