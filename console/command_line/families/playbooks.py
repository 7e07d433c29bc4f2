"""Commands about playbooks."""

from console.command_line.families.flags import COMMON, TEXT_OR_JSON, WITHOUT_CHARTS
from console.command_line.words import (
    DIRECTORY,
    DURATION,
    FILE,
    HASH,
    NAME,
    PATH,
    PLAYBOOK,
    Argument,
    Command,
    Flag,
    one_of,
)
from console.domain.anomaly import AnomalyKind

PLAYBOOKS = Command(
    "playbook",
    "list, show, write, check or test playbooks",
    commands=(
        Command(
            "list",
            "list the library",
            description="A line per playbook: id, version, title, the day of its last review, where it is from, the "
            "anomalies that it is for, its owners. A playbook stands in for the shipped one and for those of earlier "
            "directories with its id.",
            flags=(*COMMON, TEXT_OR_JSON),
        ),
        Command(
            "show",
            "print one playbook",
            flags=(*COMMON, TEXT_OR_JSON),
            arguments=(Argument("ID", "id of the playbook", PLAYBOOK),),
        ),
        Command(
            "lint",
            "print every mistake",
            flags=COMMON,
            arguments=(Argument("PATH", "files or directories; the whole library if none", PATH, several=True),),
        ),
        Command(
            "test",
            "follow the cases of playbooks and tell what is otherwise than expected",
            description="Cases are files of `kind: PlaybookTest` in NAME.test.yaml beside the playbook. "
            "They are followed by the same steps as real runs, without a cluster, a Prometheus or a clock.",
            flags=(*COMMON, Flag("--coverage", "tell which steps and ways no case has taken")),
            arguments=(Argument("PATH", "files or directories; all that is configured if none", PATH, several=True),),
        ),
        Command(
            "new",
            "write a playbook to begin from",
            description="Writes ID.yaml with comments, cases that hold in ID.test.yaml, and JSON Schemas for editors. "
            "What is not given is asked on a terminal. Nothing is overwritten.",
            flags=(
                Flag("--title", "what it does, in one line", NAME),
                Flag("--owner", "who keeps it; repeatable", NAME, repeatable=True),
                Flag("--kind", "what breaks", one_of("KIND", *(kind.value for kind in AnomalyKind))),
                Flag("--serving", "only for models of a preset or kind of workload, such as vllm", NAME),
                Flag("--into", "the directory; default: the present one", DIRECTORY, default="."),
            ),
            arguments=(Argument("ID", "id of the playbook: lower-case words joined by -", NAME, optional=True),),
        ),
        Command(
            "run",
            "follow a playbook for a model without a terminal",
            description="Prints each step. What asks a person is answered by --answers; at the first action the plan "
            "is printed (what it changes, its undo, its hash) and the command ends. To send that plan and no other: "
            "--write --yes --plan HASH. A run that an earlier call left open is gone on with; the terminal can take "
            "it up, too.",
            flags=(
                *WITHOUT_CHARTS,
                Flag("--model", "id of the model", NAME),
                Flag("--rehearse", "do everything but change a system"),
                Flag("--answers", "YAML file: the key that answers each step", FILE),
                Flag("--yes", "send the plan of --plan without asking"),
                Flag("--plan", "hash of the plan that may be sent", HASH),
                Flag("--timeout", "follow the run for so long at most, such as 30m", DURATION),
                TEXT_OR_JSON,
            ),
            arguments=(Argument("ID", "id of the playbook", PLAYBOOK),),
            refused=(
                ("--at", "a run acts on the present; for the past: incident-console summary --at TIME"),
                ("--window", "a run shows no charts"),
            ),
        ),
        Command(
            "schema",
            "print the JSON Schema of playbooks",
            flags=(Flag("--test", "that of their tests"),),
        ),
    ),
)
